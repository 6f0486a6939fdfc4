//go:build unix

package embedded

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/propusk-id/propusk/pkg/embedded/internal/locate"
	"github.com/propusk-id/propusk/pkg/embedded/internal/runas"
)

// initdb makes a cluster. It appears in dir complete or not at all.
func initdb(ctx context.Context, b locate.Binaries, owner runas.User, dir string, options ...string) error {
	partial := dir + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	if err := privateDir(partial, owner, 0o700); err != nil {
		return err
	}
	args := append([]string{"-D", partial, "-U", superuser, "-E", "UTF8", "--locale=C"}, options...)
	out, err := owner.Command(ctx, b.Program("initdb"), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb failed (%w): %s", err, bytes.TrimSpace(out))
	}
	return os.Rename(partial, dir)
}

// makeCluster makes a kept server's cluster, guarded by a password besides the
// socket's directory: the account PostgreSQL runs as may be shared ("nobody").
func (s *PostgresServer) makeCluster(ctx context.Context) error {
	s.o.Log.InfoContext(ctx, "making a PostgreSQL cluster", "version", s.binaries.Version, "data", s.place.data())
	password := []byte(rand.Text())
	if err := os.WriteFile(s.place.password(), password, 0o600); err != nil {
		return err
	}
	// initdb's copy is one that the account it runs as can read.
	handed := s.place.password() + ".initdb"
	defer func() { _ = os.Remove(handed) }()
	if err := os.WriteFile(handed, password, 0o600); err != nil {
		return err
	}
	if err := s.place.owner.Own(handed); err != nil {
		return err
	}
	return initdb(ctx, s.binaries, s.place.owner, s.place.data(),
		"--auth=scram-sha-256", "--pwfile="+handed)
}

// clusterMajor is the major version that made the data, or 0 where there is none.
func clusterMajor(data string) (int, error) {
	raw, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(string(bytes.TrimSpace(raw)))
	if err != nil {
		return 0, fmt.Errorf("%s/PG_VERSION is not a version of PostgreSQL: %w", data, err)
	}
	return major, nil
}
