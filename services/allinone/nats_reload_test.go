package allinone

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
)

// TestAServiceThatIsNewIsLetInWithoutARestart has the event server reload under a service that publishes.
func TestAServiceThatIsNewIsLetInWithoutARestart(t *testing.T) {
	n := startNATS(t)
	whole := read(t, n.config)
	n.configure(t, strings.ReplaceAll(whole, "user: otp\n", "user: nobody\n"))
	c := boot.Config{NATSURL: secret.New(n.url)}
	reload := func() {
		t.Helper()
		if err := boot.ReloadNATS(t.Context(), c, n.secrets); err != nil {
			t.Fatal(err)
		}
	}
	reload()
	if nc, err := nats.Connect(n.url, nats.Secure(testkit.NATSTLS(t, n.secrets, "otp"))); err == nil {
		nc.Close()
		t.Fatal("otp is let in though nobody knows it")
	}
	publish := n.publishOn(t)
	publish(10)
	if err := os.RemoveAll(filepath.Join(n.secrets, "otp")); err != nil {
		t.Fatal(err)
	}
	makeSecrets(t, n.secrets)
	n.configure(t, whole)
	reload()
	n.connect(t, "otp")
	if got := publish(10); got != 20 {
		t.Errorf("the stream has %d messages, 20 were acknowledged", got)
	}
}

// TestAConfigurationThatIsWrongIsNotTaken has the job that sets up say so.
func TestAConfigurationThatIsWrongIsNotTaken(t *testing.T) {
	n := startNATS(t)
	n.configure(t, "jetstream: maybe")
	err := boot.ReloadNATS(t.Context(), boot.Config{NATSURL: secret.New(n.url)}, n.secrets)
	if err == nil || !strings.Contains(err.Error(), "deploy/nats.conf") {
		t.Errorf("got %v", err)
	}
}

// publishOn makes the streams, and publishes events of account on one connection; it says how many there are then.
func (n *natsServer) publishOn(t *testing.T) func(count int) uint64 {
	t.Helper()
	setUp, err := jetstream.New(n.connect(t, keyring.Migrator))
	if err != nil {
		t.Fatal(err)
	}
	if err := events.CreateStreams(t.Context(), setUp, Producers(), smallStreams()); err != nil {
		t.Fatal(err)
	}
	nc := n.connect(t, "account")
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return func(count int) uint64 {
		t.Helper()
		var last uint64
		for range count {
			ack, err := js.Publish(t.Context(), "propusk.account.v1.something", nil)
			if err != nil {
				t.Fatal(err)
			}
			last = ack.Sequence
		}
		if nc.Reconnects != 0 {
			t.Error("a reload cost the connection")
		}
		return last
	}
}
