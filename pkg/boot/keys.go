package boot

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/secret"
)

// Keys are the service's keys: encryption of rows, blind indexes, MACs.
func (p *Platform) Keys() (*secret.Keys, error) { return keyring.Keys(p.Env.SecretsDir, p.Env.KEK) }

// keysFit is asked by every new connection of the service's pool until the keys have been found to be those of the
// data: with other keys what is there cannot be read, and what is written cannot be found again.
func (p *Platform) keysFit() func(ctx context.Context, conn *pgx.Conn) error {
	var known atomic.Bool
	return func(ctx context.Context, conn *pgx.Conn) error {
		if known.Load() {
			return nil
		}
		err := keyring.NoteKeys(ctx, conn, p.Service, p.Env.SecretsDir, p.Env.KEK)
		known.Store(err == nil)
		return err
	}
}

// keyCheckWait is how long a database that is away is left alone.
const keyCheckWait = time.Second

// awaitKeysFit ends a service whose keys do not fit; a database that is away is waited for.
func awaitKeysFit(ctx context.Context, pool *pgxpool.Pool) error {
	for {
		err := pool.Ping(ctx)
		var misfit *keyring.MisfitError
		if err == nil || errors.As(err, &misfit) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(keyCheckWait):
		}
	}
}

// checkKeys refuses key sets that are lost or do not fit the data, of all services at once.
func checkKeys(ctx context.Context, c Config, services []Service, secretsRoot string) error {
	return eachKeySet(ctx, c, services, func(db keyring.Querier, service string) error {
		return keyring.CheckData(ctx, db, service, filepath.Join(secretsRoot, service), c.KEK)
	})
}

// noteKeys writes down which keys the data of each service is encrypted with.
func noteKeys(ctx context.Context, c Config, services []Service) error {
	return eachKeySet(ctx, c, services, func(db keyring.Querier, service string) error {
		return keyring.NoteKeys(ctx, db, service, filepath.Join(c.SecretsDir, service), c.KEK)
	})
}

// eachKeySet calls do for every service that has data.
func eachKeySet(
	ctx context.Context, c Config, services []Service, do func(db keyring.Querier, service string) error,
) error {
	conn, err := pgx.Connect(ctx, c.AdminDatabase().AdminURL)
	if err != nil {
		return fmt.Errorf("connect as administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var failed error
	for _, s := range services {
		if s.Migrations != nil {
			failed = errors.Join(failed, do(conn, s.Name))
		}
	}
	return failed
}
