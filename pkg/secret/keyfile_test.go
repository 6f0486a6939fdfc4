package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/propusk-id/propusk/pkg/secret"
)

var place = secret.AssociatedData{Table: "t", Row: "r", Column: "c"}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// files makes a KEK and a key file in a directory of their own.
func files(t *testing.T) (keys string, kek *secret.KEK) {
	t.Helper()
	dir := t.TempDir()
	if err := secret.CreateKEK(filepath.Join(dir, "kek")); err != nil {
		t.Fatal(err)
	}
	kek = must(secret.LoadKEK(filepath.Join(dir, "kek")))(t)
	keys = filepath.Join(dir, "keys.json")
	if err := secret.CreateKeys(keys, kek); err != nil {
		t.Fatal(err)
	}
	return keys, kek
}

func TestKeysSurviveARestart(t *testing.T) {
	path, kek := files(t)
	before, after := must(secret.LoadKeys(path, kek))(t), must(secret.LoadKeys(path, kek))(t)
	sealed := must(before.Seal([]byte("x"), place))(t)
	if plain := must(after.Open(sealed, place))(t); string(plain) != "x" {
		t.Errorf("%q", plain)
	}
	if !secret.Equal(before.Index("k", "v").Value, after.Index("k", "v").Value) || !after.CheckMAC(before.MAC("l"), "l") {
		t.Error("index or MAC changed")
	}
	for _, name := range []string{path, filepath.Join(filepath.Dir(path), "kek")} {
		if mode := must(os.Stat(name))(t).Mode(); mode != 0o600 {
			t.Errorf("%s: mode %v", name, mode)
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	path, kek := files(t)
	dir := filepath.Dir(path)
	before := must(os.ReadFile(path))(t)
	for _, err := range []error{secret.CreateKeys(path, kek), secret.CreateKEK(filepath.Join(dir, "kek")), secret.CreateKEK(path)} {
		if !errors.Is(err, fs.ErrExist) {
			t.Errorf("%v", err)
		}
	}
	if !bytes.Equal(before, must(os.ReadFile(path))(t)) {
		t.Error("the file changed")
	}
	if left := must(os.ReadDir(dir))(t); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
	if err := secret.CreateKeys(filepath.Join(dir, "absent", "keys"), kek); err == nil {
		t.Error("a directory that is not there")
	}
}

func TestWrongFilesAreRefused(t *testing.T) {
	path, kek := files(t)
	_, other := files(t)
	if _, err := secret.LoadKeys(path, other); err == nil {
		t.Error("another KEK unwraps")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"empty": "", "brackets": "{}", "short": "c2hvcnQ="} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.LoadKeys(file, kek); err == nil {
			t.Errorf("%s: keys", name)
		}
		if _, err := secret.LoadKEK(file); err == nil {
			t.Errorf("%s: KEK", name)
		}
	}
	if _, err := secret.LoadKeys(filepath.Join(dir, "absent"), kek); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
	if _, err := secret.LoadKEK(filepath.Join(dir, "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
}

// A wrapped key opens in its own slot only: the MAC key cannot pose as an index key, nor one index key as
// another.
func TestKeysCannotBeSwappedInTheFile(t *testing.T) {
	path, kek := files(t)
	if err := secret.RotateIndex(path, kek); err != nil {
		t.Fatal(err)
	}
	type slots struct {
		Version int             `json:"version"`
		Data    json.RawMessage `json:"data"`
		Index   []struct {
			ID  int32  `json:"id"`
			Key []byte `json:"key"`
		} `json:"index"`
		MAC []byte `json:"mac"`
	}
	for name, swap := range map[string]func(*slots){
		"mac and index": func(f *slots) { f.MAC, f.Index[0].Key = f.Index[0].Key, f.MAC },
		"index keys":    func(f *slots) { f.Index[0].Key, f.Index[1].Key = f.Index[1].Key, f.Index[0].Key },
		"no index":      func(f *slots) { f.Index = nil },
		"version":       func(f *slots) { f.Version = 2 },
	} {
		var f slots
		if err := json.Unmarshal(must(os.ReadFile(path))(t), &f); err != nil {
			t.Fatal(err)
		}
		swap(&f)
		file := filepath.Join(t.TempDir(), "keys.json")
		if err := os.WriteFile(file, must(json.Marshal(f))(t), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.LoadKeys(file, kek); err == nil {
			t.Errorf("%s: loads", name)
		}
	}
}

func TestRotateData(t *testing.T) {
	path, kek := files(t)
	old := must(secret.LoadKeys(path, kek))(t)
	if err := secret.RotateData(path, kek); err != nil {
		t.Fatal(err)
	}
	now := must(secret.LoadKeys(path, kek))(t)
	if plain := must(now.Open(must(old.Seal([]byte("x"), place))(t), place))(t); string(plain) != "x" {
		t.Errorf("%q", plain)
	}
	if _, err := old.Open(must(now.Seal([]byte("x"), place))(t), place); err == nil {
		t.Error("the new key is not the primary")
	}
	if !secret.Equal(old.Index("k", "v").Value, now.Index("k", "v").Value) {
		t.Error("the index changed")
	}
}

func TestRotateIndex(t *testing.T) {
	path, kek := files(t)
	old := must(secret.LoadKeys(path, kek))(t)
	if err := secret.RotateIndex(path, kek); err != nil {
		t.Fatal(err)
	}
	now := must(secret.LoadKeys(path, kek))(t)
	was, is, all := old.Index("k", "v"), now.Index("k", "v"), now.Indexes("k", "v")
	if is.KeyID == was.KeyID || secret.Equal(is.Value, was.Value) {
		t.Error("the new key is not the primary")
	}
	if len(all) != 2 || all[0].KeyID != is.KeyID || all[1].KeyID != was.KeyID || !secret.Equal(all[1].Value, was.Value) {
		t.Errorf("live keys: %v", all)
	}
}

func TestRotationsDoNotOverlap(t *testing.T) {
	path, kek := files(t)
	before := must(os.ReadFile(path))(t)
	if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := secret.RotateIndex(path, kek); !errors.Is(err, fs.ErrExist) {
		t.Errorf("during another: %v", err)
	}
	if !bytes.Equal(before, must(os.ReadFile(path))(t)) {
		t.Error("the file changed")
	}
	_, other := files(t)
	_ = os.Remove(path + ".new")
	if err := secret.RotateData(path, other); err == nil {
		t.Error("another KEK rotates")
	}
	if left := must(os.ReadDir(filepath.Dir(path)))(t); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}

// A race of several processes: one creates, every other is told so, and all load the same keys.
func TestProcessesRaceToCreate(t *testing.T) {
	if dir := os.Getenv("SECRET_TEST_RACE"); dir != "" {
		fmt.Println(race(dir))
		return
	}
	dir := t.TempDir()
	results := make([]string, 6)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestProcessesRaceToCreate$")
			cmd.Env = append(os.Environ(), "SECRET_TEST_RACE="+dir)
			out, err := cmd.CombinedOutput()
			results[i], _, _ = strings.Cut(string(out), "\n")
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wg.Wait()
	winners, indexes := 0, map[string]bool{}
	for _, r := range results {
		created, index, _ := strings.Cut(r, " ")
		indexes[index] = true
		if created == "true" {
			winners++
		}
	}
	if winners != 1 || len(indexes) != 1 || indexes[""] {
		t.Errorf("want one winner and one index: %q", results)
	}
}

// race is one process of the race: it says whether it made the keys, and an index made with them.
func race(dir string) string {
	kekPath, path := filepath.Join(dir, "kek"), filepath.Join(dir, "keys.json")
	if err := secret.CreateKEK(kekPath); err != nil && !errors.Is(err, fs.ErrExist) {
		return err.Error()
	}
	kek, err := secret.LoadKEK(kekPath)
	if err != nil {
		return err.Error()
	}
	created := secret.CreateKeys(path, kek)
	if created != nil && !errors.Is(created, fs.ErrExist) {
		return created.Error()
	}
	k, err := secret.LoadKeys(path, kek)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%v %x", created == nil, k.Index("k", "v").Value)
}
