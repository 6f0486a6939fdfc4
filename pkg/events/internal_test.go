package events

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
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

// TestFailuresOfOthersAreForgotten counts for as long as it takes, and not for ever what was handled elsewhere.
func TestFailuresOfOthersAreForgotten(t *testing.T) {
	var f failures
	first := uuid.New()
	f.count(first)
	for range mostFailing - 1 {
		f.count(uuid.New())
	}
	if n := f.count(first); n != 2 {
		t.Errorf("counted %d times, want twice: it is forgotten too soon", n)
	}
	for range 3 * mostFailing {
		f.count(uuid.New())
	}
	if len(f.times) > mostFailing || len(f.order) > mostFailing {
		t.Errorf("%d events are counted, %d kept", len(f.times), len(f.order))
	}
	if n := f.count(first); n != 1 {
		t.Errorf("the oldest is counted %d times", n)
	}
}

// TestPeriodicTasksSleepByTheSystemsClock and look often at one that a test moves.
func TestPeriodicTasksSleepByTheSystemsClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks, done atomic.Int32
		started := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		go Every(ctx, func() time.Time { looks.Add(1); return time.Now().Truncate(time.Microsecond) }, time.Hour,
			func(context.Context) { done.Add(1) })
		time.Sleep(3*time.Hour + time.Minute)
		if n, looked := done.Load(), looks.Load(); n != 4 || looked > 200 {
			t.Errorf("in %v done %d times, %d looks at the clock", time.Since(started), n, looked)
		}
		cancel()
		synctest.Wait()
	})
	synctest.Test(t, func(t *testing.T) {
		var done atomic.Int32
		var moved atomic.Int64
		stands := time.Now().Add(-time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		go Every(ctx, func() time.Time { return stands.Add(time.Duration(moved.Load())) }, time.Hour,
			func(context.Context) { done.Add(1) })
		time.Sleep(time.Minute)
		moved.Store(int64(time.Hour))
		time.Sleep(2 * clockPoll)
		if n := done.Load(); n != 2 {
			t.Errorf("done %d times, want at the start and when the clock was moved", n)
		}
		cancel()
		synctest.Wait()
	})
}

// TestTheRelayLooksRarelyAndInTime bounds what the look-out costs, and how late what was left behind may be.
func TestTheRelayLooksRarelyAndInTime(t *testing.T) {
	if first := lookAgain().After(1, 1); first > 2*time.Second {
		t.Errorf("the second look comes after %v", first)
	}
	for _, chance := range []float64{0, 1} {
		if wait := lookAgain().After(1000, chance); wait < 6*time.Second || wait > lookMost {
			t.Errorf("an idle look-out waits %v", wait)
		}
	}
}
