package testkit

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Workspace is the root of the repository.
func Workspace(t testing.TB) string {
	t.Helper()
	output, err := exec.Command("go", "env", "GOWORK").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(strings.TrimSpace(string(output)))
}
