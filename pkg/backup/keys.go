package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"

	"filippo.io/age"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
)

const (
	keysFile      = "secrets.tar.gz"
	encryptedFile = "secrets.tar.gz.age"
)

// The names within the archive, in a directory for each service, as services have them.
const (
	setName = "keys.json"
	kekName = "kek"
)

// writeKeys archives the key sets, encrypted for the recipients if there are any.
func writeKeys(dir string, sets []keyring.Set, recipients []age.Recipient) (KeyFile, error) {
	k := KeyFile{Encrypted: len(recipients) > 0}
	for _, s := range sets {
		k.Services = append(k.Services, s.Service)
		k.KEKInside = k.KEKInside || len(s.KEK) > 0
	}
	name := keysFile
	if k.Encrypted {
		name = encryptedFile
	}
	var err error
	k.File, err = writeFile(dir, name, func(w io.Writer) error {
		if !k.Encrypted {
			return archive(w, sets)
		}
		sealed, err := age.Encrypt(w, recipients...)
		if err != nil {
			return err
		}
		return errors.Join(archive(sealed, sets), sealed.Close())
	})
	return k, err
}

func archive(w io.Writer, sets []keyring.Set) error {
	z := gzip.NewWriter(w)
	t := tar.NewWriter(z)
	for _, s := range sets {
		for _, f := range []struct {
			name    string
			content []byte
		}{{setName, s.Keys}, {kekName, s.KEK}} {
			if len(f.content) == 0 {
				continue
			}
			h := &tar.Header{Name: path.Join(s.Service, f.name), Mode: 0o600, Size: int64(len(f.content))}
			if err := t.WriteHeader(h); err != nil {
				return err
			}
			if _, err := t.Write(f.content); err != nil {
				return err
			}
		}
	}
	return errors.Join(t.Close(), z.Close())
}

// readKeys reads the key sets; the identities are needed where they are encrypted.
func (k KeyFile) readKeys(dir string, identities []age.Identity) ([]keyring.Set, error) {
	file, err := k.open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	var r io.Reader = file
	if k.Encrypted {
		if len(identities) == 0 {
			return nil, fmt.Errorf("%s is encrypted: give the file with the identity that opens it (--identity)", k.Name)
		}
		if r, err = age.Decrypt(file, identities...); err != nil {
			return nil, fmt.Errorf("%s: %w", k.Name, err)
		}
	}
	return unarchive(r)
}

func unarchive(r io.Reader) ([]keyring.Set, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	var order []string
	sets := map[string]*keyring.Set{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		service, name := path.Dir(h.Name), path.Base(h.Name)
		var content bytes.Buffer
		if _, err := io.CopyN(&content, t, h.Size); err != nil {
			return nil, err
		}
		if sets[service] == nil {
			order = append(order, service)
			sets[service] = &keyring.Set{Service: service}
		}
		switch name {
		case setName:
			sets[service].Keys = content.Bytes()
		case kekName:
			sets[service].KEK = content.Bytes()
		}
	}
	var out []keyring.Set
	for _, service := range order {
		if path.Base(service) != service {
			return nil, fmt.Errorf("the archive of key sets has a strange name: %q", service)
		}
		out = append(out, *sets[service])
	}
	return out, nil
}
