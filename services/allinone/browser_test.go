package allinone_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// browserDir has the scripts.
const browserDir = "browser"

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

// installScripts has npm install what the scripts import, unless that is there.
func installScripts(t *testing.T) {
	t.Helper()
	install(t, browserDir)
}

func install(t *testing.T, dir string) {
	t.Helper()
	output(t, exec.Command("../../deploy/dev/npm", dir))
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
