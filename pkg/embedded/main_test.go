//go:build unix

package embedded

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// helperVar makes the test binary start one server, print its URL and wait: a
// process for tests to kill.
const helperVar = "EMBEDDED_TEST_HELPER"

func TestMain(m *testing.M) {
	if what := os.Getenv(helperVar); what != "" {
		if err := help(what); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func help(what string) error {
	ctx := context.Background()
	var server interface{ URL() string }
	var err error
	switch kind, dir, _ := strings.Cut(what, ":"); kind {
	case "postgres":
		server, err = Postgres(ctx, PostgresOptions{Dir: dir, FastUnsafe: true})
	case "redis":
		server, err = RealRedis(ctx, dir)
	default:
		err = fmt.Errorf("unknown helper %s", what)
	}
	if err != nil {
		return err
	}
	fmt.Println(server.URL())
	_, err = io.Copy(io.Discard, os.Stdin) // until the test closes it, or kills us
	return err
}

// startHelper returns what the helper printed, and a function that kills it with SIGKILL.
func startHelper(t *testing.T, what string) (url string, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helperVar+"="+what)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the helper printed no URL: %v", err)
	}
	return strings.TrimSpace(line), kill
}

// eventually polls a real condition; there is no fixed wait in these tests.
func eventually(t *testing.T, what string, check func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !check() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("never happened: %s", what)
		}
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not contain %q", err, part)
		}
	}
}
