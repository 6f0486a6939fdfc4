package bench

import "context"

// part is a load that takes turns with others.
type part struct {
	name string
	// pids are of what is measured.
	pids processes
	run  func(context.Context) *load
}

// inTurns has the parts alternate and returns what each did altogether.
func (w *world) inTurns(ctx context.Context, parts ...part) ([]*outcome, error) {
	sums := make([]sample, len(parts))
	for range w.options.pace.turns {
		for i, p := range parts {
			s, err := w.sample(ctx, p)
			if err != nil {
				return nil, err
			}
			sums[i] = sums[i].plus(s)
		}
	}
	out := make([]*outcome, len(parts))
	for i, s := range sums {
		out[i] = s.outcome(parts[i].name)
	}
	return out, nil
}

// platform is a load on the platform; what it causes in the background belongs to it.
func (w *world) platform(name string, run func(context.Context) *load) part {
	return part{name: name, pids: w.pids, run: func(ctx context.Context) *load {
		l := run(ctx)
		if err := w.settle(ctx); err != nil {
			l.fail(err)
		}
		return l
	}}
}

// minimal is the same load on the minimal server.
func (m *minimalServer) part(name string, run func(context.Context) *load) part {
	return part{name: "minimal: " + name, pids: m.pids, run: run}
}

// steady is a load of several workers for some time.
func (w *world) steady(workers int, do operation) func(context.Context) *load {
	return func(ctx context.Context) *load { return closed(ctx, workers, w.options.pace.load, do) }
}
