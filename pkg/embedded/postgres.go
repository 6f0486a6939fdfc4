//go:build unix

package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/embedded/internal/locate"
)

// superuser is the role that owns the cluster.
const superuser = "propusk"

// postgresPort is only a part of the socket's name: there is no TCP.
const postgresPort = 5432

// PostgresOptions configure a PostgreSQL server beside this process.
type PostgresOptions struct {
	// Dir is the clone's ./var: the server keeps its data there (or, as root,
	// where Dir/postgres-location says), one process at a time uses it, and the
	// next one takes over a server that outlived the last. A server that ends by
	// itself is started again. Where Dir is empty the server is thrown away by
	// Stop and ends with this process.
	Dir string
	// Purpose is shown in the names of the server's processes; "propusk" if empty.
	Purpose string
	// FastUnsafe gives up durability for speed: for tests alone.
	FastUnsafe bool
	// MaxConnections is 200 if 0.
	MaxConnections int
	// Log hears of the slow steps; nothing is logged if nil.
	Log *slog.Logger
}

// PostgresServer is a PostgreSQL server beside this process, in a process group
// of its own so that Ctrl-C does not reach it. It listens on a Unix socket only.
type PostgresServer struct {
	o        PostgresOptions
	place    place
	binaries locate.Binaries
	password string // empty where the socket's directory alone guards the server

	mu      sync.Mutex
	lock    *fileLock
	proc    *process
	adopted bool
	// failed gets the error of a kept server that ended and could not be started again.
	failed   chan error
	unwatch  context.CancelFunc // ends the watch over proc; nil: nobody watches
	restarts int                // in a row
}

// Postgres finds PostgreSQL (15 to 18) or installs it, makes a cluster where
// there is none, and starts it. The context bounds only the start.
func Postgres(ctx context.Context, o PostgresOptions) (*PostgresServer, error) {
	o.Purpose = cmp.Or(o.Purpose, "propusk")
	o.MaxConnections = cmp.Or(o.MaxConnections, 200)
	o.Log = orDiscard(o.Log)
	s := &PostgresServer{o: o, failed: make(chan error, 1)}
	open := s.openKept
	if o.Dir == "" {
		open = s.openThrowaway
	}
	if err := open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL: %w", err), s.Stop())
	}
	return s, nil
}

// TestPostgres starts a server that is thrown away, as fast as it can be. Several installations use it side by side, each with as many
// connections as one has a server of its own for.
func TestPostgres(ctx context.Context) (*PostgresServer, error) {
	return Postgres(ctx, PostgresOptions{Purpose: "propusk test", FastUnsafe: true, MaxConnections: 500})
}

// URL returns the superuser's address of the database "postgres".
func (s *PostgresServer) URL() string { return s.DatabaseURL("postgres") }

// DatabaseURL returns the superuser's address of a database.
func (s *PostgresServer) DatabaseURL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database}
	if s.password != "" {
		u.User = url.UserPassword(superuser, s.password)
	}
	u.RawQuery = url.Values{"host": {s.place.sockets}, "port": {strconv.Itoa(postgresPort)}}.Encode()
	return u.String()
}

// CreateDatabase makes an empty database.
func (s *PostgresServer) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.URL())
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize())
	return errors.Join(err, conn.Close(ctx))
}

// Failed gets one error when a kept server has ended by itself, time and again, and is not started any more.
func (s *PostgresServer) Failed() <-chan error { return s.failed }

// Adopted says whether the server was running already, left by a process that
// was killed.
func (s *PostgresServer) Adopted() bool { return s.adopted }
