package allinone_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// browserDir has the scripts; they run in Node.js of this version or newer.
const (
	browserDir = "browser"
	nodeMajor  = 20
)

// TestBrowser has a real browser walk the pages, and a partner's library log in. With SCREENSHOTS=<directory>
// pictures of all pages are made there.
func TestBrowser(t *testing.T) {
	t.Parallel()
	chromium := strings.TrimSpace(output(t, exec.Command("../../deploy/dev/chromium")))
	installScripts(t)
	i := start(t)
	for name, script := range map[string][]string{
		"journey with JavaScript":    {"journey.mjs", "on"},
		"journey without JavaScript": {"journey.mjs", "off"},
		"pages beside the way":       {"tour.mjs", "en"},
		"openid-client":              {"partner.mjs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			node := exec.Command("node", script...)
			node.Dir = browserDir
			node.Env = append(os.Environ(), "ORIGIN="+i.url, "CHROMIUM="+chromium)
			output(t, node)
		})
	}
}

// installScripts has npm install what the scripts import, unless what the lock asks for is there.
func installScripts(t *testing.T) {
	t.Helper()
	requireNode(t)
	lock, err := os.ReadFile(filepath.Join(browserDir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(lock)
	want, stamp := hex.EncodeToString(sum[:]), filepath.Join(browserDir, "node_modules", ".lock-digest")
	have, err := os.ReadFile(stamp)
	if err == nil && string(have) == want {
		return
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	npm := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = browserDir
	output(t, npm)
	if err := os.WriteFile(stamp, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
}

func requireNode(t *testing.T) {
	t.Helper()
	const sentence = "the browser tests need Node.js %d or newer with npm in PATH (%v): see https://nodejs.org"
	version, err := exec.Command("node", "--version").Output()
	if err != nil {
		t.Fatalf(sentence, nodeMajor, err)
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(string(version), "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < nodeMajor {
		t.Fatalf(sentence, nodeMajor, "it is "+strings.TrimSpace(string(version)))
	}
	if _, err := exec.LookPath("npm"); err != nil {
		t.Fatalf(sentence, nodeMajor, err)
	}
}

// output runs a program; one that fails ends the test with what it wrote.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, &stdout, &stderr)
	}
	return stdout.String()
}
