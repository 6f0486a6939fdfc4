package pg

import (
	"context"
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
	// Service is the schema; with SetRole each connection also becomes the role of that name, which is how many
	// services share one process and one login.
	Service  string
	SetRole  bool
	MaxConns int32
}

// Open makes a pool that sees only the service's schema. Connections are made when they are first used.
func Open(ctx context.Context, o Options) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL cannot be read: %w", err)
	}
	if o.Password != "" {
		cfg.ConnConfig.Password = o.Password
	}
	if !o.SetRole {
		cfg.ConnConfig.User = o.Service
	}
	cfg.ConnConfig.RuntimeParams["search_path"] = o.Service
	cfg.ConnConfig.RuntimeParams["application_name"] = "propusk-" + o.Service
	cfg.ConnConfig.Tracer = otelpgx.NewTracer()
	if o.MaxConns > 0 {
		cfg.MaxConns = o.MaxConns
	}
	if o.SetRole {
		cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "SET ROLE "+pgx.Identifier{o.Service}.Sanitize())
			return err
		}
	}
	return pgxpool.NewWithConfig(ctx, cfg)
}
