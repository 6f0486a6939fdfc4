//go:build unix

package embedded

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/embedded/internal/locate"
	"github.com/propusk-id/propusk/pkg/embedded/internal/runas"
)

func startPostgres(t *testing.T, o PostgresOptions) *PostgresServer {
	t.Helper()
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := Postgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopPostgres(t, s) })
	return s
}

func stopPostgres(t *testing.T, s *PostgresServer) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}

// varDir is a clone's ./var; root's data, which lies elsewhere, goes with it.
func varDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		if os.Geteuid() != 0 {
			return
		}
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
	return dir
}

// query runs statements on a fresh connection and returns the last one's only value.
func query(t *testing.T, url string, statements ...string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	last := len(statements) - 1
	for _, sql := range statements[:last] {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	var value string
	if err := conn.QueryRow(t.Context(), statements[last]).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

const (
	makeRow = "create table kept as select 'row' as v"
	readRow = "select v from kept"
)

func TestTestPostgres(t *testing.T) {
	begin := time.Now()
	s, err := TestPostgres(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopPostgres(t, s) })
	t.Logf("up in %v", time.Since(begin))

	if err := s.CreateDatabase(t.Context(), `odd "name"`); err != nil {
		t.Fatal(err)
	}
	if got := query(t, s.DatabaseURL(`odd "name"`), "select current_database()"); got != `odd "name"` {
		t.Errorf("connected to %s", got)
	}
	settings := map[string]string{
		"fsync": "off", "listen_addresses": "", "max_connections": "500", "server_encoding": "UTF8",
		"lc_collate": "C", "TimeZone": "UTC",
	}
	for name, want := range settings {
		got := query(t, s.URL(), "select setting from pg_settings where name = '"+name+"' "+
			"union all select datcollate from pg_database where '"+name+"' = 'lc_collate' and datname = 'postgres' limit 1")
		if got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestThrowawayIsPrivateAndGoesAway(t *testing.T) {
	s, other := startPostgres(t, PostgresOptions{}), startPostgres(t, PostgresOptions{})
	if s.URL() == other.URL() {
		t.Error("two servers share an address")
	}
	info, err := os.Stat(s.place.sockets)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's directory has mode %v", info.Mode())
	}
	stopPostgres(t, s)
	if _, err := os.Stat(s.place.home); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", s.place.home, err)
	}
	query(t, other.URL(), "select 'the other still works'")
}

func TestPostgresSurvivesKill(t *testing.T) {
	s := startPostgres(t, PostgresOptions{})
	query(t, s.URL(), makeRow, readRow)
	if got := query(t, s.URL(), "show fsync"); got != "on" {
		t.Errorf("fsync is %s", got)
	}
	for range 3 {
		// A session in progress, so that there is a backend to kill as well.
		conn, err := pgx.Connect(t.Context(), s.URL())
		if err != nil {
			t.Fatal(err)
		}
		s.Kill()
		if err := conn.Ping(t.Context()); err == nil {
			t.Error("it answers after Kill")
		}
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := query(t, s.URL(), readRow); got != "row" {
			t.Errorf("read %q", got)
		}
	}
	if err := s.Start(t.Context()); err == nil {
		t.Error("started twice")
	}
}

func TestThrowawayEndsWithItsProcess(t *testing.T) {
	url, kill := startHelper(t, "postgres:")
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Dir(config.Host)
	kill()
	eventually(t, "PostgreSQL ended", func() bool {
		_, there := readPostmaster(filepath.Join(home, "data"))
		return !there
	})
	startPostgres(t, PostgresOptions{FastUnsafe: true})
	if _, err := os.Stat(home); !os.IsNotExist(err) {
		t.Errorf("%s was not swept away: %v", home, err)
	}
}

func TestKeptKeepsItsData(t *testing.T) {
	dir := varDir(t)
	s := startPostgres(t, PostgresOptions{Dir: dir})
	query(t, s.URL(), makeRow, readRow)
	s.Kill()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	stopPostgres(t, s)
	stopPostgres(t, s) // twice is fine

	s = startPostgres(t, PostgresOptions{Dir: dir})
	if s.Adopted() {
		t.Error("Stop left the server running")
	}
	if got := query(t, s.URL(), readRow); got != "row" {
		t.Errorf("read %q", got)
	}
}

func TestKeptIsGuarded(t *testing.T) {
	dir := varDir(t)
	s := startPostgres(t, PostgresOptions{Dir: dir})

	_, err := Postgres(t.Context(), PostgresOptions{Dir: dir})
	wantError(t, err, "already running", dir, "process ")

	_, err = pgx.Connect(t.Context(), strings.Replace(s.URL(), s.password, "guess", 1))
	wantError(t, err, "password authentication failed")

	info, err := os.Stat(s.place.password())
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the password's file has mode %v", info.Mode())
	}
	if left, _ := filepath.Glob(s.place.password() + ".*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
	if group, err := syscall.Getpgid(s.proc.pid); err != nil || group != s.proc.pid {
		t.Errorf("its process group is %d (%v): Ctrl-C would reach it", group, err)
	}
}

func TestKeptAdoptsAServerThatOutlivedItsProcess(t *testing.T) {
	dir := varDir(t)
	url, kill := startHelper(t, "postgres:"+dir)
	query(t, url, makeRow, readRow)
	kill()

	s := startPostgres(t, PostgresOptions{Dir: dir})
	if !s.Adopted() || s.URL() != url {
		t.Errorf("adopted: %v, %s instead of %s", s.Adopted(), s.URL(), url)
	}
	if got := query(t, s.URL(), readRow); got != "row" {
		t.Errorf("read %q", got)
	}
	pid := s.proc.pid
	stopPostgres(t, s)
	if alive(pid) {
		t.Error("Stop left the adopted server running")
	}
}

func TestKeptRefusesAnotherMajor(t *testing.T) {
	dir := varDir(t)
	s := startPostgres(t, PostgresOptions{Dir: dir})
	stopPostgres(t, s)
	if err := os.WriteFile(filepath.Join(s.place.data(), "PG_VERSION"), []byte("14\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Postgres(t.Context(), PostgresOptions{Dir: dir})
	wantError(t, err, "made by PostgreSQL 14", s.place.data(), "away to begin with empty data")
}

func TestPrivateDirRefusesAStrangers(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	wantError(t, privateDir(link, runas.Self(), 0o700), "is not a directory of user id")
	stranger := runas.User{UID: runas.Self().UID + 1}
	wantError(t, privateDir(t.TempDir(), stranger, 0o700), "is not a directory of user id")
}

// TestAsAnOrdinaryUser runs the PostgreSQL tests of this file as "nobody".
func TestAsAnOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("this is an ordinary user already")
	}
	//nolint:usetesting // t.TempDir lies where only root may enter
	dir, err := os.MkdirTemp("/tmp", "embedded-nobody-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	nobody := runas.User{UID: 65534, GID: 65534}
	if err := nobody.Own(dir); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "embedded.test")
	copyProgram(t, os.Args[0], binary)

	cmd := nobody.Command(t.Context(), binary, "-test.v", "-test.run", "^Test(TestPostgres|Kept|Throwaway)")
	binaries, err := locate.Postgres(t.Context(), nobody, 0, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(cmd.Env, "HOME="+dir, "TMPDIR="+dir, "PATH="+binaries.Dir+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
	if !strings.Contains(string(out), "PASS: TestKeptKeepsItsData") {
		t.Error("the tests did not run")
	}
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
