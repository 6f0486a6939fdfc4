//go:build unix

package embedded

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/propusk-id/propusk/pkg/embedded/internal/runas"
)

// rootHomes is where servers of root's clones live: a clone often lies in a
// folder that the account PostgreSQL runs as cannot enter.
const rootHomes = "/var/lib/propusk"

const (
	// noteFile, in the clone's ./var, says where its server's home is. Neither it
	// nor what it names is ever overwritten: data that is not found stops the start.
	noteFile = "postgres-location"
	// ownerFile, in a home outside, says which ./var it belongs to.
	ownerFile = "belongs-to"
	lockName  = "lock"
)

// keptHome finds the home of the clone's server, or makes one where there never was any.
func keptHome(dir string, log *slog.Logger) (string, error) {
	noted, err := readLine(filepath.Join(dir, noteFile))
	if err != nil {
		return "", err
	}
	if noted != "" {
		return noted, followNote(dir, noted, log)
	}
	inside := filepath.Join(dir, "postgres")
	if present(filepath.Join(inside, "data")) {
		return inside, nil
	}
	if err := checkNew(dir, log); err != nil {
		return "", err
	}
	if os.Geteuid() != 0 {
		return inside, os.MkdirAll(inside, 0o700)
	}
	return newHome(dir)
}

// followNote checks that the home is there and this clone's. A clone that was moved takes its home along; a copy of one
// that is still there does not.
func followNote(dir, home string, log *slog.Logger) error {
	note := filepath.Join(dir, noteFile)
	if !present(filepath.Join(home, "data")) {
		return fmt.Errorf("%s says that the database is in %s, and it is not there: put that directory back, which belongs "+
			"together with %s, or restore a backup; to begin with empty data, move %s away", note, home, dir, dir)
	}
	owner, err := readLine(filepath.Join(home, ownerFile))
	if err != nil || owner == dir {
		return err
	}
	if owner != "" {
		other, err := readLine(filepath.Join(owner, noteFile))
		if err != nil {
			return err
		}
		if other == home {
			return fmt.Errorf("%s is a copy of %s, and the database in %s is one: start the original, or move it away if "+
				"the copy is to take its place; a second installation is made by `propusk backup` and `propusk restore`",
				dir, owner, home)
		}
		log.Info("the data directory was moved: its database stays where it is", "from", owner, "database", home)
	}
	return replaceLine(filepath.Join(home, ownerFile), dir)
}

// checkNew is for a ./var that shows no server. One that has other things has lost it: with an empty database they would
// be of no use. An empty one on the path of another, which was removed or moved away, is a wish to begin anew: the
// other's data is left alone.
func checkNew(dir string, log *slog.Logger) error {
	earlier, err := earlierHome(dir)
	if err != nil {
		return err
	}
	if pm, ok := readPostmaster(filepath.Join(earlier, "data")); earlier != "" && ok && isPostmaster(pm.pid) {
		return fmt.Errorf("an earlier directory at this path left PostgreSQL running (process %d, data in %s): start from "+
			"where that directory is now, or stop it with `kill -INT %d`, and start again", pm.pid, earlier, pm.pid)
	}
	things, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	used := slices.ContainsFunc(things, func(d fs.DirEntry) bool { return d.Name() != lockName && d.Name() != "postgres" })
	switch {
	case used && earlier != "":
		return fmt.Errorf("%s has lost its file %s, which says where its database is, and %s says that it belongs to %s: "+
			"write that path into the file, or move %s away to begin with empty data",
			dir, noteFile, earlier, dir, dir)
	case used:
		return fmt.Errorf("%s has been in use and has no database: put it back (the directory postgres in it, or the file %s, "+
			"which says where root's is), set DATABASE_URL if it was another server's, or move %s away to begin with empty data",
			dir, noteFile, dir)
	case earlier != "":
		log.Warn("a database of an earlier directory at this path is left alone: remove it if that directory was removed",
			"database", earlier)
	}
	return nil
}

// newHome makes one for root.
func newHome(dir string) (string, error) {
	home := filepath.Join(rootHomes, shortHash(dir)+"-"+strings.ToLower(rand.Text()[:8]))
	for _, d := range []string{rootHomes, home} {
		if err := privateDir(d, runas.Self(), 0o711); err != nil {
			return "", err
		}
	}
	return home, replaceLine(filepath.Join(home, ownerFile), dir)
}

// earlierHome is a home that belongs to a ./var on this path.
func earlierHome(dir string) (string, error) {
	// Homes made before they noted their owner are named after its path.
	if old := filepath.Join(rootHomes, shortHash(dir)); present(filepath.Join(old, "data")) {
		owner, err := readLine(filepath.Join(old, ownerFile))
		if err != nil || owner == "" || owner == dir {
			return old, err
		}
	}
	homes, err := filepath.Glob(filepath.Join(rootHomes, "*", ownerFile))
	if err != nil {
		return "", err
	}
	for _, file := range homes {
		owner, err := readLine(file)
		if err != nil {
			return "", err
		}
		if home := filepath.Dir(file); owner == dir && present(filepath.Join(home, "data")) {
			return home, nil
		}
	}
	return "", nil
}

// noteHome writes down where the data is, once it is there.
func noteHome(dir, home string) error {
	note := filepath.Join(dir, noteFile)
	if home == filepath.Join(dir, "postgres") || present(note) {
		return nil
	}
	return replaceLine(note, home)
}

// readLine returns "" where there is no such file.
func readLine(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(raw)), err
}

// replaceLine writes a file that is whole at every moment.
func replaceLine(path, line string) error {
	partial := path + ".partial"
	if err := os.WriteFile(partial, []byte(line+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(partial, path)
}

func present(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
