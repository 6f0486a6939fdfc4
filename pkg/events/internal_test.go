package events

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"github.com/propusk-id/propusk/pkg/embedded"
)

func TestTheLinkIsOpenedAnewWhenNothingGetsThrough(t *testing.T) {
	server, err := embedded.NATS(t.Context(), embedded.NATSOptions{StoreDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	opened := 0
	l := &link{open: func() (*nats.Conn, error) { opened++; return server.Connect() }}
	t.Cleanup(l.close)
	now := time.Now()
	tries := func(d time.Duration) {
		for end := now.Add(d); now.Before(end); now = now.Add(time.Second) {
			if _, err := l.jetStream(); err != nil {
				t.Fatal(err)
			}
			l.silent(now)
		}
	}
	tries(4 * time.Second)
	if opened != 1 {
		t.Errorf("after some silent seconds it was opened %d times", opened)
	}
	tries(30 * time.Second)
	if opened < 3 || opened > 6 {
		t.Errorf("in half a minute of silence it was opened %d times", opened)
	}
	before := opened
	l.answered()
	tries(4 * time.Second)
	if opened > before+1 {
		t.Errorf("an answer is forgotten: opened %d times more", opened-before)
	}
}

func TestWarnings(t *testing.T) {
	now := time.Now()
	l := newLane("PROPUSK_OTP")
	states := []struct {
		name   string
		change func()
		want   string
		logged bool
	}{
		{"nothing known", func() {}, "", false},
		{"half full", func() { l.setState(.5, false) }, "", false},
		{
			"nearly full", func() { l.setState(.81, false) },
			"stream PROPUSK_OTP is 81 % full: when it is full, events wait in the outbox", true,
		},
		{
			"fuller", func() { l.setState(.82, false) },
			"stream PROPUSK_OTP is 82 % full: when it is full, events wait in the outbox", false,
		},
		{"emptied", func() { l.setState(.1, false) }, "", true},
		{"one failure", func() { l.note(errors.New("away"), now) }, "", false},
		{
			"ten seconds of it", func() { l.note(errors.New("away"), now.Add(-time.Hour)); now = now.Add(10 * time.Second) },
			"events cannot be published to PROPUSK_OTP, they wait in the outbox: away", true,
		},
		{
			"missing", func() { l.setState(0, true) },
			"stream PROPUSK_OTP is missing: events wait in the outbox; run migrate, and events replay if NATS lost its data", true,
		},
		{"well again", func() { l.note(nil, now) }, "", true},
	}
	for _, s := range states {
		s.change()
		if got, changed := l.changed(now); got != s.want || changed != s.logged {
			t.Errorf("%s: %q, logged %t", s.name, got, changed)
		}
	}
}

func TestReasonsAreFew(t *testing.T) {
	tally := NewOutbox("otp", time.Now).Tally("x", nil)
	for i := range 1000 {
		tally.Add(fmt.Sprint(i))
	}
	_, _, counts := tally.take()
	if len(counts) != tallyKeys+1 || counts[tallyOthers] != 1000-tallyKeys {
		t.Errorf("%d reasons, %d others", len(counts), counts[tallyOthers])
	}
	if _, _, counts := tally.take(); len(counts) != 0 {
		t.Errorf("counted twice: %v", counts)
	}
}

func TestIDsOfADayLieBetweenItsFirstAndTheNext(t *testing.T) {
	before := firstID(time.Now())
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	after := firstID(time.Now().Add(time.Millisecond))
	if id.String() < before.String() || id.String() >= after.String() {
		t.Errorf("%s is not between %s and %s", id, before, after)
	}
}
