package backup

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// writer is a new file of a backup, compressed and hashed as it is written.
type writer struct {
	name string
	f    *os.File
	sum  hash.Hash
	size int64
}

func create(dir, name string) (*writer, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &writer{name: name, f: f, sum: sha256.New()}, nil
}

// Write appends.
func (w *writer) Write(b []byte) (int, error) {
	n, err := w.f.Write(b)
	w.sum.Write(b[:n])
	w.size += int64(n)
	return n, err
}

// finish makes the file last and says what it is.
func (w *writer) finish() (File, error) {
	err := errors.Join(w.f.Sync(), w.f.Close())
	return File{Name: w.name, SHA256: hex.EncodeToString(w.sum.Sum(nil)), Bytes: w.size}, err
}

// writeFile makes a file of what fill writes.
func writeFile(dir, name string, fill func(w io.Writer) error) (File, error) {
	w, err := create(dir, name)
	if err != nil {
		return File{}, err
	}
	if err := fill(w); err != nil {
		_ = w.f.Close()
		return File{}, err
	}
	return w.finish()
}

// writeCompressed makes a gzip file of what fill writes.
func writeCompressed(dir, name string, fill func(w io.Writer) error) (File, error) {
	return writeFile(dir, name, func(w io.Writer) error {
		z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			return err
		}
		return errors.Join(fill(z), z.Close())
	})
}

// check compares the file with what the manifest says of it.
func (f File) check(dir string) error {
	file, err := f.open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	n, err := io.Copy(sum, file)
	if err != nil {
		return err
	}
	if n != f.Bytes || hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		return fmt.Errorf("%s is damaged: it is not what was written", filepath.Join(dir, f.Name))
	}
	return nil
}

// open does not leave the backup's directory, whatever the manifest says.
func (f File) open(dir string) (*os.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	return root.Open(f.Name)
}

// read hands on the uncompressed content.
func (f File) read(dir string, use func(r io.Reader) error) error {
	file, err := f.open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	z, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return errors.Join(use(z), z.Close())
}
