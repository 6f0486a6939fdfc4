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
)

// SetUp makes roles, schemas and tables of all services, and the event streams, for services in processes of their
// own, and lets services that are new into the event server. It connects as an administrator, and secretsRoot is what
// [keyring.Prepare] filled. Key sets that do not fit the data are refused before anything is changed.
func SetUp(ctx context.Context, c Config, services []Service, secretsRoot string) error {
	connect, err := asMigrator(c, secretsRoot)
	if err != nil {
		return err
	}
	if err := checkKeys(ctx, c, services, secretsRoot); err != nil {
		return err
	}
	if err := ReloadNATS(ctx, c, secretsRoot); err != nil {
		return err
	}
	c.SecretsDir = secretsRoot
	return setUp(ctx, c, services, rolePasswords(secretsRoot), connect)
}

// asMigrator connects to the event server as the one who may manage streams.
func asMigrator(c Config, secretsRoot string) (func(opts ...nats.Option) (*nats.Conn, error), error) {
	c.SecretsDir = filepath.Join(secretsRoot, keyring.Migrator)
	network, err := newTCP(c, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return func(opts ...nats.Option) (*nats.Conn, error) {
		return natsConnect(c, append(opts, natsTLS(c, network)...)...)
	}, nil
}

// CheckStreamsEmpty refuses an event server that has events: to an installation that is about to be restored they tell
// of what it never had.
func CheckStreamsEmpty(ctx context.Context, c Config, secretsRoot string) error {
	connect, err := asMigrator(c, secretsRoot)
	if err != nil {
		return err
	}
	nc, err := connect(nats.Name("propusk-" + keyring.Migrator))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	streams := js.ListStreams(ctx)
	for info := range streams.Info() {
		if info.State.Msgs > 0 {
			return fmt.Errorf("the stream %s has events of another installation: empty NATS's store (with Docker: the volume "+
				"nats) before restoring", info.Config.Name)
		}
	}
	return streams.Err()
}

// rolePasswords are the logins of services' roles.
func rolePasswords(secretsRoot string) func(service string) (string, error) {
	return func(service string) (string, error) {
		return keyring.DatabasePassword(filepath.Join(secretsRoot, service))
	}
}

// setUp brings the stores up to date. It may be done again; password gives the login of each role, or "", and
// c.SecretsDir has a directory per service.
func setUp(
	ctx context.Context, c Config, services []Service, password func(service string) (string, error),
	connect func(opts ...nats.Option) (*nats.Conn, error),
) error {
	list, err := Schemas(services, password)
	if err != nil {
		return err
	}
	if err := c.AdminDatabase().Migrate(ctx, list); err != nil {
		return err
	}
	if err := noteKeys(ctx, c, services); err != nil {
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
	if c.DatabasePooler != NoPooler {
		return nil // it has fewer connections to the server than its clients have to it
	}
	conn, err := pgx.Connect(ctx, c.AdminDatabase().AdminURL)
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
