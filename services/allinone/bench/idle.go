package bench

import (
	"context"
	"fmt"
	"time"
)

// idleGoal is the largest share of one core that an idle installation may use, with PostgreSQL and Redis.
const idleGoal = 0.01

// idleness is what the idle platform uses; its "operations" are seconds.
func (w *world) idleness(ctx context.Context, r *report) error {
	if err := w.settle(ctx); err != nil {
		return err
	}
	if err := pause(ctx, w.options.pace.idle/2); err != nil {
		return err
	}
	s, err := w.sample(ctx, part{name: "a second of idleness", pids: w.pids, run: func(ctx context.Context) *load {
		return closed(ctx, 1, w.options.pace.idle, timed(func(ctx context.Context, _ int) error { return pause(ctx, time.Second) }))
	}})
	if err != nil {
		return err
	}
	o := s.outcome("a second of idleness")
	r.add(o)
	share := o.CPU.platform() / ms(time.Second)
	r.goal(fmt.Sprintf("idle installation: at most %.0f %% of a core", 100*idleGoal), fmt.Sprintf("%.1f %%", 100*share),
		share <= idleGoal, o)
	return nil
}
