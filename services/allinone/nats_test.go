package allinone

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/testkit"
)

// TestNobodyPublishesAnothersEvents runs the configuration that containers have: each service is who its
// certificate says.
func TestNobodyPublishesAnothersEvents(t *testing.T) {
	n := startNATS(t)
	for _, producer := range Producers() {
		nc := n.connect(t, producer)
		for _, whose := range Producers() {
			for _, kind := range []string{".v1.something", ".records.v1.something"} {
				err := publish(nc, "propusk."+whose+kind)
				if (err == nil) != (producer == whose) {
					t.Errorf("%s publishes %s as %s: %v", producer, kind, whose, err)
				}
			}
		}
		for _, stream := range events.StreamNames(producer) {
			if err := publish(nc, "$JS.API.STREAM.INFO."+stream); err != nil {
				t.Errorf("%s does not see how full %s is: %v", producer, stream, err)
			}
		}
	}
	if nc, err := nats.Connect(n.url, nats.Secure(testkit.NATSTLS(t, n.secrets, ""))); err == nil {
		nc.Close()
		t.Error("somebody without a certificate was let in")
	}
}

// TestNobodyChangesWhatWasSaid has a service try what would forge or hide another's events.
func TestNobodyChangesWhatWasSaid(t *testing.T) {
	n := startNATS(t)
	setUp, err := jetstream.New(n.connect(t, "migrate"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // setting up again changes nothing
		if err := events.CreateStreams(t.Context(), setUp, Producers(), smallStreams()); err != nil {
			t.Fatal(err)
		}
	}
	for _, service := range append([]string{"audit"}, Producers()...) {
		nc := n.connect(t, service)
		for _, subject := range []string{
			"$JS.API.STREAM.CREATE.PROPUSK_ACCOUNT", "$JS.API.STREAM.UPDATE.PROPUSK_ACCOUNT",
			"$JS.API.STREAM.DELETE.PROPUSK_ACCOUNT", "$JS.API.STREAM.PURGE.PROPUSK_ACCOUNT",
			"$JS.API.STREAM.MSG.DELETE.PROPUSK_ACCOUNT", "$JS.API.STREAM.RESTORE.PROPUSK_ACCOUNT",
			"$JS.API.CONSUMER.DELETE.PROPUSK_ACCOUNT.somebody", "$JS.API.CONSUMER.CREATE.PROPUSK_ACCOUNT.somebody",
			"$JS.API.CONSUMER.DURABLE.CREATE.PROPUSK_ACCOUNT.somebody", "$JS.API.CONSUMER.MSG.NEXT.PROPUSK_ACCOUNT.somebody",
			"$JS.ACK.PROPUSK_ACCOUNT.somebody.1.1.1.1.0",
		} {
			if err := publish(nc, subject); err == nil {
				t.Errorf("%s may publish to %s", service, subject)
			}
		}
	}
}

// TestEveryUserOfTheEventServerIsAService finds those that were left behind.
func TestEveryUserOfTheEventServerIsAService(t *testing.T) {
	for _, user := range startNATS(t).users {
		if user != keyring.Migrator && user != keyring.NATS && !slices.Contains(names(Services()), user) {
			t.Errorf("%s is no service", user)
		}
	}
}

// natsServer is an event server with the configuration of the containers.
type natsServer struct {
	url, secrets, config string
	users                []string
}

func startNATS(t *testing.T) *natsServer {
	t.Helper()
	n := &natsServer{secrets: t.TempDir()}
	makeSecrets(t, n.secrets)
	n.config = filepath.Join(t.TempDir(), "nats.conf")
	n.configure(t, testkit.NATSConfig(t, n.secrets, t.TempDir(), freeAddress(t)))
	o, err := server.ProcessConfigFile(n.config)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range o.Users {
		n.users = append(n.users, u.Username)
	}
	o.NoLog, o.NoSigs = true, true
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(patience) {
		t.Fatal("the server does not start")
	}
	n.url = "tls://" + s.Addr().String()
	return n
}

func (n *natsServer) configure(t *testing.T, config string) {
	t.Helper()
	if err := os.WriteFile(n.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

// connect is a service's connection; it hears of refusals by nats.Conn.LastError.
func (n *natsServer) connect(t *testing.T, service string) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(n.url, nats.Secure(testkit.NATSTLS(t, n.secrets, service)), nats.ErrorHandler(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// publish reports what the server says of it.
func publish(nc *nats.Conn, subject string) error {
	before := nc.LastError()
	if err := nc.Publish(subject, nil); err != nil {
		return err
	}
	if err := nc.FlushTimeout(5 * time.Second); err != nil {
		return err
	}
	if after := nc.LastError(); !errors.Is(after, before) {
		return after
	}
	return nil
}

// smallStreams are limits for tests that publish little.
func smallStreams() events.Limits {
	return events.Limits{FactsBytes: 1 << 20, FactsAge: time.Hour, RecordsBytes: 1 << 20, RecordsAge: time.Hour}
}
