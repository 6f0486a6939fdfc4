package allinone_test

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone"
)

// propusk runs the program as an operator would, and gives what it printed.
func (i *installation) propusk(args ...string) (printed string, err error) {
	i.t.Helper()
	i.t.Setenv("DATABASE_URL", i.Pool().Config().ConnString())
	r, w, err := os.Pipe()
	if err != nil {
		i.t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	err = allinone.Main(i.t.Context(), args)
	os.Stdout = stdout
	_ = w.Close()
	out, readErr := io.ReadAll(r)
	if readErr != nil {
		i.t.Fatal(readErr)
	}
	return string(out), err
}

func (i *installation) mustPropusk(args ...string) string {
	i.t.Helper()
	out, err := i.propusk(args...)
	if err != nil {
		i.t.Fatalf("propusk %v: %v", args, err)
	}
	return out
}

func (i *installation) count(query string, args ...any) (n int) {
	i.t.Helper()
	if err := i.Pool().QueryRow(i.t.Context(), query, args...).Scan(&n); err != nil {
		i.t.Fatal(err)
	}
	return n
}

func (i *installation) jetStream() jetstream.JetStream {
	i.t.Helper()
	nc, err := i.NATS.Connect()
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		i.t.Fatal(err)
	}
	return js
}

const (
	unsentAccount = `SELECT count(*)::int FROM account.outbox WHERE sent_at IS NULL`
	records       = `SELECT count(*)::int FROM audit.records`
)

// TestReplayFillsAStreamThatLostItsEvents is the operator's part in docs/operators.md, by the program itself.
func TestReplayFillsAStreamThatLostItsEvents(t *testing.T) {
	i := start(t)
	before := time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	i.walk(51)
	if err := i.sweep(); err != nil {
		t.Fatal(err)
	}
	recorded := i.count(records)
	stream, err := i.jetStream().Stream(t.Context(), events.StreamName("account"))
	if err != nil {
		t.Fatal(err)
	}
	held := stream.CachedInfo().State.Msgs
	if err := stream.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	// JetStream itself drops a copy within two minutes; a server that lost its store has forgotten them.
	if err := i.jetStream().DeleteStream(t.Context(), events.StreamName("account")); err != nil {
		t.Fatal(err)
	}
	if _, err := i.jetStream().CreateStream(t.Context(), stream.CachedInfo().Config); err != nil {
		t.Fatal(err)
	}
	if out := i.mustPropusk("events", "replay", "--from", before); !strings.Contains(out, "events are published again") {
		t.Errorf("it prints %q", out)
	}
	testkit.Eventually(t, "the stream as it was", func() bool {
		stream, err := i.jetStream().Stream(t.Context(), events.StreamName("account"))
		return err == nil && stream.CachedInfo().State.Msgs == held && i.count(unsentAccount) == 0
	})
	if err := i.sweep(); err != nil {
		t.Error(err)
	}
	if n := i.count(records); n != recorded {
		t.Errorf("%d events are on record, it was %d", n, recorded)
	}
	if out := i.mustPropusk("events", "replay", "--from", "2100-01-01T00:00:00Z"); !strings.HasPrefix(out, "0 events") {
		t.Errorf("of the future it prints %q", out)
	}
	if _, err := i.propusk("events", "replay"); err == nil {
		t.Error("it replays from no instant")
	}
}

// TestKeysAreRotatedByTheProgram has the running service publish new keys beside the old ones.
func TestKeysAreRotatedByTheProgram(t *testing.T) {
	i := start(t)
	const keys = `SELECT count(*)::int FROM oidc.signing_keys`
	testkit.Eventually(t, "the first keys", func() bool { return i.count(keys) == 4 })
	if out := i.mustPropusk("keys", "rotate"); !strings.Contains(out, "within a minute") {
		t.Errorf("it prints %q", out)
	}
	if n := i.count(`SELECT count(*)::int FROM oidc.key_rotations`); n != 1 {
		t.Errorf("%d wishes", n)
	}
}

// TestDeadLettersByTheProgram has an event arrive that no consumer can read, and one whose cause was mended.
func TestDeadLettersByTheProgram(t *testing.T) {
	i := start(t)
	i.walk(52)
	const junk = "no event of ours"
	if _, err := i.jetStream().Publish(t.Context(), "propusk.account.v1.signed_out", []byte(junk)); err != nil {
		t.Fatal(err)
	}
	const letters = `SELECT count(*)::int FROM oidc.dead_letters`
	testkit.Eventually(t, "a dead letter", func() bool { return i.count(letters) == 1 })
	_, err := i.Pool().Exec(t.Context(), `INSERT INTO oidc.dead_letters (consumer, event_id, subject, headers, data, error, failed_at)
		SELECT 'oidc', id, subject, (SELECT jsonb_object_agg(key, jsonb_build_array(value)) FROM jsonb_each(headers)), data, 'mended', now()
		FROM account.outbox ORDER BY id LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	poison := uuid.NewSHA1(uuid.NameSpaceOID, []byte(junk)).String()
	list := i.mustPropusk("events", "dead", "list")
	for _, want := range []string{"oidc", poison, "propusk.account.v1.signed_out", "event without an id", "mended"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list does not show %q:\n%s", want, list)
		}
	}
	for _, args := range [][]string{
		{"retry"}, {"retry", poison, "--all"}, {"drop", poison}, {"drop", "--reason", "x"}, {"retry", "no-id"},
	} {
		if _, err := i.propusk(append([]string{"events", "dead"}, args...)...); err == nil {
			t.Errorf("%v was not refused", args)
		}
	}
	i.mustPropusk("events", "dead", "retry", "--all")
	testkit.Eventually(t, "that only poison is left, which failed again", func() bool {
		return i.count(letters) == 1 && i.count(letters+` WHERE event_id = $1 AND NOT retry`, poison) == 1
	})
	dropped := i.mustPropusk("events", "dead", "drop", poison, "--reason", "sent by hand")
	if !strings.Contains(dropped, "Dropped: sent by hand") || !strings.Contains(dropped, poison) || i.count(letters) != 0 {
		t.Errorf("%d letters are left, it prints:\n%s", i.count(letters), dropped)
	}
	if out := i.mustPropusk("events", "dead", "list"); strings.Contains(out, poison) {
		t.Errorf("after it was dropped the list shows it:\n%s", out)
	}
}
