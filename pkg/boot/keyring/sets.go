package keyring

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
)

// Set is a service's key set as its directory holds it: what can never be made again.
type Set struct {
	Service string
	// Keys is the key file, wrapped by the KEK.
	Keys []byte
	// KEK is what lies beside it; empty: the KEK was given from outside.
	KEK []byte
}

// ReadSets reads the key sets below root, by service.
func ReadSets(root string) ([]Set, error) {
	paths, err := filepath.Glob(filepath.Join(root, "*", keysFile))
	if err != nil {
		return nil, err
	}
	var out []Set
	for _, path := range paths {
		dir := filepath.Dir(path)
		s := Set{Service: filepath.Base(dir)}
		if s.Keys, err = os.ReadFile(path); err != nil {
			return nil, err
		}
		s.KEK, err = os.ReadFile(filepath.Join(dir, kekFile))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// Open unwraps the keys by the KEK that was given, or else lies beside them.
func (s Set) Open(givenKEK secret.String) (*secret.Keys, error) {
	text := givenKEK
	if text.IsZero() {
		text = secret.New(string(s.KEK))
	}
	if text.IsZero() {
		return nil, fmt.Errorf("the key set of %s was wrapped by a KEK that is not beside it: set PROPUSK_KEK to it", s.Service)
	}
	kek, err := secret.ParseKEK(text)
	if err != nil {
		return nil, fmt.Errorf("the KEK of %s: %w", s.Service, err)
	}
	keys, err := secret.ParseKeys(s.Keys, kek)
	if err != nil {
		return nil, fmt.Errorf("the key set of %s: %w", s.Service, err)
	}
	return keys, nil
}

// Fits refuses keys that the fingerprints were not made of.
func (s Set) Fits(keys *secret.Keys, noted []secret.Fingerprint) error {
	for _, f := range noted {
		if f.Key != secret.KEKFingerprint && !keys.Has(f) {
			return fmt.Errorf("the key set of %s is not the one that its data was encrypted with (%s)", s.Service, f.Key)
		}
	}
	return nil
}

// Place puts the set where its service reads it. Another set that is there is moved aside, never overwritten.
func (s Set) Place(root string, now time.Time) error {
	dir := filepath.Join(root, s.Service)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{keysFile: s.Keys, kekFile: s.KEK} {
		path := filepath.Join(dir, name)
		there, err := os.ReadFile(path)
		if err == nil && bytes.Equal(there, content) {
			continue
		}
		if err == nil {
			err = os.Rename(path, path+".until-"+now.UTC().Format("20060102T150405"))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if len(content) == 0 {
			continue
		}
		if err := writeNew(path, content); err != nil {
			return err
		}
	}
	return nil
}
