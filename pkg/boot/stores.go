package boot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	natsReconnectWait   = 250 * time.Millisecond
	natsReconnectJitter = 250 * time.Millisecond
)

// natsOptions wait for the server for ever, spread out so that a restarted one is not overrun.
func natsOptions(service string, log *slog.Logger) []nats.Option {
	return []nats.Option{
		nats.Name("propusk-" + service),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(natsReconnectWait),
		nats.ReconnectJitter(natsReconnectJitter, natsReconnectJitter),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Warn("NATS", "error", err)
		}),
	}
}

var errNoNATS = errors.New("no connection to NATS")

func natsCheck(nc *nats.Conn) func(context.Context) error {
	return func(context.Context) error {
		if nc.IsConnected() {
			return nil
		}
		return errNoNATS
	}
}
