package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// createFile makes a file that appears whole or not at all and never replaces another: it is written and
// synced under a temporary name, then linked, and a link fails where the name is taken.
func createFile(path string, content []byte) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("secret: create %s: %w", path, fs.ErrExist)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("secret: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	if err := writeSynced(temp, content); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil {
		return fmt.Errorf("secret: create %s: %w", path, err)
	}
	return syncDir(path)
}

// replaceFile puts new content in the place of a file in one step. The temporary file, path.new, is also the
// lock: two replacements never run at once.
func replaceFile(path string, content func() ([]byte, error)) error {
	name := path + ".new"
	temp, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("secret: %s exists: another rotation is running, or one was cut short and the file can be removed: %w", name, err)
	}
	if err != nil {
		return fmt.Errorf("secret: %w", err)
	}
	text, err := content()
	if err = errors.Join(err, writeSynced(temp, text)); err == nil {
		err = os.Rename(name, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return syncDir(path)
}

// writeSynced writes, syncs and closes.
func writeSynced(f *os.File, content []byte) error {
	_, err := f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("secret: write %s: %w", f.Name(), err)
	}
	return nil
}

// syncDir makes the name of a new file survive a power cut. Windows cannot sync a directory.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("secret: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("secret: sync %s: %w", dir.Name(), err)
	}
	return nil
}
