package boot

import (
	"context"
	"path/filepath"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/events"
)

// migrator is who sets up: the one that the event server lets manage streams (deploy/nats.conf).
const migrator = "migrate"

// migrateStreams makes the event streams over the network, with the migrator's certificate.
func migrateStreams(ctx context.Context, c Config, secretsRoot string) error {
	c.SecretsDir = filepath.Join(secretsRoot, migrator)
	network, err := newTCP(c)
	if err != nil {
		return err
	}
	return createStreams(ctx, func(opts ...nats.Option) (*nats.Conn, error) {
		return natsConnect(c, append(opts, natsTLS(c, network)...)...)
	})
}

func createStreams(ctx context.Context, connect func(opts ...nats.Option) (*nats.Conn, error)) error {
	nc, err := connect(nats.Name("propusk-" + migrator))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	return events.CreateStreams(ctx, js)
}
