package bench

import (
	"context"
	"fmt"
	"sync/atomic"
)

// signInGoal is what a password sign-in may cost beside its hash, in milliseconds of the reference machine.
const signInGoal = 2.5

// signIns compares signing in with a password with the bare hash and the minimal server.
func (w *world) signIns(ctx context.Context, r *report) error {
	m, err := w.minimal(ctx)
	if err != nil {
		return err
	}
	few, many := callers, w.options.pace.crowd
	name := func(workers int) string { return fmt.Sprintf("sign-in, %d at once", workers) }
	all, err := w.inTurns(ctx,
		w.hashPart(),
		m.part(name(few), w.steady(few, m.signIn())),
		w.platform(name(few), w.steady(few, w.signInOf(w.people))),
		w.hashPart(),
		w.platform(name(many), w.steady(many, w.signInOf(w.people))),
	)
	if err != nil {
		return err
	}
	hash, floor, sparse, dense := all[0], all[1], all[2], all[4]
	r.add(hash, floor, sparse, dense)
	for _, o := range []*outcome{sparse, dense} {
		o.compareWith(floor)
		o.OfHash = o.Rate / hash.Rate
		price := priceOfAHash(hash, floor)
		limit := allow(signInGoal, price)
		beside := o.CPU.platform() - price
		r.goal(fmt.Sprintf("password %s: the hash and at most %v", o.Name, limit),
			fmt.Sprintf("hash %.1f ms and %.2f ms", price, beside), beside <= limit.here, o)
	}
	w.countLater(r, sparse, w.signInOf(w.people), nil)
	return nil
}

// signInOf signs in one person after another.
func (w *world) signInOf(people []*person) operation {
	var turn atomic.Int64
	return timed(func(ctx context.Context, _ int) error {
		return w.signIn(ctx, people[int(turn.Add(1))%len(people)])
	})
}
