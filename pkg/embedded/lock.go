//go:build unix

package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// errLocked means that another process holds the lock.
var errLocked = errors.New("locked by another process")

// fileLock is an flock: the kernel frees it however its process ends.
type fileLock struct{ f *os.File }

// lockFile takes the lock at once or fails with errLocked. The file holds the
// id of the process that has it, for people.
func lockFile(path string) (*fileLock, error) {
	l, err := openLock(path, syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		return nil, err
	}
	if err := l.f.Truncate(0); err != nil {
		return nil, errors.Join(err, l.release())
	}
	if _, err := fmt.Fprintln(l.f, os.Getpid()); err != nil {
		return nil, errors.Join(err, l.release())
	}
	return l, nil
}

// waitLock takes the lock, waiting for its holder.
func waitLock(path string) (*fileLock, error) {
	return openLock(path, syscall.LOCK_EX)
}

func openLock(path string, how int) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), how)
	for errors.Is(err, syscall.EINTR) {
		err = syscall.Flock(int(f.Fd()), how)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errLocked
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &fileLock{f: f}, nil
}

// release may be called on a lock that was never taken.
func (l *fileLock) release() error {
	if l == nil {
		return nil
	}
	return l.f.Close()
}

// lockRun takes a lock that a running Propusk holds for as long as it runs.
func lockRun(path string) (*fileLock, error) {
	l, err := lockFile(path)
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("already running: %s uses %s; stop it first, or run from another clone",
			holder(path), filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("cannot lock %s (does it belong to another user?): %w", path, err)
	}
	return l, nil
}

func holder(path string) string {
	pid, err := os.ReadFile(path)
	if err != nil || len(pid) == 0 {
		return "another process"
	}
	return "process " + strings.TrimSpace(string(pid))
}
