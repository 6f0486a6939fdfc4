package pg

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// VersionTables are where a schema's versions are kept, which migrations fill and a backup leaves out.
func VersionTables() []string { return []string{"base_version", "schema_version", "river_migration"} }

// rowQuerier is a connection or a transaction.
type rowQuerier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ReadVersions tells how far a schema of the database was migrated.
func ReadVersions(ctx context.Context, db rowQuerier, schema string) (Versions, error) {
	var v Versions
	for _, of := range []struct {
		table, query string
		into         *int64
	}{
		{"base_version", "SELECT coalesce(max(version_id), 0) FROM %s WHERE is_applied", &v.Base},
		{"schema_version", "SELECT coalesce(max(version_id), 0) FROM %s WHERE is_applied", &v.Schema},
		{"river_migration", "SELECT coalesce(max(version), 0) FROM %s", &v.Jobs},
	} {
		table := pgx.Identifier{schema, of.table}.Sanitize()
		var there bool
		if err := db.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, table).Scan(&there); err != nil {
			return v, err
		}
		if !there {
			continue
		}
		if err := db.QueryRow(ctx, fmt.Sprintf(of.query, table)).Scan(of.into); err != nil {
			return v, err
		}
	}
	return v, nil
}

// Newest is how far this program migrates the schema.
func (s Schema) Newest() (Versions, error) {
	var v Versions
	tables, err := fs.Sub(base, "base")
	if err != nil {
		return v, err
	}
	if v.Base, err = newestFile(tables); err != nil {
		return v, err
	}
	if v.Schema, err = newestFile(s.Migrations); err != nil || !s.Jobs {
		return v, err
	}
	m, err := rivermigrate.New(riverpgxv5.New(nil), &rivermigrate.Config{Schema: s.Service})
	if err != nil {
		return v, err
	}
	for _, version := range m.AllVersions() {
		v.Jobs = max(v.Jobs, int64(version.Version))
	}
	return v, nil
}

func newestFile(files fs.FS) (newest int64, err error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		newest = max(newest, version)
	}
	return newest, nil
}

// Restore makes the services' schemas as they were at the versions, has them filled, and brings them up to date. It
// refuses a database that has any of them, unless a restore left it half done: that is begun again.
func (d Database) Restore(
	ctx context.Context, schemas []Schema, versions map[string]Versions, fill func(ctx context.Context, conn *pgx.Conn) error,
) error {
	return d.WithLock(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		if err := d.beginRestore(ctx, conn, schemas); err != nil {
			return err
		}
		if err := d.prepare(ctx, conn, schemas); err != nil {
			return err
		}
		if err := d.migrateSchemas(ctx, conn, schemas, versions); err != nil {
			return err
		}
		if err := fill(ctx, conn); err != nil {
			return err
		}
		if err := d.migrateSchemas(ctx, conn, schemas, nil); err != nil {
			return err
		}
		_, err := conn.Exec(ctx, `UPDATE installation.identity SET restoring = false`)
		return err
	})
}

// beginRestore marks the database, which nothing but a restore touches from then on.
func (d Database) beginRestore(ctx context.Context, conn *pgx.Conn, schemas []Schema) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := d.claim(ctx, tx); err != nil {
			return err
		}
		found, err := existing(ctx, tx, schemas)
		if err != nil {
			return err
		}
		begun, err := isRestoring(ctx, tx)
		if err != nil {
			return err
		}
		if len(found) > 0 && !begun {
			return fmt.Errorf("the database is not empty: it has %s; restore into an empty one", strings.Join(found, ", "))
		}
		if _, err := tx.Exec(ctx, `UPDATE installation.identity SET restoring = true`); err != nil {
			return err
		}
		for _, name := range found {
			if _, err := tx.Exec(ctx, "DROP SCHEMA "+ident(name)+" CASCADE"); err != nil {
				return err
			}
		}
		return nil
	})
}

// existing are the services' schemas that the database has.
func existing(ctx context.Context, tx pgx.Tx, schemas []Schema) ([]string, error) {
	names := make([]string, len(schemas))
	for i, s := range schemas {
		names[i] = s.Service
	}
	rows, err := tx.Query(ctx, `SELECT nspname::text FROM pg_namespace WHERE nspname = ANY($1) ORDER BY 1`, names)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func isRestoring(ctx context.Context, db interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
},
) (restoring bool, err error) {
	err = db.QueryRow(ctx, `SELECT restoring FROM installation.identity`).Scan(&restoring)
	return restoring, err
}
