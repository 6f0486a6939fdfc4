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
	// left wakes the lane's relay: something was left behind.
	left chan struct{}

	mu sync.Mutex
	// failing is since when nothing gets through, and why; zero: the last try did.
	failing time.Time
	cause   error
	// fill is how much of its bytes the stream has used.
	fill float64
	// missing: the server has no such stream.
	missing bool
	// shown is the kind of the warning that was logged last.
	shown string
}

func newLane(stream string) *lane { return &lane{stream: stream, left: make(chan struct{}, 1)} }

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

// isWarnedOf says whether the warning that was logged last still stands.
func (l *lane) isWarnedOf() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shown != ""
}

// setState keeps what the server says of the stream.
func (l *lane) setState(fill float64, missing bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fill, l.missing = fill, missing
}

// The kinds of warnings.
const (
	kindMissing = "missing"
	kindFailing = "failing"
	kindFull    = "nearly full"
)

// warning says in words what an operator should know; empty: all is well.
func (l *lane) warning(now time.Time) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, text := l.state(now)
	return text
}

func (l *lane) state(now time.Time) (kind, text string) {
	switch {
	case l.missing:
		return kindMissing, fmt.Sprintf(
			"stream %s is missing: events wait in the outbox; run migrate, and events replay if NATS lost its data", l.stream)
	case !l.failing.IsZero() && now.Sub(l.failing) >= shownAfter:
		return kindFailing, fmt.Sprintf("events cannot be published to %s, they wait in the outbox: %v", l.stream, l.cause)
	case l.fill >= nearlyFull:
		return kindFull, fmt.Sprintf("stream %s is %.0f %% full: when it is full, events wait in the outbox", l.stream, 100*l.fill)
	}
	return "", ""
}

// changed gives the warning, and whether it is of another kind than the last time: the log gets a line for every change,
// not for every try.
func (l *lane) changed(now time.Time) (warning string, changed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kind, warning := l.state(now)
	changed = kind != l.shown
	l.shown = kind
	return warning, changed
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
