package backup

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/secret"
)

// Keys are what opens a backup's key sets.
type Keys struct {
	// KEK is needed where it was given from outside.
	KEK secret.String
	// Identities are needed where the key sets are encrypted.
	Identities []age.Identity
}

// Verify checks that every file is as it was written, that no row is missing, and that the key sets open and are those
// that the data was encrypted with. It needs no database.
func Verify(dir string, k Keys) (*Manifest, error) {
	m, _, err := verify(dir, k)
	return m, err
}

func verify(dir string, k Keys) (*Manifest, []keyring.Set, error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, nil, err
	}
	failed := m.Keys.check(dir)
	for _, s := range m.Schemas {
		for _, t := range s.Tables {
			failed = errors.Join(failed, t.verify(dir))
		}
	}
	if failed != nil {
		return nil, nil, failed
	}
	sets, err := m.Keys.readKeys(dir, k.Identities)
	if err != nil {
		return nil, nil, err
	}
	return m, sets, m.verifyKeys(dir, sets, k.KEK)
}

// verify counts rows as well: in COPY's text format each is one line.
func (t Table) verify(dir string) error {
	if err := t.check(dir); err != nil {
		return err
	}
	return t.read(dir, func(r io.Reader) error {
		n, err := countLines(r)
		if err == nil && n != t.Rows {
			err = fmt.Errorf("%s has %d rows and %d are noted", t.File.Name, n, t.Rows)
		}
		return err
	})
}

func countLines(r io.Reader) (n int64, err error) {
	for buffered := bufio.NewReader(r); ; {
		_, err := buffered.ReadSlice('\n')
		switch {
		case err == nil:
			n++
		case errors.Is(err, io.EOF):
			return n, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return n, err
		}
	}
}

func (m *Manifest) verifyKeys(dir string, sets []keyring.Set, kek secret.String) error {
	var failed error
	found := map[string]bool{}
	for _, set := range sets {
		found[set.Service] = true
		failed = errors.Join(failed, m.verifySet(dir, set, kek))
	}
	for service := range m.Schemas {
		if !found[service] {
			failed = errors.Join(failed, fmt.Errorf("the backup has data of %s and not its key set", service))
		}
	}
	return failed
}

func (m *Manifest) verifySet(dir string, set keyring.Set, kek secret.String) error {
	keys, err := set.Open(kek)
	if err != nil {
		return err
	}
	for _, t := range m.Schemas[set.Service].Tables {
		if t.Name != "key_fingerprints" {
			continue
		}
		noted, err := t.fingerprints(dir)
		if err != nil {
			return err
		}
		return set.Fits(keys, noted)
	}
	return nil
}

// fingerprints reads the two columns of text; neither has anything that COPY would escape but the bytes' backslash.
func (t Table) fingerprints(dir string) (out []secret.Fingerprint, err error) {
	err = t.read(dir, func(r io.Reader) error {
		for lines := bufio.NewScanner(r); ; {
			if !lines.Scan() {
				return lines.Err()
			}
			f := secret.Fingerprint{}
			for i, value := range strings.Split(lines.Text(), "\t") {
				switch t.Columns[i] {
				case "key":
					f.Key = value
				case "proof":
					if f.Proof, err = hex.DecodeString(strings.TrimPrefix(value, `\\x`)); err != nil {
						return err
					}
				}
			}
			out = append(out, f)
		}
	})
	return out, err
}
