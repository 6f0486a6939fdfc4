//go:build unix

package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/embedded/internal/runas"
)

// rootHomes is where servers of root's clones live: a clone often lies in a
// folder that the account PostgreSQL runs as cannot enter.
const rootHomes = "/var/lib/propusk"

// place is where a server has its things and whose they are.
type place struct {
	home    string // the data, its password and the log; this process's own
	sockets string // the socket's directory, which only the owner (and root) can enter
	owner   runas.User
}

func (p place) data() string     { return filepath.Join(p.home, "data") }
func (p place) password() string { return filepath.Join(p.home, "password") }
func (p place) log() string      { return filepath.Join(p.home, "postgres.log") }
func (p place) socket() string {
	return filepath.Join(p.sockets, fmt.Sprintf(".s.PGSQL.%d", postgresPort))
}

// keptPlace is the place of a server that keeps its data from run to run.
func keptPlace(dir string, log *slog.Logger) (place, error) {
	home, err := keptHome(dir, log)
	if err != nil {
		return place{}, err
	}
	// Not inside home, whose path may be too long for a socket.
	p := place{home: home, sockets: "/tmp/propusk-" + shortHash(home)}
	if _, err := os.Stat(p.data()); err == nil {
		p.owner, err = runas.OwnerOf(p.data())
		return p, err
	}
	p.owner, err = runas.ForPostgres()
	return p, err
}

func keptHome(dir string, log *slog.Logger) (string, error) {
	if os.Geteuid() != 0 {
		home := filepath.Join(dir, "postgres")
		return home, os.MkdirAll(home, 0o700)
	}
	home := filepath.Join(rootHomes, shortHash(dir))
	note := filepath.Join(dir, "postgres-location")
	if err := setAsideOrphan(home, note, log); err != nil {
		return "", err
	}
	for _, d := range []string{rootHomes, home} {
		if err := privateDir(d, runas.Self(), 0o711); err != nil {
			return "", err
		}
	}
	return home, os.WriteFile(note, []byte(home+"\n"), 0o600)
}

// setAsideOrphan treats a removed ./var (or a fresh clone on an old path) as a
// wish to begin anew: the keys to the old data are gone with it. Nothing is deleted.
func setAsideOrphan(home, note string, log *slog.Logger) error {
	if _, err := os.Stat(note); err == nil {
		return nil
	}
	if _, err := os.Stat(home); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if pm, ok := readPostmaster(filepath.Join(home, "data")); ok && isPostmaster(pm.pid) {
		return fmt.Errorf("an earlier clone at this path left PostgreSQL running (process %d, data in %s): "+
			"stop it with `kill -INT %d` and start again", pm.pid, home, pm.pid)
	}
	aside := fmt.Sprintf("%s.until-%s", home, time.Now().UTC().Format("20060102T150405.000"))
	log.Warn("there is data of an earlier clone at this path: it was moved away, "+
		"and you may delete it", "moved_to", aside)
	return os.Rename(home, aside)
}

// shortHash tells places apart; it hides nothing.
func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}

// postmaster is what a server says of itself in postmaster.pid.
type postmaster struct {
	pid   int
	ready bool
}

func readPostmaster(data string) (postmaster, bool) {
	raw, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return postmaster{}, false
	}
	var pm postmaster
	if _, err := fmt.Sscanf(string(raw), "%d", &pm.pid); err != nil {
		return postmaster{}, false
	}
	lines := strings.Split(string(raw), "\n")
	pm.ready = len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready"
	return pm, true
}
