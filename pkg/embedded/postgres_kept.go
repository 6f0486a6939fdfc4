//go:build unix

package embedded

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/propusk-id/propusk/pkg/embedded/internal/locate"
)

// openKept opens the server of a clone: made once, then kept from run to run.
func (s *PostgresServer) openKept(ctx context.Context) (err error) {
	dir, err := realDir(s.o.Dir)
	if err != nil {
		return err
	}
	if s.lock, err = lockRun(filepath.Join(dir, lockName)); err != nil {
		return err
	}
	if s.place, err = keptPlace(dir, s.o.Log); err != nil {
		return err
	}
	if err := s.openCluster(ctx); err != nil {
		return err
	}
	if err := noteHome(dir, s.place.home); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.adopted = s.adopt(ctx); s.adopted {
		s.keepUp()
		return nil
	}
	return s.start(ctx)
}

// openCluster finds programs that fit the data, and makes the data where there is none.
func (s *PostgresServer) openCluster(ctx context.Context) error {
	major, err := clusterMajor(s.place.data())
	if err != nil {
		return err
	}
	s.binaries, err = locate.Postgres(ctx, s.place.owner, major, s.o.Log)
	if err != nil && major != 0 {
		return fmt.Errorf("the data in %s was made by PostgreSQL %d, which another major version cannot open "+
			"(move %s away to begin with empty data): %w", s.place.data(), major, s.o.Dir, err)
	}
	if err != nil {
		return err
	}
	if major == 0 {
		if err := s.makeCluster(ctx); err != nil {
			return err
		}
	}
	password, err := os.ReadFile(s.place.password())
	s.password = string(password)
	return err
}

// adopt takes over a server that outlived the process that started it. One that
// is starting or stopping is waited for; what never answers is left to start,
// where PostgreSQL itself says what is wrong.
func (s *PostgresServer) adopt(ctx context.Context) bool {
	pm, ok := readPostmaster(s.place.data())
	if !ok || !isPostmaster(pm.pid) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	proc := adoptProcess(pm.pid)
	if err := proc.poll(ctx, s.answers); err != nil {
		return false
	}
	s.o.Log.InfoContext(ctx, "PostgreSQL of an earlier run is still up: using it", "process", pm.pid)
	s.proc = proc
	return true
}

// answers says whether the server of our data is up on our socket.
func (s *PostgresServer) answers() bool {
	if pm, ok := readPostmaster(s.place.data()); !ok || !pm.ready {
		return false
	}
	conn, err := net.DialTimeout("unix", s.place.socket(), time.Second)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// realDir makes the directory and returns its one true path, from which its
// server's place is derived.
func realDir(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}
