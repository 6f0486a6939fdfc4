package events

import (
	"context"
	"time"
)

const (
	// clockPoll is how often a periodic task looks at a clock that is not the system's: a test moves it by hand.
	clockPoll = 250 * time.Millisecond
	// clockCheck bounds how long it relies on the system's, which may be set or stand still in a sleeping machine.
	clockCheck = 5 * time.Minute
)

// Every runs do now and whenever the clock has moved on by the interval, until the context ends.
func Every(ctx context.Context, now func() time.Time, interval time.Duration, do func(ctx context.Context)) {
	var last time.Time
	for {
		at := now()
		if at.Sub(last) >= interval {
			last = at
			do(ctx)
		}
		wait := clockPoll
		if isSystemClock(now) {
			wait = min(max(interval-now().Sub(last), 0), clockCheck)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// isSystemClock says whether a clock tells the system's time: then a task can sleep until its turn, where many that look
// four times a second would keep an idle machine awake.
func isSystemClock(now func() time.Time) bool {
	before := time.Now().Truncate(time.Microsecond) //nolint:forbidigo // the platform's clock is as fine as Postgres
	at := now()
	after := time.Now() //nolint:forbidigo // what the clock is compared with
	return !at.Before(before) && !at.After(after)
}
