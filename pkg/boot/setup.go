package boot

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/pg"
)

// SetUp makes roles, schemas and tables of all services, and the event streams, for services in processes of their
// own, and lets services that are new into the event server. The database URL is an administrator's, and secretsRoot is
// what [keyring.Prepare] filled.
func SetUp(ctx context.Context, c Config, services []Service, secretsRoot string) error {
	c.SecretsDir = filepath.Join(secretsRoot, keyring.Migrator)
	network, err := newTCP(c, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if err := ReloadNATS(ctx, c, secretsRoot); err != nil {
		return err
	}
	password := func(service string) (string, error) {
		return keyring.DatabasePassword(filepath.Join(secretsRoot, service))
	}
	connect := func(opts ...nats.Option) (*nats.Conn, error) {
		return natsConnect(c, append(opts, natsTLS(c, network)...)...)
	}
	return setUp(ctx, c, services, password, connect)
}

// setUp brings the stores up to date. It may be done again; password gives the login of each role, or "".
func setUp(
	ctx context.Context, c Config, services []Service, password func(service string) (string, error),
	connect func(opts ...nats.Option) (*nats.Conn, error),
) error {
	list, err := schemas(services, password)
	if err != nil {
		return err
	}
	if err := pg.Migrate(ctx, c.DatabaseURL.Reveal(), list); err != nil {
		return err
	}
	if err := createStreams(ctx, connect, Producers(services), c.eventLimits()); err != nil {
		return fmt.Errorf("event streams: %w", err)
	}
	return checkPools(ctx, c, len(list))
}

func createStreams(
	ctx context.Context, connect func(opts ...nats.Option) (*nats.Conn, error), producers []string, l events.Limits,
) error {
	nc, err := connect(nats.Name("propusk-" + keyring.Migrator))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	return events.CreateStreams(ctx, js, producers, l)
}

// reservedConnections are for administrators, migrations and monitoring.
const reservedConnections = 10

// checkPools refuses pools that together want more than the server has.
func checkPools(ctx context.Context, c Config, pools int) error {
	conn, err := pgx.Connect(ctx, c.DatabaseURL.Reveal())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var limit int
	if err := conn.QueryRow(ctx, `SELECT current_setting('max_connections')::int`).Scan(&limit); err != nil {
		return err
	}
	if need := pools*int(c.PoolSize) + reservedConnections; need > limit {
		return fmt.Errorf("%d services with PROPUSK_POOL_SIZE=%d need %d connections and Postgres allows %d: "+
			"raise max_connections or lower PROPUSK_POOL_SIZE", pools, c.PoolSize, need, limit)
	}
	return nil
}
