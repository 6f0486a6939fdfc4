package pg

import (
	"context"
	"embed"
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

// Migrate makes each service's role and schema and brings its tables up to date. The URL is an administrator's.
// It may run while services are up and from several processes at once.
func Migrate(ctx context.Context, adminURL string, schemas []Schema) error {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("connect as administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrateLock)); err != nil {
		return err
	}
	if err := lockDown(ctx, conn); err != nil {
		return err
	}
	for _, s := range schemas {
		if err := s.migrate(ctx, conn, adminURL); err != nil {
			return fmt.Errorf("migrate %s: %w", s.Service, err)
		}
	}
	return nil
}

// lockDown closes what Postgres leaves open to every role.
func lockDown(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `REVOKE ALL ON SCHEMA public FROM PUBLIC`)
	return err
}

func (s Schema) migrate(ctx context.Context, conn *pgx.Conn, adminURL string) error {
	if err := s.createRole(ctx, conn); err != nil {
		return err
	}
	pool, err := Open(ctx, Options{URL: adminURL, Service: s.Service, SetRole: true, MaxConns: 2})
	if err != nil {
		return err
	}
	defer pool.Close()
	tables, err := fs.Sub(base, "base")
	if err != nil {
		return err
	}
	if err := runGoose(ctx, pool, tables, "base_version"); err != nil {
		return err
	}
	if s.Jobs {
		if err := migrateRiver(ctx, pool, s.Service); err != nil {
			return err
		}
	}
	return runGoose(ctx, pool, s.Migrations, "schema_version")
}

// createRole makes the role and the schema it owns. CREATE ROLE has no IF NOT EXISTS, and a database of a
// cluster that already has the role is usual in tests.
func (s Schema) createRole(ctx context.Context, conn *pgx.Conn) error {
	name := pgx.Identifier{s.Service}.Sanitize()
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)`, s.Service).
		Scan(&exists); err != nil {
		return err
	}
	if !exists {
		if _, err := conn.Exec(ctx, "CREATE ROLE "+name+" NOLOGIN"); err != nil {
			return err
		}
	}
	if s.Password != "" {
		if err := setPassword(ctx, conn, name, s.Password); err != nil {
			return err
		}
	}
	_, err := conn.Exec(ctx, "GRANT "+name+" TO CURRENT_USER; CREATE SCHEMA IF NOT EXISTS "+name+" AUTHORIZATION "+name)
	return err
}

// setPassword lets Postgres quote the password: ALTER ROLE takes no parameters.
func setPassword(ctx context.Context, conn *pgx.Conn, role, password string) error {
	var statement string
	err := conn.QueryRow(ctx, `SELECT format('ALTER ROLE %s LOGIN PASSWORD %L', $1::text, $2::text)`, role, password).
		Scan(&statement)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return err
}

func runGoose(ctx context.Context, pool *pgxpool.Pool, files fs.FS, table string) error {
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
	_, err = provider.Up(ctx)
	return err
}

func migrateRiver(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: schema})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
