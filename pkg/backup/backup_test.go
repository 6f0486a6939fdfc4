package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/backup"
	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// The first version of a schema with what is hard to copy: references, a sequence, an identity, a computed column, a
// partition made at run time, a seed, and a table that may only grow.
const firstVersion = `-- +goose Up
CREATE SEQUENCE numbers START 100;
CREATE TABLE a_child (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent text NOT NULL, up bigint REFERENCES a_child);
CREATE TABLE parents (name text PRIMARY KEY, size int NOT NULL GENERATED ALWAYS AS (length(name)) STORED, raw bytea, at timestamptz);
ALTER TABLE a_child ADD FOREIGN KEY (parent) REFERENCES parents;
CREATE TABLE days (day date NOT NULL, what text) PARTITION BY RANGE (day);
CREATE TABLE head (single boolean PRIMARY KEY DEFAULT true, n int NOT NULL);
INSERT INTO head (n) VALUES (0);
-- +goose StatementBegin
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$;
-- +goose StatementEnd
CREATE TRIGGER stays BEFORE DELETE ON head FOR EACH ROW EXECUTE FUNCTION refuse();
REVOKE DELETE, TRUNCATE ON head FROM CURRENT_USER;
`

const secondVersion = `-- +goose Up
ALTER TABLE parents ADD COLUMN note text NOT NULL DEFAULT 'migrated';
`

func schemas(versions ...string) []pg.Schema {
	files := fstest.MapFS{}
	for i, text := range versions {
		files["0000"+string(rune('1'+i))+"_x.sql"] = &fstest.MapFile{Data: []byte(text)}
	}
	return []pg.Schema{{Service: "keeping", Migrations: files, Jobs: true}}
}

// installation is an empty one of its own, with a key set.
func installation(t *testing.T, versions ...string) (backup.Installation, *pgx.Conn) {
	t.Helper()
	address, name := testkit.EmptyDatabase(t)
	root := t.TempDir()
	if err := keyring.Prepare(root, []string{"gateway", "keeping"}, false, secret.String{}); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return backup.Installation{
		Database: pg.Database{AdminURL: address, Installation: name}, Schemas: schemas(versions...), SecretsRoot: root, Now: time.Now,
	}, conn
}

func exec(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func scan(t *testing.T, conn *pgx.Conn, sql string) (out string) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql).Scan(&out); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

func noteKeys(t *testing.T, i backup.Installation, conn *pgx.Conn) error {
	t.Helper()
	return keyring.NoteKeys(t.Context(), conn, "keeping", filepath.Join(i.SecretsRoot, "keeping"), secret.String{})
}

// full is an installation with data, and a backup of it.
func full(t *testing.T) (i backup.Installation, dir string) {
	t.Helper()
	i, conn := installation(t, firstVersion)
	if err := i.Database.Migrate(t.Context(), i.Schemas); err != nil {
		t.Fatal(err)
	}
	if err := noteKeys(t, i, conn); err != nil {
		t.Fatal(err)
	}
	exec(t, conn, `SET search_path = keeping; SET ROLE `+pg.Role(i.Database.Installation, "keeping")+`;
		INSERT INTO parents VALUES (E'tab\tand\nline\\', DEFAULT, '\x00ff', '2026-03-29 02:30:00.123456+03');
		INSERT INTO parents VALUES ('second', DEFAULT, NULL, 'infinity');
		INSERT INTO a_child (parent) VALUES ('second'); INSERT INTO a_child (parent, up) VALUES ('second', 1);
		SELECT nextval('numbers');
		CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
		INSERT INTO days VALUES ('2026-01-15', 'x'); UPDATE head SET n = 7;
		INSERT INTO outbox (id, subject, headers, data, sent_at) VALUES (gen_random_uuid(), 's', '{}', '', now())`)
	dir = filepath.Join(t.TempDir(), "backup")
	if _, err := i.Create(t.Context(), dir, backup.Keys{}, nil); err != nil {
		t.Fatal(err)
	}
	return i, dir
}

func TestARestoreIntoANewerProgram(t *testing.T) {
	_, dir := full(t)
	to, conn := installation(t, firstVersion, secondVersion)
	if _, err := to.Restore(t.Context(), dir, backup.Keys{}); err != nil {
		t.Fatal(err)
	}
	exec(t, conn, "SET search_path = keeping")
	for sql, want := range map[string]string{
		`SELECT string_agg(concat_ws('|', name, size, raw, extract(epoch FROM at), note), ';' ORDER BY size) FROM parents`: "second|6|Infinity|migrated;tab\tand\nline\\|13|\\x00ff|1774740600.123456|migrated",
		`SELECT string_agg(concat_ws('|', id, parent, up), ';' ORDER BY id) FROM a_child WHERE id < 3`:                     "1|second;2|second|1",
		`INSERT INTO a_child (parent) VALUES ('second') RETURNING id::text`:                                                "3",
		`SELECT nextval('numbers')::text`:                                                        "101",
		`SELECT what || tableoid::regclass FROM days`:                                            "xdays_1",
		`SELECT tableowner FROM pg_tables WHERE tablename = 'days_1' AND schemaname = 'keeping'`: pg.Role(to.Database.Installation, "keeping"),
		`SELECT n::text FROM head`:                                                               "7",
		`SELECT has_table_privilege('head', 'DELETE')::text`:                                     "true", // the administrator's own
		`SELECT count(*)::text FROM outbox WHERE sent_at IS NULL`:                                "1",
		`SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'stays'`:                          "O",
	} {
		if got := scan(t, conn, sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	if err := noteKeys(t, to, conn); err != nil {
		t.Error(err)
	}
	exec(t, conn, "SET ROLE "+pg.Role(to.Database.Installation, "keeping"))
	if _, err := conn.Exec(t.Context(), "DELETE FROM head"); err == nil {
		t.Error("the owner got back the right that it gave up")
	}
}

func TestABackupOfANewerProgramIsRefused(t *testing.T) {
	i, conn := installation(t, firstVersion, secondVersion)
	if err := i.Database.Migrate(t.Context(), i.Schemas); err != nil {
		t.Fatal(err)
	}
	if err := noteKeys(t, i, conn); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "backup")
	if _, err := i.Create(t.Context(), dir, backup.Keys{}, nil); err != nil {
		t.Fatal(err)
	}
	older, _ := installation(t, firstVersion)
	_, err := older.Restore(t.Context(), dir, backup.Keys{})
	wantError(t, err, "was made by a newer program")
	older.Schemas = nil
	_, err = older.Restore(t.Context(), dir, backup.Keys{})
	wantError(t, err, "data of keeping, which this installation does not have")
}

// TestARestoreThatWasCutShortIsBegunAgain has the key sets' place taken by a file.
func TestARestoreThatWasCutShortIsBegunAgain(t *testing.T) {
	_, dir := full(t)
	to, conn := installation(t, firstVersion)
	secrets := to.SecretsRoot
	to.SecretsRoot = filepath.Join(secrets, "keeping", "keys.json")
	if _, err := to.Restore(t.Context(), dir, backup.Keys{}); err == nil {
		t.Fatal("key sets were placed below a file")
	}
	wantError(t, to.Database.Migrate(t.Context(), to.Schemas), "was not finished", "propusk restore")
	to.SecretsRoot = secrets
	if _, err := to.Restore(t.Context(), dir, backup.Keys{}); err != nil {
		t.Fatal(err)
	}
	if err := noteKeys(t, to, conn); err != nil {
		t.Error(err)
	}
	_, err := to.Restore(t.Context(), dir, backup.Keys{})
	wantError(t, err, "the database is not empty", "keeping")
}

func TestDamageIsFound(t *testing.T) {
	i, dir := full(t)
	if _, err := backup.Verify(dir, backup.Keys{}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name())
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info, err)
		}
		damaged := append([]byte{}, whole...)
		damaged[len(damaged)/2] ^= 1
		write(t, path, damaged)
		if _, err := backup.Verify(dir, backup.Keys{}); err == nil && f.Name() != "manifest.json" {
			t.Errorf("a flipped bit in %s was not found", f.Name())
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		_, err = backup.Verify(dir, backup.Keys{})
		wantError(t, err, f.Name())
		write(t, path, whole)
	}

	// Keys that do not open the data make no backup, and leave nothing behind.
	if err := os.Remove(filepath.Join(i.SecretsRoot, "keeping", "keys.json")); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(filepath.Dir(dir), "second")
	_, err = i.Create(t.Context(), second, backup.Keys{}, nil)
	wantError(t, err, "data of keeping and not its key set")
	if err := keyring.Prepare(i.SecretsRoot, []string{"keeping"}, false, secret.String{}); err == nil {
		_, err = i.Create(t.Context(), second, backup.Keys{}, nil)
		wantError(t, err, "not the one that its data was encrypted with")
	}
	if left, _ := filepath.Glob(second + "*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("it does not say %q: %v", w, err)
		}
	}
}
