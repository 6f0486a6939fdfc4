package boot

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/secret"
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
		// A server that starts anew may not know its users for a moment: that is no reason to give up for good.
		nats.IgnoreAuthErrorAbort(),
		nats.ReconnectWait(natsReconnectWait),
		nats.ReconnectJitter(natsReconnectJitter, natsReconnectJitter),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Warn("NATS", "error", err)
		}),
	}
}

func natsConnect(c Config, opts ...nats.Option) (*nats.Conn, error) {
	if err := requireURL("NATS_URL", c.NATSURL); err != nil {
		return nil, err
	}
	return nats.Connect(c.NATSURL.Reveal(), opts...)
}

// natsTLS shows the service's certificate to a server that NATS_URL calls tls://.
func natsTLS(c Config, network *tcp) []nats.Option {
	if !c.natsHasTLS() {
		return nil
	}
	return []nats.Option{nats.Secure(network.identity.ClientTLS(keyring.NATS))}
}

func (c *Config) natsHasTLS() bool { return strings.HasPrefix(c.NATSURL.Reveal(), "tls://") }

// requireURL refuses an address that is not set: the libraries would try a place of their own choosing.
func requireURL(name string, url secret.String) error {
	if url.IsZero() {
		return fmt.Errorf("%s is not set: the service needs it", name)
	}
	return nil
}

// natsWarning says that a service hears of no events. It is no reason to send requests elsewhere: they are answered.
func natsWarning(service string, nc *nats.Conn) func() []string {
	return func() []string {
		if nc.IsConnected() {
			return nil
		}
		return []string{service + " has no connection to NATS: events are late"}
	}
}
