package pg_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/testkit"
)

var notes = fstest.MapFS{"00001_notes.sql": {Data: []byte("-- +goose Up\nCREATE TABLE notes (text text);\n")}}

// schemaOf is a service that no other test has: roles are the server's.
func schemaOf(service, password string) []pg.Schema {
	return []pg.Schema{{Service: service, Migrations: notes, Password: password}}
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func scan[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) (v T) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func wantRefusal(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was not refused")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the refusal does not say %q: %v", w, err)
		}
	}
}

const passwordOf = `SELECT rolpassword FROM pg_authid WHERE rolname = $1`

func TestInstallationsOfOneServerAreApart(t *testing.T) {
	first, name := testkit.EmptyDatabase(t)
	second, other := testkit.EmptyDatabase(t)
	migrate := func(address, installation, password string) error {
		db := pg.Database{AdminURL: address, Installation: installation}
		return db.Migrate(t.Context(), schemaOf("noting", password))
	}
	if err := migrate(first, name, "one"); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, first)
	before := scan[string](t, conn, passwordOf, name+"_noting")

	wantRefusal(t, migrate(second, name, "two"), "belongs to another installation", "PROPUSK_INSTALLATION", name+"_noting")
	wantRefusal(t, migrate(first, other, "two"), "this database belongs to the installation", name)
	if scan[string](t, conn, passwordOf, name+"_noting") != before {
		t.Error("a refused installation changed the password of the first one's role")
	}
	if err := migrate(second, other, "two"); err != nil {
		t.Fatal(err)
	}
	pool, err := pg.Open(t.Context(), pg.Options{URL: first, Password: "two", Installation: other, Service: "noting"})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), `SELECT * FROM noting.notes`); err == nil {
		t.Error("the second installation reads the first one's table")
	}
}

// TestAnInstallationWhoseDatabaseWasDroppedIsMadeAgain under its name, as a restore on the same server does.
func TestAnInstallationWhoseDatabaseWasDroppedIsMadeAgain(t *testing.T) {
	first, name := testkit.EmptyDatabase(t)
	second, _ := testkit.EmptyDatabase(t)
	migrate := func(address, password string) error {
		return pg.Database{AdminURL: address, Installation: name}.Migrate(t.Context(), schemaOf("losing", password))
	}
	if err := migrate(first, "one"); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, migrate(second, "two"), "belongs to another installation")
	admin := connect(t, second)
	exec(t, admin, "DROP DATABASE "+name+" WITH (FORCE)")
	if err := migrate(second, "two"); err != nil {
		t.Fatal(err)
	}
	pool, err := pg.Open(t.Context(), pg.Options{URL: second, Password: "two", Installation: name, Service: "losing"})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), `SELECT * FROM notes`); err != nil {
		t.Error(err)
	}
}

func TestNamesThatCannotBeginARoleAreRefused(t *testing.T) {
	for _, name := range []string{"", "Propusk", "1st", "a-b", strings.Repeat("a", 32)} {
		if pg.CheckInstallation(name) == nil {
			t.Errorf("%q passes", name)
		}
	}
}

// TestRolesOfBareNameAreLeft takes over what was made before roles carried the installation's name, in two databases
// that shared the role.
func TestRolesOfBareNameAreLeft(t *testing.T) {
	first, name := testkit.EmptyDatabase(t)
	second, other := testkit.EmptyDatabase(t)
	admin := connect(t, first)
	exec(t, admin, "CREATE ROLE barely LOGIN PASSWORD 'x'")
	for _, address := range []string{first, second} {
		exec(t, connect(t, address), `CREATE SCHEMA barely AUTHORIZATION barely; SET ROLE barely;
			CREATE TABLE barely.old AS SELECT 'row' AS v; RESET ROLE`)
	}
	for address, installation := range map[string]string{first: name, second: other} {
		db := pg.Database{AdminURL: address, Installation: installation}
		for range 2 {
			if err := db.Migrate(t.Context(), schemaOf("barely", "new")); err != nil {
				t.Fatal(err)
			}
		}
		pool, err := pg.Open(t.Context(), pg.Options{URL: address, Password: "new", Installation: installation, Service: "barely"})
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		var row string
		if err := pool.QueryRow(t.Context(), `SELECT v FROM old, notes RIGHT JOIN (SELECT 1) x ON true`).Scan(&row); err != nil || row != "row" {
			t.Errorf("the new role reads %q: %v", row, err)
		}
	}
	if scan[bool](t, admin, `SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'barely')`) {
		t.Error("the old role is still there")
	}
}
