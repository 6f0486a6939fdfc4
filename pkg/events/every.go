package events

import (
	"context"
	"time"
)

// clockPoll is how often a periodic task looks at the platform's clock, which tests move by hand.
const clockPoll = 250 * time.Millisecond

// Every runs do now and whenever the clock has moved on by the interval, until the context ends.
func Every(ctx context.Context, now func() time.Time, interval time.Duration, do func(ctx context.Context)) {
	var last time.Time
	for {
		if at := now(); at.Sub(last) >= interval {
			last = at
			do(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(clockPoll):
		}
	}
}
