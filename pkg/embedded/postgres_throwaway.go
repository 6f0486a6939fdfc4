//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/propusk-id/propusk/pkg/embedded/internal/locate"
	"github.com/propusk-id/propusk/pkg/embedded/internal/runas"
)

// templateLife is shorter than the age at which systems clean /tmp file by file.
const templateLife = 5 * 24 * time.Hour

// openThrowaway starts a server on a copy of a template cluster: copying takes a
// tenth of initdb's time. Only its socket's directory guards it.
func (s *PostgresServer) openThrowaway(ctx context.Context) error {
	owner, err := runas.ForPostgres()
	if err != nil {
		return err
	}
	if s.binaries, err = locate.Postgres(ctx, owner, 0, s.o.Log); err != nil {
		return err
	}
	if err := s.makeThrowaway(ctx, owner); err != nil {
		return err
	}
	return s.start(ctx)
}

// makeThrowaway works under a lock, so that no other process sweeps a half-made
// place or copies a half-made template.
func (s *PostgresServer) makeThrowaway(ctx context.Context, owner runas.User) error {
	scratch, err := scratchDir()
	if err != nil {
		return err
	}
	guard, err := guardScratch(scratch)
	if err != nil {
		return err
	}
	defer guard()
	if err := sweep(scratch); err != nil {
		return err
	}
	template, err := template(ctx, scratch, s.binaries, owner)
	if err != nil {
		return err
	}
	if s.place, s.lock, err = throwawayPlace(scratch, owner); err != nil {
		return err
	}
	out, err := owner.Command(ctx, "cp", "-R", template+"/.", s.place.data()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("copying the template cluster (%w): %s", err, out)
	}
	return nil
}

func removeThrowaway(p place) error {
	guard, err := guardScratch(filepath.Dir(p.home))
	if err != nil {
		return err
	}
	defer guard()
	return os.RemoveAll(p.home)
}

// guardScratch keeps other processes out of the scratch directory for a moment.
func guardScratch(scratch string) (release func(), err error) {
	lock, err := waitLock(filepath.Join(scratch, "lock"))
	if err != nil {
		return nil, err
	}
	return func() { _ = lock.release() }, nil
}

// throwawayPlace makes a new place. Its lock says that somebody still needs it.
func throwawayPlace(scratch string, owner runas.User) (p place, lock *fileLock, err error) {
	home, err := os.MkdirTemp(scratch, "pg-")
	if err != nil {
		return place{}, nil, err
	}
	p = place{home: home, sockets: filepath.Join(home, "s"), owner: owner}
	if lock, err = lockFile(filepath.Join(home, "lock")); err != nil {
		return p, nil, err
	}
	return p, lock, errors.Join(
		os.Chmod(home, 0o711), // the owner passes through; only this process writes
		privateDir(p.data(), owner, 0o700),
	)
}

// sweep removes the places of processes that were killed before they could.
func sweep(scratch string) error {
	homes, err := filepath.Glob(filepath.Join(scratch, "pg-*"))
	if err != nil {
		return err
	}
	for _, home := range homes {
		lock, err := lockFile(filepath.Join(home, "lock"))
		if errors.Is(err, errLocked) {
			continue
		}
		if err := errors.Join(os.RemoveAll(home), lock.release()); err != nil {
			return err
		}
	}
	return nil
}

// template returns a cluster to copy, made once for each version and account.
func template(ctx context.Context, scratch string, b locate.Binaries, owner runas.User) (string, error) {
	name := fmt.Sprintf("template-%d-%d-%s", b.Major, owner.UID, shortHash(b.Dir+b.Version))
	dir := filepath.Join(scratch, name)
	info, err := os.Stat(filepath.Join(dir, "PG_VERSION"))
	if err == nil && time.Since(info.ModTime()) < templateLife {
		return dir, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	// Small WAL segments make a small cluster; a crash here costs nothing, so no sync.
	return dir, initdb(ctx, b, owner, dir, "--auth=trust", "--no-sync", "--wal-segsize=1")
}
