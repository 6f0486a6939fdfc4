//go:build unix

package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/propusk-id/propusk/pkg/embedded/internal/runas"
)

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
	p := placeOf(home)
	if _, err := os.Stat(p.data()); err == nil {
		p.owner, err = runas.OwnerOf(p.data())
		return p, err
	}
	p.owner, err = runas.ForPostgres()
	return p, err
}

// placeOf has the socket not inside home, whose path may be too long for one.
func placeOf(home string) place { return place{home: home, sockets: "/tmp/propusk-" + shortHash(home)} }

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
