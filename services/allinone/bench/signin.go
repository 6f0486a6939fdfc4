package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

const (
	// The floor and the sign-ins alternate, so that a machine that gets faster or slower does not distort the ratio.
	turns      = 4
	floorTime  = 1500 * time.Millisecond
	signInTime = 2 * time.Second
	// signInGoal is the least share of the bare hash's rate.
	signInGoal = 0.70
)

// signIns compares signing in with a password with the bare hash.
func (w *world) signIns(ctx context.Context, r *report) error {
	const few, many = 8, 32
	var alone, sparse, dense sample
	for range turns {
		for _, part := range []struct {
			name string
			sum  *sample
			run  func(context.Context) *load
		}{
			{"argon2id alone", &alone, floor},
			{fmt.Sprintf("sign-in, %d at once", few), &sparse, w.signInBy(few)},
			{"argon2id alone", &alone, floor},
			{fmt.Sprintf("sign-in, %d at once", many), &dense, w.signInBy(many)},
		} {
			s, err := w.sample(ctx, part.name, part.run)
			if err != nil {
				return err
			}
			*part.sum = part.sum.plus(s)
		}
	}
	counted, err := w.count(ctx, w.signInOf())
	if err != nil {
		return err
	}
	bare := alone.outcome("argon2id alone")
	r.add(bare)
	for i, s := range []sample{sparse, dense} {
		workers := []int{few, many}[i]
		o := s.outcome(fmt.Sprintf("sign-in, %d at once", workers))
		o.compareWith(bare)
		if workers == few {
			o.Statements = counted
		}
		r.add(o)
		r.goal(fmt.Sprintf("password sign-in, %d at once: at least %.0f %% of the bare hash's rate", workers, 100*signInGoal),
			fmt.Sprintf("%.0f %%", 100*o.OfFloor), o.OfFloor >= signInGoal, o.valid())
	}
	return nil
}

func (w *world) signInBy(workers int) func(context.Context) *load {
	return func(ctx context.Context) *load { return closed(ctx, workers, signInTime, w.signInOf()) }
}

// signInOf signs in one person after another.
func (w *world) signInOf() operation {
	var turn atomic.Int64
	return timed(func(ctx context.Context, _ int) error {
		return w.signIn(ctx, w.people[int(turn.Add(1))%len(w.people)])
	})
}
