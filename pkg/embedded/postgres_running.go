//go:build unix

package embedded

import (
	"os"
	"path/filepath"
)

// HasPostgres says whether the clone ever had a server of its own; dir is as in [PostgresOptions]. One that had and lost
// it has: opening it says what is missing.
func HasPostgres(dir string) bool {
	return present(filepath.Join(dir, noteFile)) || present(filepath.Join(dir, "postgres", "data"))
}

// RunningPostgres is the address of a clone's server, if it is up; dir is as in [PostgresOptions]. It changes nothing
// and takes no lock: whoever runs the server keeps it.
func RunningPostgres(dir string) (url string, running bool, err error) {
	if !HasPostgres(dir) {
		return "", false, nil
	}
	home, err := readLine(filepath.Join(dir, noteFile))
	if err != nil {
		return "", false, err
	}
	if home == "" {
		if dir, err = filepath.EvalSymlinks(dir); err != nil {
			return "", false, err
		}
		home = filepath.Join(dir, "postgres")
	}
	s := &PostgresServer{place: placeOf(home)}
	pm, ok := readPostmaster(s.place.data())
	if !ok || !isPostmaster(pm.pid) || !s.answers() {
		return "", false, nil
	}
	password, err := os.ReadFile(s.place.password())
	s.password = string(password)
	return s.URL(), err == nil, err
}
