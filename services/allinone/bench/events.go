package bench

import (
	"context"
	"fmt"
	"time"
)

const (
	eventsPerSecond = 200
	// eventGoal is the 99th percentile of the delay from commit to handling, in seconds.
	eventGoal = 0.1
	// stormGoal is the least share of their rate alone that sign-ins keep beside the events.
	stormGoal = 0.6
	// editGoal is what an edit may cost until its event is on record, in milliseconds of the reference machine.
	editGoal = 1.5
	// editors take turns in editing their addresses; the others sign in.
	editors = 32
)

// events makes events by ordinary requests at a fixed rate (each edit of an address is one), first alone, then while
// people sign in as fast as they can, and reads from the platform's own metric how late they were handled.
func (w *world) events(ctx context.Context, r *report) error {
	hash, err := w.sample(ctx, w.hashPart())
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%d edits/s, each an event", eventsPerSecond)
	o, err := w.delayed(ctx, name, w.edits)
	if err != nil {
		return err
	}
	again, err := w.sample(ctx, w.hashPart())
	if err != nil {
		return err
	}
	r.add(o)
	limit := allow(editGoal, hash.plus(again).outcome(hashName).CPU.Bench)
	r.goal(fmt.Sprintf("an edit by REST until its event is on record: at most %v", limit),
		fmt.Sprintf("%.2f ms", o.CPU.platform()), o.CPU.platform() <= limit.here, o)
	r.goalOfDelay(o)
	w.countLater(r, o, timed(func(ctx context.Context, _ int) error { return w.people[0].edit(ctx) }), nil)
	return w.storm(ctx, r, name+", beside sign-ins")
}

// storm is the same beside sign-ins, whose rate alone is measured before and after.
func (w *world) storm(ctx context.Context, r *report, name string) error {
	alone := w.platform("sign-in alone", w.steady(callers, w.signInOf(w.people)))
	before, err := w.sample(ctx, alone)
	if err != nil {
		return err
	}
	var signIns *load
	o, err := w.delayed(ctx, name, func(ctx context.Context) *load {
		done := make(chan struct{})
		go func() {
			defer close(done)
			signIns = closed(ctx, callers, w.options.pace.event, w.signInOf(w.people))
		}()
		edits := w.edits(ctx)
		<-done
		return edits
	})
	if err != nil {
		return err
	}
	after, err := w.sample(ctx, alone)
	if err != nil {
		return err
	}
	o.noteStorm(signIns, before.plus(after).rate())
	r.add(o)
	r.goalOfDelay(o)
	r.goal(fmt.Sprintf("%s: sign-ins keep at least %.0f %% of their rate alone", name, 100*stormGoal),
		fmt.Sprintf("%.0f %%", 100*o.Storm.OfAlone), o.Storm.OfAlone >= stormGoal, o)
	return nil
}

func (r *report) goalOfDelay(o *outcome) {
	r.goal(fmt.Sprintf("%s: 99 of 100 handled within %.0f ms", o.Name, 1000*eventGoal),
		fmt.Sprintf("p99 %.0f ms, %.2f %% in time", 1000*o.Delay.P99, 100*o.Delay.InTime), o.Delay.InTime >= 0.99, o)
}

// edits is the load, at a fixed rate.
func (w *world) edits(ctx context.Context) *load {
	return open(ctx, eventsPerSecond, editors, w.options.pace.event, timed(func(ctx context.Context, worker int) error {
		return w.people[worker%len(w.people)].edit(ctx)
	}))
}

// delayed measures a load with the delays of its events.
func (w *world) delayed(ctx context.Context, name string, run func(context.Context) *load) (*outcome, error) {
	if err := w.settle(ctx); err != nil {
		return nil, err
	}
	before, err := w.readDelays(ctx)
	if err != nil {
		return nil, err
	}
	s, err := w.sample(ctx, w.platform(name, run))
	if err != nil {
		return nil, err
	}
	after, err := w.readDelays(ctx)
	if err != nil {
		return nil, err
	}
	o := s.outcome(name)
	o.noteDelays(after.since(before))
	return o, nil
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
