package bench

import (
	"context"
	"slices"
	"sync"
	"time"
)

// load is the result of a load generator.
type load struct {
	Operations int           `json:"operations"`
	Elapsed    time.Duration `json:"-"`
	// Errors counts operations that failed; Problem is the first of them.
	Errors  int    `json:"errors"`
	Problem string `json:"problem,omitempty"`

	mu        sync.Mutex
	latencies []time.Duration
}

// operation is one unit of work of one worker. It returns how long the measured part took.
type operation func(ctx context.Context, worker int) (time.Duration, error)

// timed measures the whole of an operation.
func timed(do func(ctx context.Context, worker int) error) operation {
	return func(ctx context.Context, worker int) (time.Duration, error) {
		begin := time.Now()
		err := do(ctx, worker)
		return time.Since(begin), err
	}
}

// closed has workers do one operation after another until the time is up; those in progress are finished and count.
func closed(ctx context.Context, workers int, d time.Duration, do operation) *load {
	l := &load{}
	begin := time.Now()
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for time.Since(begin) < d && ctx.Err() == nil {
				l.note(do(ctx, w))
			}
		})
	}
	all.Wait()
	l.Elapsed = time.Since(begin)
	return l
}

// open begins operations at a fixed rate, however long each takes; latency is measured from the scheduled start. Workers
// take turns.
func open(ctx context.Context, rate, workers int, d time.Duration, do operation) *load {
	l := &load{}
	begin := time.Now()
	var all sync.WaitGroup
	for i := range int(d.Seconds() * float64(rate)) {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(rate))
		select {
		case <-ctx.Done():
			return l
		case <-time.After(time.Until(due)):
		}
		all.Go(func() {
			_, err := do(ctx, i%workers)
			l.note(time.Since(due), err)
		})
	}
	all.Wait()
	l.Elapsed = time.Since(begin)
	return l
}

// each does a numbered operation for every number below n, by several workers.
func each(ctx context.Context, workers, n int, do func(ctx context.Context, number int) error) *load {
	l := &load{latencies: make([]time.Duration, n)}
	begin := time.Now()
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			for i := worker; i < n && ctx.Err() == nil; i += workers {
				start := time.Now()
				err := do(ctx, i)
				l.latencies[i] = time.Since(start)
				l.count(err)
			}
		})
	}
	all.Wait()
	l.Elapsed = time.Since(begin)
	return l
}

// count notes the result of an operation whose time is known.
func (l *load) count(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.Operations++
		return
	}
	l.Errors++
	if l.Problem == "" {
		l.Problem = err.Error()
	}
}

// fail notes that something other than an operation went wrong.
func (l *load) fail(err error) { l.count(err) }

func (l *load) note(took time.Duration, err error) {
	l.count(err)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latencies = append(l.latencies, took)
}

func (l *load) rate() float64 { return float64(l.Operations) / l.Elapsed.Seconds() }

// quantile of the latencies.
func (l *load) quantile(q float64) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.latencies) == 0 {
		return 0
	}
	slices.Sort(l.latencies)
	return l.latencies[min(int(q*float64(len(l.latencies))), len(l.latencies)-1)]
}
