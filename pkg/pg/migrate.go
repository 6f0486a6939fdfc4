package pg

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed base/*.sql
var base embed.FS

// migrateLock serialises migrations of several processes (any fixed number, this one is "propusk" cut short).
const migrateLock = 0x70726f7075736b

// Schema is what one service has in the database.
type Schema struct {
	Service string
	// Migrations are goose SQL files at the root.
	Migrations fs.FS
	// Jobs says that the service has River jobs.
	Jobs bool
	// Password lets the service's role log in; empty: the role is only reached by SET ROLE.
	Password string
}

// Versions are how far a schema's three sets of migrations went; 0: not at all.
type Versions struct {
	Base   int64 `json:"base"`
	Jobs   int64 `json:"jobs,omitempty"`
	Schema int64 `json:"schema"`
}

// Migrate makes each service's role and schema and brings its tables up to date. It may run while services are up and
// from several processes at once.
func (d Database) Migrate(ctx context.Context, schemas []Schema) error {
	return d.WithLock(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		if err := d.prepare(ctx, conn, schemas); err != nil {
			return err
		}
		if restoring, err := isRestoring(ctx, conn); err != nil || restoring {
			return errors.Join(err, ErrRestoring)
		}
		return d.migrateSchemas(ctx, conn, schemas, nil)
	})
}

// WithLock connects as the administrator and keeps migrations of this database out meanwhile.
func (d Database) WithLock(ctx context.Context, do func(ctx context.Context, conn *pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, d.AdminURL)
	if err != nil {
		return fmt.Errorf("connect as administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrateLock)); err != nil {
		return err
	}
	return do(ctx, conn)
}

// prepare makes the database the installation's, with a role and a schema for each service. Where something is
// another's, it changes nothing.
func (d Database) prepare(ctx context.Context, conn *pgx.Conn, schemas []Schema) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		id, err := d.claim(ctx, tx)
		if err != nil {
			return err
		}
		if err := lockDown(ctx, tx); err != nil {
			return err
		}
		for _, s := range schemas {
			if err := d.prepareSchema(ctx, tx, id, s); err != nil {
				return fmt.Errorf("migrate %s: %w", s.Service, err)
			}
		}
		return nil
	})
}

// migrateSchemas goes as far as the versions say, or to the newest where they are nil.
func (d Database) migrateSchemas(ctx context.Context, conn *pgx.Conn, schemas []Schema, upTo map[string]Versions) error {
	for _, s := range schemas {
		target, err := s.Newest()
		if err != nil {
			return err
		}
		if upTo != nil {
			target = upTo[s.Service]
		}
		at, err := ReadVersions(ctx, conn, s.Service)
		if err != nil {
			return err
		}
		if at == target { // as nearly always: to find that out by the libraries takes ten times as long
			continue
		}
		if err := d.migrateSchema(ctx, s, at, target); err != nil {
			return fmt.Errorf("migrate %s: %w", s.Service, err)
		}
	}
	return nil
}

// lockDown closes what Postgres leaves open to every role.
func lockDown(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `REVOKE ALL ON SCHEMA public FROM PUBLIC`)
	return err
}

// prepareSchema makes the role and the schema it owns.
func (d Database) prepareSchema(ctx context.Context, tx pgx.Tx, id string, s Schema) error {
	role := Role(d.Installation, s.Service)
	if err := d.createRole(ctx, tx, id, s.Service); err != nil {
		return err
	}
	if s.Password != "" {
		if err := execQuoted(ctx, tx, `ALTER ROLE %I LOGIN PASSWORD %L`, role, s.Password); err != nil {
			return err
		}
	}
	if err := adoptSchema(ctx, tx, role, s.Service); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "GRANT "+ident(role)+" TO CURRENT_USER; "+
		"CREATE SCHEMA IF NOT EXISTS "+ident(s.Service)+" AUTHORIZATION "+ident(role))
	return err
}

func (d Database) migrateSchema(ctx context.Context, s Schema, at, target Versions) error {
	pool, err := Open(ctx, Options{
		URL: d.AdminURL, Installation: d.Installation, Service: s.Service, SetRole: true, MaxConns: 2,
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	tables, err := fs.Sub(base, "base")
	if err != nil {
		return err
	}
	if err := runGoose(ctx, pool, tables, "base_version", target.Base); err != nil {
		return err
	}
	if s.Jobs && at.Jobs < target.Jobs { // a newer program may have been here
		if err := migrateRiver(ctx, pool, s.Service, target.Jobs); err != nil {
			return err
		}
	}
	return runGoose(ctx, pool, s.Migrations, "schema_version", target.Schema)
}

// runGoose migrates as far as a version; 0: not at all.
func runGoose(ctx context.Context, pool *pgxpool.Pool, files fs.FS, table string, upTo int64) error {
	if upTo == 0 {
		return nil
	}
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }()
	store, err := database.NewStore(database.DialectPostgres, table)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider("", db, files, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.UpTo(ctx, upTo)
	return err
}

func migrateRiver(ctx context.Context, pool *pgxpool.Pool, schema string, upTo int64) error {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: schema})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: int(upTo)})
	return err
}
