//go:build unix

package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// rootDirs are names of ./var on one path; root's data, which lies elsewhere, is removed with them.
func rootDirs(t *testing.T, names ...string) []string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root's data lies outside ./var")
	}
	parent := t.TempDir()
	var dirs []string
	for _, name := range names {
		dir := filepath.Join(parent, name)
		dirs = append(dirs, dir)
		t.Cleanup(func() {
			homes, err := filepath.Glob(filepath.Join(rootHomes, shortHash(dir)+"*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, home := range homes {
				if err := os.RemoveAll(home); err != nil {
					t.Error(err)
				}
			}
		})
	}
	return dirs
}

// fill makes a database with one row and stops the server.
func fill(t *testing.T, dir string) (home string) {
	t.Helper()
	s := startPostgres(t, PostgresOptions{Dir: dir})
	query(t, s.URL(), makeRow, readRow)
	stopPostgres(t, s)
	note, err := os.ReadFile(filepath.Join(dir, noteFile))
	if err != nil || strings.TrimSpace(string(note)) != s.place.home {
		t.Errorf("the note says %q (%v), the data is in %s", note, err, s.place.home)
	}
	return s.place.home
}

func wantRow(t *testing.T, dir, home string) {
	t.Helper()
	s := startPostgres(t, PostgresOptions{Dir: dir})
	defer stopPostgres(t, s)
	if s.place.home != home {
		t.Errorf("the data is in %s, want %s", s.place.home, home)
	}
	if got := query(t, s.URL(), readRow); got != "row" {
		t.Errorf("read %q", got)
	}
}

func refused(t *testing.T, dir string, words ...string) {
	t.Helper()
	s, err := Postgres(t.Context(), PostgresOptions{Dir: dir})
	if err == nil {
		stopPostgres(t, s)
	}
	wantError(t, err, words...)
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestAMovedVarTakesItsDatabaseAlong(t *testing.T) {
	dirs := rootDirs(t, "var", "var2")
	home := fill(t, dirs[0])
	move(t, dirs[0], dirs[1])
	wantRow(t, dirs[1], home)

	// A new one on the old path is empty, and the moved one keeps what it has.
	s := startPostgres(t, PostgresOptions{Dir: dirs[0]})
	if s.place.home == home {
		t.Error("a new directory opened the database of a moved one")
	}
	stopPostgres(t, s)
	wantRow(t, dirs[1], home)
}

func TestANewVarBeforeTheMovedOneStarts(t *testing.T) {
	dirs := rootDirs(t, "var", "var2")
	home := fill(t, dirs[0])
	move(t, dirs[0], dirs[1])
	fill(t, dirs[0])
	wantRow(t, dirs[1], home)
}

func TestACopyOfVarIsRefused(t *testing.T) {
	dirs := rootDirs(t, "var", "copy")
	home := fill(t, dirs[0])
	if err := os.CopyFS(dirs[1], os.DirFS(dirs[0])); err != nil {
		t.Fatal(err)
	}
	refused(t, dirs[1], dirs[1]+" is a copy of "+dirs[0], home, "propusk backup")
	wantRow(t, dirs[0], home)
	if err := os.RemoveAll(dirs[0]); err != nil {
		t.Fatal(err)
	}
	wantRow(t, dirs[1], home)
}

func TestADatabaseThatIsNotWhereTheNoteSaysStopsTheStart(t *testing.T) {
	dirs := rootDirs(t, "var")
	home := fill(t, dirs[0])
	move(t, home, home+"-away")
	refused(t, dirs[0], filepath.Join(dirs[0], noteFile), home, "put that directory back", "restore a backup")
	move(t, home+"-away", home)
	wantRow(t, dirs[0], home)
}

func TestALostNoteStopsTheStart(t *testing.T) {
	dirs := rootDirs(t, "var")
	home := fill(t, dirs[0])
	note := filepath.Join(dirs[0], noteFile)
	move(t, note, filepath.Join(dirs[0], "elsewhere"))
	refused(t, dirs[0], "has lost its file "+noteFile, home, "write that path into the file")
	move(t, filepath.Join(dirs[0], "elsewhere"), note)
	wantRow(t, dirs[0], home)
}

// TestAVarThatHasLostItsDatabaseStopsTheStart: its keys and events would be of no use to an empty one.
func TestAVarThatHasLostItsDatabaseStopsTheStart(t *testing.T) {
	dir := varDir(t)
	if err := os.Mkdir(filepath.Join(dir, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, dir+" has been in use and has no database", noteFile, "move "+dir+" away")
	if HasPostgres(dir) {
		t.Error("it has a server")
	}
}

func TestARemovedVarBeginsAnewAndLeavesTheOldDataAlone(t *testing.T) {
	dirs := rootDirs(t, "var")
	s := startPostgres(t, PostgresOptions{Dir: dirs[0]})
	query(t, s.URL(), makeRow, readRow)
	if err := os.RemoveAll(dirs[0]); err != nil {
		t.Fatal(err)
	}
	refused(t, dirs[0], "left PostgreSQL running", "kill -INT")
	stopPostgres(t, s)
	again := startPostgres(t, PostgresOptions{Dir: dirs[0]})
	if again.place.home == s.place.home || again.password == s.password {
		t.Error("it opened the old data")
	}
	if !present(s.place.data()) {
		t.Error("the old data is gone")
	}
}

// TestRootOpensWhatAnOrdinaryUserMade: the data is in ./var then.
func TestRootOpensWhatAnOrdinaryUserMade(t *testing.T) {
	dirs := rootDirs(t, "var")
	if err := os.MkdirAll(filepath.Join(dirs[0], "postgres", "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	home, err := keptHome(dirs[0], nil)
	if err != nil || home != filepath.Join(dirs[0], "postgres") {
		t.Errorf("%s, %v", home, err)
	}
}

func TestAKilledServerIsStartedAgain(t *testing.T) {
	s := startPostgres(t, PostgresOptions{Dir: varDir(t)})
	query(t, s.URL(), makeRow, readRow)
	for range 2 {
		s.mu.Lock()
		pid := s.proc.pid
		s.mu.Unlock()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "PostgreSQL is up again", func() bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.proc.pid != pid && s.answers()
		})
		if got := query(t, s.URL(), readRow); got != "row" {
			t.Errorf("read %q", got)
		}
	}
}

func TestAServerThatCannotStartIsGivenUp(t *testing.T) {
	s := startPostgres(t, PostgresOptions{Dir: varDir(t)})
	s.mu.Lock()
	pid := s.proc.pid
	s.restarts = maxRestarts - 1
	s.mu.Unlock()
	move(t, s.place.data(), s.place.data()+".away")
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	wantError(t, <-s.Failed(), "ended 7 times in a row")
}
