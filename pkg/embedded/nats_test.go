package embedded

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func startNATSIn(t *testing.T, dir string) *NATSServer {
	t.Helper()
	s, err := NATS(t.Context(), NATSOptions{StoreDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return s
}

func jetStream(t *testing.T, s *NATSServer) jetstream.JetStream {
	t.Helper()
	conn, err := s.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func TestNATSKeepsMessages(t *testing.T) {
	dir := t.TempDir()
	s := startNATSIn(t, dir)
	js := jetStream(t, s)
	_, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "s.a", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	s.Shutdown()

	stream, err := jetStream(t, startNATSIn(t, dir)).Stream(t.Context(), "S")
	if err != nil {
		t.Fatal(err)
	}
	msg, err := stream.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if string(msg.Data) != "kept" {
		t.Errorf("got %q", msg.Data)
	}
}

func TestNATSListensNowhereAndHasLimits(t *testing.T) {
	s := startNATSIn(t, t.TempDir())
	if addr := s.server.Addr(); addr != nil {
		t.Errorf("it listens on %v", addr)
	}
	js := jetStream(t, s)
	account, err := js.AccountInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	config := s.server.JetStreamConfig()
	if config.MaxMemory != defaultNATSMemory || config.MaxStore != defaultNATSStore || !config.SyncAlways {
		t.Errorf("server limits %+v, account %+v", config, account)
	}
	if got := js.Conn().MaxPayload(); got != defaultNATSPayload {
		t.Errorf("payload limit %d", got)
	}
}

// storing publishes until the stream has stored a message, as long as that may take.
func storing(t *testing.T, js jetstream.JetStream) {
	t.Helper()
	var err error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err = js.Publish(ctx, "s.a", []byte("kept"))
		cancel()
		if err == nil {
			return
		}
	}
	t.Fatalf("nothing is stored: %v", err)
}

func TestNATSThatEndedStartsAnew(t *testing.T) {
	s := startNATSIn(t, t.TempDir())
	js := jetStream(t, s)
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}}); err != nil {
		t.Fatal(err)
	}
	storing(t, js)
	s.running().Shutdown()
	storing(t, js)
	stream, err := js.Stream(t.Context(), "S")
	if err != nil || stream.CachedInfo().State.Msgs < 2 { // a try that got no answer may have been stored
		t.Errorf("what was stored is lost: %v", err)
	}
}

// TestNATSStoresAgainWhenItsDiskHasRoom fills a small disk, which only root can make.
func TestNATSStoresAgainWhenItsDiskHasRoom(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("nothing can be mounted here: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "--lazy", dir).Run() })
	s := startNATSIn(t, dir)
	js := jetStream(t, s)
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}}); err != nil {
		t.Fatal(err)
	}
	storing(t, js)
	junk := filepath.Join(dir, "junk")
	if err := os.WriteFile(junk, make([]byte, 16<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	var err error
	for err == nil {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err = js.Publish(ctx, "s.a", make([]byte, 64<<10))
		cancel()
	}
	if natsProblem(s.running()) == "" {
		t.Errorf("no problem is seen when nothing is stored: %v", err)
	}
	before := s.running()
	if err := os.Remove(junk); err != nil {
		t.Fatal(err)
	}
	storing(t, js)
	if s.running() == before {
		t.Error("it stored without having been started anew: is all of this still needed?")
	}
}

func TestNATSRefuses(t *testing.T) {
	dir := t.TempDir()
	startNATSIn(t, dir)
	_, err := NATS(t.Context(), NATSOptions{StoreDir: dir})
	wantError(t, err, "already running", dir)

	_, err = NATS(t.Context(), NATSOptions{})
	wantError(t, err, "StoreDir")

	blocked := t.TempDir()
	if err := os.WriteFile(filepath.Join(blocked, "jetstream"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = NATS(t.Context(), NATSOptions{StoreDir: blocked})
	wantError(t, err, "cannot keep its streams in "+blocked)

	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := NATS(cancelled, NATSOptions{StoreDir: t.TempDir()}); err == nil {
		s.Shutdown() // it may have been quicker
	}
}
