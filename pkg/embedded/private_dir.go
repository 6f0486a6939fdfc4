//go:build unix

package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/propusk-id/propusk/pkg/embedded/internal/runas"
)

// privateDir makes sure that path is a directory of the owner with exactly this
// mode. Names under /tmp are known beforehand, so another user may have made one
// first: then it is refused, never used.
func privateDir(path string, owner runas.User, mode fs.FileMode) error {
	if err := os.Mkdir(path, 0o700); err == nil {
		if err := owner.Own(path); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || stat.Uid != owner.UID {
		return fmt.Errorf("%s is not a directory of user id %d: remove it, "+
			"and find out who made it if that was not you", path, owner.UID)
	}
	return os.Chmod(path, mode)
}

// checkSocketPath turns a bare "invalid argument" into words.
func checkSocketPath(path string) error {
	if len(path) > maxSocketPath {
		return fmt.Errorf("the path of socket %s has %d bytes and a Unix socket may have %d: "+
			"use a shorter directory (TMPDIR)", path, len(path), maxSocketPath)
	}
	return nil
}

// scratchDir is a directory of this user alone for what is thrown away. Root
// does not follow TMPDIR: it often is a place that PostgreSQL's account cannot enter.
func scratchDir() (string, error) {
	tmp, mode := os.TempDir(), fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		tmp, mode = "/tmp", 0o711
	}
	self := runas.Self()
	dir := filepath.Join(tmp, fmt.Sprintf("propusk-tests-%d", self.UID))
	return dir, privateDir(dir, self, mode)
}
