package keyring

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/secret"
)

func TestSecretsAreMadeOnceAndKept(t *testing.T) {
	root := t.TempDir()
	services := []string{"gateway", "otp"}
	if err := Prepare(root, services, true, secret.String{}); err != nil {
		t.Fatal(err)
	}
	before := files(t, root)
	if err := Prepare(root, append(services, "audit"), true, secret.String{}); err != nil {
		t.Fatal(err)
	}
	after := files(t, root)
	for name, content := range before {
		if after[name] != content {
			t.Errorf("%s was replaced", name)
		}
	}
	if _, ok := after["/otp/"+userTokenKeyFile]; ok {
		t.Error("otp can make internal tokens")
	}
}

func TestAKEKFromOutsideLiesNowhere(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "gateway")
	kek := secret.New(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	for range 2 {
		if err := Prepare(root, []string{"gateway"}, true, kek); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files(t, root) {
		if filepath.Base(name) == kekFile || strings.Contains(content, kek.Reveal()) {
			t.Errorf("it was written to %s", name)
		}
	}
	if _, err := Keys(dir, kek); err != nil {
		t.Error(err)
	}
	if err := Prepare(root, []string{"gateway"}, true, secret.String{}); err == nil {
		t.Error("a key set without its KEK was taken for whole")
	}
	another := secret.New(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{8}, 32)))
	for name, wrong := range map[string]secret.String{"none": {}, "another": another, "none that could be": secret.New("x")} {
		if _, err := Keys(dir, wrong); err == nil {
			t.Errorf("the keys open with %s", name)
		}
	}
}

func files(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, root)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
