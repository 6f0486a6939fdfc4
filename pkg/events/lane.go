package events

import (
	"fmt"
	"sync"
	"time"
)

// shownAfter is how long events may be held up before that is shown.
const shownAfter = 10 * time.Second

// nearlyFull is from which part on a stream's filling is shown, so that there is time to do something about it.
const nearlyFull = 0.8

// lane is the way of one kind of events, facts or records, to their stream.
type lane struct {
	stream string

	mu sync.Mutex
	// failing is since when nothing gets through, and why; zero: the last try did.
	failing time.Time
	cause   error
	// fill is how much of its bytes the stream has used.
	fill float64
	// missing: the server has no such stream.
	missing bool
	// shown is what was logged last.
	shown string
}

func newLane(stream string) *lane { return &lane{stream: stream} }

// note keeps the outcome of a try.
func (l *lane) note(err error, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cause = err
	switch {
	case err == nil:
		l.failing, l.missing = time.Time{}, false
	case l.failing.IsZero():
		l.failing = now
	}
}

// heldUp says whether the last try failed.
func (l *lane) heldUp() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause != nil
}

// setState keeps what the server says of the stream.
func (l *lane) setState(fill float64, missing bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fill, l.missing = fill, missing
}

// warning says in words what an operator should know; empty: all is well.
func (l *lane) warning(now time.Time) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.missing:
		return fmt.Sprintf("stream %s is missing: events wait in the outbox; run migrate, and events replay if NATS lost its data", l.stream)
	case !l.failing.IsZero() && now.Sub(l.failing) >= shownAfter:
		return fmt.Sprintf("events cannot be published to %s, they wait in the outbox: %v", l.stream, l.cause)
	case l.fill >= nearlyFull:
		return fmt.Sprintf("stream %s is %.0f %% full: when it is full, events wait in the outbox", l.stream, 100*l.fill)
	}
	return ""
}

// changed gives the warning if it is another than the last time, in kind: the log gets a line for every change, not
// for every try.
func (l *lane) changed(now time.Time) (warning string, changed bool) {
	warning = l.warning(now)
	l.mu.Lock()
	defer l.mu.Unlock()
	kind := ""
	if warning != "" {
		kind = fmt.Sprint(l.missing, !l.failing.IsZero())
	}
	if kind == l.shown {
		return warning, false
	}
	l.shown = kind
	return warning, true
}

// failingFor is for how long nothing has got through.
func (l *lane) failingFor(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failing.IsZero() {
		return 0
	}
	return now.Sub(l.failing)
}
