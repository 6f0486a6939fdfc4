package bench

import (
	"context"
	"fmt"
	"time"
)

const (
	eventsPerSecond = 200
	eventTime       = 8 * time.Second
	// eventGoal is the 99th percentile of the delay from commit to handling, in seconds.
	eventGoal = 0.25
	// editors take turns in editing their addresses; the others sign in.
	editors = 32
)

// events makes events by ordinary requests at a fixed rate (each edit of an address is one), first alone, then while
// people sign in as fast as they can, and reads from the platform's own metric how late they were handled.
func (w *world) events(ctx context.Context, r *report) error {
	for _, storm := range []bool{false, true} {
		name := fmt.Sprintf("%d events/s", eventsPerSecond)
		if storm {
			name += " in a sign-in storm"
		}
		o, err := w.eventsUnder(ctx, name, storm)
		if err != nil {
			return err
		}
		r.add(o)
		r.goal(fmt.Sprintf("%s: 99 of 100 handled within %.0f ms", name, 1000*eventGoal),
			fmt.Sprintf("p99 %.0f ms, %.2f %% in time", 1000*o.Delay.P99, 100*o.Delay.InTime),
			o.Delay.InTime >= 0.99, o.valid())
	}
	return nil
}

func (w *world) eventsUnder(ctx context.Context, name string, storm bool) (outcome, error) {
	if err := w.settle(ctx); err != nil {
		return outcome{}, err
	}
	before, err := w.readDelays(ctx)
	if err != nil {
		return outcome{}, err
	}
	var signIns *load
	o, err := w.measure(ctx, name, func(ctx context.Context) *load {
		done := make(chan struct{})
		go func() {
			defer close(done)
			if storm {
				signIns = closed(ctx, 8, eventTime, w.signInOf())
			}
		}()
		edits := open(ctx, eventsPerSecond, editors, eventTime, timed(func(ctx context.Context, worker int) error {
			return w.people[worker].edit(ctx)
		}))
		<-done
		return edits
	})
	if err != nil {
		return o, err
	}
	o.noteStorm(signIns)
	if err := w.settle(ctx); err != nil {
		return o, err
	}
	after, err := w.readDelays(ctx)
	if err != nil {
		return o, err
	}
	o.noteDelays(after.since(before))
	return o, nil
}
