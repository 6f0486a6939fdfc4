package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"filippo.io/age"
	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/pg"
)

// Installation is what is copied, or restored into.
type Installation struct {
	Database pg.Database
	Schemas  []pg.Schema
	// SecretsRoot has a directory for each service.
	SecretsRoot string
	Now         func() time.Time
}

// partial is the end of a backup's name until it is whole.
const partial = ".partial"

// Create copies the installation into a new directory, which appears whole or not at all. The key sets in it are
// encrypted if there are recipients. Services may run meanwhile; a migration waits.
func (i Installation) Create(ctx context.Context, dir string, keys Keys, recipients []age.Recipient) (m *Manifest, err error) {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s exists: a backup is a new directory", dir)
	}
	err = os.Mkdir(dir+partial, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%w: another backup is being made there, or one was cut short and can be removed", err)
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir+partial))
		}
	}()
	if m, err = i.fill(ctx, dir+partial, keys, recipients); err != nil {
		return nil, err
	}
	if err := syncDir(dir + partial); err != nil {
		return nil, err
	}
	if err := os.Rename(dir+partial, dir); err != nil {
		return nil, err
	}
	return m, syncDir(filepath.Dir(dir))
}

func (i Installation) fill(ctx context.Context, dir string, keys Keys, recipients []age.Recipient) (*Manifest, error) {
	m := &Manifest{Format: format, Time: i.Now().UTC(), Program: program()}
	var services []string
	for _, s := range i.Schemas {
		services = append(services, s.Service)
	}
	err := i.Database.WithLock(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		return dump(ctx, conn, dir, services, m)
	})
	if err != nil {
		return nil, err
	}
	// After the data: keys are only ever added, so these open all of it.
	sets, err := keyring.ReadSets(i.SecretsRoot)
	if err != nil {
		return nil, err
	}
	if m.Keys, err = writeKeys(dir, sets, recipients); err != nil {
		return nil, err
	}
	// A backup whose keys do not open it is none.
	if err := m.verifyKeys(dir, sets, keys.KEK); err != nil {
		return nil, err
	}
	return m, m.write(dir)
}

// Restore makes an empty installation what the backup is. It verifies the backup first, then makes the schemas at the
// backup's versions, fills them, places the key sets, and migrates to the newest. One that was cut short is begun again
// by the next Restore, and nothing else uses the database until then.
func (i Installation) Restore(ctx context.Context, dir string, keys Keys) (*Manifest, error) {
	m, sets, err := verify(dir, keys)
	if err != nil {
		return nil, err
	}
	versions, err := i.checkVersions(m)
	if err != nil {
		return nil, err
	}
	err = i.Database.Restore(ctx, i.Schemas, versions, func(ctx context.Context, conn *pgx.Conn) error {
		if err := load(ctx, conn, dir, i.Database.Installation, m); err != nil {
			return err
		}
		for _, s := range sets {
			if err := s.Place(i.SecretsRoot, i.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	return m, err
}

// checkVersions refuses a backup of a newer program: this one cannot make its tables.
func (i Installation) checkVersions(m *Manifest) (map[string]pg.Versions, error) {
	versions := map[string]pg.Versions{}
	for service, s := range m.Schemas {
		at := slices.IndexFunc(i.Schemas, func(p pg.Schema) bool { return p.Service == service })
		if at < 0 {
			return nil, fmt.Errorf("the backup has data of %s, which this installation does not have: restore it with the same "+
				"program and PROPUSK_ENV", service)
		}
		newest, err := i.Schemas[at].Newest()
		if err != nil {
			return nil, err
		}
		v := s.Versions
		if v.Base > newest.Base || v.Schema > newest.Schema || v.Jobs > newest.Jobs {
			return nil, fmt.Errorf("the backup of %s was made by a newer program (%s): restore it with that one or a later one",
				service, m.Program)
		}
		versions[service] = v
	}
	return versions, nil
}

// program is the version of this program, as far as its build tells.
func program() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return info.Main.Version
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
