package bench

import (
	"context"
	"fmt"
	"os"
	"time"
)

// tolerance is what a number per operation may be off by without meaning anything: something that happens now and then.
const tolerance = 0.05

// flushTolerance is that of flushes: the server's own, such as the WAL writer's, are among them.
const flushTolerance = 0.25

// counting is a case whose operations are counted in Postgres once all loads are over.
type counting struct {
	outcome *outcome
	do      operation
	judge   func()
}

// countLater has the operations of a case counted at the end; judge is called with the result, if it is there.
func (w *world) countLater(r *report, o *outcome, do operation, judge func()) {
	r.countings = append(r.countings, counting{outcome: o, do: do, judge: judge})
}

// countAll has one worker do some operations of each case and counts what they, and their background work, have Postgres
// do. It is done at the end and in one go, because PostgreSQL's statistics lag: what is read after one case is where the
// next begins.
func (w *world) countAll(ctx context.Context, r *report) error {
	if len(r.countings) == 0 {
		return nil
	}
	if w.counts {
		if err := w.countIdle(ctx); err != nil {
			return err
		}
	}
	for _, c := range r.countings {
		if w.counts {
			fmt.Fprintln(os.Stderr, "Counting: "+c.outcome.Name+" …")
			if err := w.count(ctx, c); err != nil {
				return fmt.Errorf("%s: %w", c.outcome.Name, err)
			}
		}
		if c.judge != nil {
			c.judge()
		}
	}
	return nil
}

func (w *world) count(ctx context.Context, c counting) error {
	n, begin := w.options.pace.counted, time.Now()
	for range n {
		if _, err := c.do(ctx, 0); err != nil {
			return err
		}
	}
	after, err := w.quiet(ctx)
	if err != nil {
		return err
	}
	per := after.perOperation(*w.counted, w.idle, time.Since(begin).Seconds(), n)
	c.outcome.Statements, w.counted = &per, &after
	return nil
}

// countIdle measures what the idle platform does in a second.
func (w *world) countIdle(ctx context.Context) error {
	before, err := w.quiet(ctx)
	if err != nil {
		return err
	}
	begin := time.Now()
	after, err := w.quiet(ctx)
	if err != nil {
		return err
	}
	w.idle = after.perOperation(before, statements{}, 0, 1).times(1 / time.Since(begin).Seconds())
	w.counted = &after
	return nil
}

// quiet reads the counters once the background work is done and the statistics have caught up.
func (w *world) quiet(ctx context.Context) (statements, error) {
	if err := w.settle(ctx); err != nil {
		return statements{}, err
	}
	if err := pause(ctx, w.options.pace.lag); err != nil {
		return statements{}, err
	}
	return readStatements(ctx, w.admin)
}

func (s statements) times(x float64) statements {
	out := statements{
		ByService: map[string]float64{}, Commits: s.Commits * x, Flushes: s.Flushes * x, Received: s.Received * x,
	}
	for role, n := range s.ByService {
		out.ByService[role] = n * x
	}
	return out
}
