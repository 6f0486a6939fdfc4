package bench

import (
	"context"
	"fmt"
)

// flow is an operation between a partner and the platform, with its goals.
type flow struct {
	name string
	do   func(v *visitor, ctx context.Context) error
	// times is how many times the minimal server's CPU it may take; statements and flushes are of Postgres.
	times, statements, flushes float64
	// requests is how many HTTP requests it may take.
	requests float64
}

func (w *world) code(ctx context.Context, r *report) error {
	return w.flow(ctx, r, flow{
		name: "code flow of one signed in", do: (*visitor).logIn, times: 5, statements: 8, flushes: 2, requests: 2,
	})
}

// refresh has each worker follow the chain of one grant's refresh tokens.
func (w *world) refresh(ctx context.Context, r *report) error {
	return w.flow(ctx, r, flow{name: "refresh", do: (*visitor).renew, times: 2.5, statements: 4, flushes: 2, requests: 1})
}

func (w *world) userinfo(ctx context.Context, r *report) error {
	return w.flow(ctx, r, flow{
		name: "userinfo, scope profile", do: (*visitor).userinfo, times: 2.5, statements: 2, requests: 1,
	})
}

// flow compares what visitors do at the platform with the same at the minimal server.
func (w *world) flow(ctx context.Context, r *report, f flow) error {
	m, err := w.minimal(ctx)
	if err != nil {
		return err
	}
	ours, err := w.visitors(ctx, w.people)
	if err != nil {
		return err
	}
	theirs, err := m.visitors(ctx)
	if err != nil {
		return err
	}
	before := requestsOf(ours)
	all, err := w.inTurns(ctx, m.part(f.name, w.steady(callers, f.by(theirs))), w.platform(f.name, w.steady(callers, f.by(ours))))
	if err != nil {
		return err
	}
	floor, o := all[0], all[1]
	o.compareWith(floor)
	o.Requests = float64(requestsOf(ours)-before) / float64(max(1, o.Operations))
	r.add(floor, o)
	w.countLater(r, o, f.by(ours), func() { f.judge(r, o) })
	return nil
}

func requestsOf(visitors []*visitor) int64 {
	sum := int64(0)
	for _, v := range visitors {
		sum += v.requests.Load()
	}
	return sum
}

func (f flow) by(visitors []*visitor) operation {
	return timed(func(ctx context.Context, worker int) error { return f.do(visitors[worker], ctx) })
}

func (f flow) judge(r *report, o *outcome) {
	r.goal(fmt.Sprintf("%s: at most %g times the minimal server's CPU", f.name, f.times), fmt.Sprintf("%.1f", o.OfFloor),
		o.OfFloor <= f.times, o)
	r.goal(fmt.Sprintf("%s: at most %g HTTP requests", f.name, f.requests), fmt.Sprintf("%.1f", o.Requests),
		o.Requests <= f.requests+tolerance, o)
	r.goalOfSQL(o, f.statements, f.flushes)
}
