package pg

import (
	"context"
	"errors"
	"fmt"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Options is how to connect.
type Options struct {
	// URL of the database; Password overrides the URL's when not empty.
	URL      string
	Password string
	// Installation and Service name the role; Service is also the schema. With SetRole the login is the URL's and each
	// connection becomes the role, which is how many services share one process and one login.
	Installation string
	Service      string
	SetRole      bool
	// Pooled says that a pooler stands before the database and lends a session for one transaction at a time: nothing
	// is kept in the session, neither a role nor prepared statements. It does not go together with SetRole.
	Pooled   bool
	MaxConns int32
	// Check, if there is one, must have passed before any connection is used.
	Check func(ctx context.Context, conn *pgx.Conn) error
}

// Open makes a pool that sees only the service's schema. Connections are made when they are first used.
func Open(ctx context.Context, o Options) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL cannot be read: %w", err)
	}
	if o.SetRole && o.Pooled {
		return nil, errors.New("a role that is set does not outlive a pooler's transaction: log in as the role")
	}
	role := Role(o.Installation, o.Service)
	if o.Password != "" {
		cfg.ConnConfig.Password = o.Password
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = "propusk-" + o.Service
	cfg.ConnConfig.Tracer = otelpgx.NewTracer()
	if o.MaxConns > 0 {
		cfg.MaxConns = o.MaxConns
	}
	if o.SetRole {
		cfg.ConnConfig.RuntimeParams["search_path"] = o.Service
	} else {
		cfg.ConnConfig.User = role // it has the search path, see newRole
	}
	if o.Pooled {
		// Statements are described as they come and executed unnamed, each in one round trip.
		cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		cfg.ConnConfig.StatementCacheCapacity = 0
	}
	cfg.AfterConnect = o.afterConnect(role)
	return pgxpool.NewWithConfig(ctx, cfg)
}

func (o Options) afterConnect(role string) func(ctx context.Context, conn *pgx.Conn) error {
	return func(ctx context.Context, conn *pgx.Conn) error {
		registerUUID(conn.TypeMap())
		if o.SetRole {
			if _, err := conn.Exec(ctx, "SET ROLE "+ident(role)); err != nil {
				return err
			}
		}
		if o.Check == nil {
			return nil
		}
		return o.Check(ctx, conn)
	}
}
