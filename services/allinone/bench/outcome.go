package bench

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"time"
)

// outcome is the result of one case.
type outcome struct {
	Name string  `json:"name"`
	Rate float64 `json:"ratePerSecond"`
	P50  float64 `json:"p50Ms"`
	P99  float64 `json:"p99Ms"`
	// OfFloor is the rate's share of the bare hash's; 0: not compared.
	OfFloor float64 `json:"ofFloor,omitempty"`
	// HashShare is how much of the CPU of platform and stores is the bare hash's: the best possible OfFloor.
	HashShare float64 `json:"hashShare,omitempty"`
	CPU       cpu     `json:"cpuMsPerOperation"`
	// Others is the share of the machine that was used by what was not measured.
	Others     float64     `json:"othersShare"`
	Delay      *delay      `json:"eventDelay,omitempty"`
	Storm      *storm      `json:"storm,omitempty"`
	Statements *statements `json:"statementsPerOperation,omitempty"`
	*load
}

// cpu is milliseconds per operation. Bench is the driver's own.
type cpu struct {
	Server   float64 `json:"server"`
	Postgres float64 `json:"postgres"`
	Redis    float64 `json:"redis"`
	Bench    float64 `json:"bench"`
}

// delay is how late events were handled, in seconds.
type delay struct {
	Events float64 `json:"events"`
	P50    float64 `json:"p50"`
	P99    float64 `json:"p99"`
	InTime float64 `json:"inTimeShare"`
}

type storm struct {
	SignIns float64 `json:"signInsPerSecond"`
	P99     float64 `json:"p99Ms"`
}

// sample is a stretch of a case.
type sample struct {
	*load
	used    usage
	elapsed time.Duration
}

// measure runs a case and returns its result.
func (w *world) measure(ctx context.Context, name string, run func(context.Context) *load) (outcome, error) {
	s, err := w.sample(ctx, name, run)
	if err != nil {
		return outcome{}, err
	}
	return s.outcome(name), nil
}

// sample runs load and records what it used of the machine.
func (w *world) sample(ctx context.Context, name string, run func(context.Context) *load) (sample, error) {
	if err := w.settle(ctx); err != nil {
		return sample{}, err
	}
	fmt.Fprintln(os.Stderr, name+" …")
	profiled, err := w.profile(ctx, name)
	if err != nil {
		return sample{}, err
	}
	before, err := w.pids.usage()
	if err != nil {
		return sample{}, err
	}
	begin := time.Now()
	l := run(ctx)
	elapsed := time.Since(begin)
	after, err := w.pids.usage()
	if err != nil {
		return sample{}, err
	}
	if err := ctx.Err(); err != nil {
		return sample{}, err
	}
	return sample{load: l, used: after.since(before), elapsed: elapsed}, profiled()
}

// plus is the sum of both.
func (s sample) plus(more sample) sample {
	if s.load == nil {
		return more
	}
	s.Operations, s.Errors = s.Operations+more.Operations, s.Errors+more.Errors
	s.Elapsed += more.Elapsed
	s.latencies = append(s.latencies, more.latencies...)
	if s.Problem == "" {
		s.Problem = more.Problem
	}
	s.used, s.elapsed = s.used.plus(more.used), s.elapsed+more.elapsed
	return s
}

func (s sample) outcome(name string) outcome {
	return outcome{
		Name: name, Rate: s.rate(), P50: ms(s.quantile(0.50)), P99: ms(s.quantile(0.99)), load: s.load,
		CPU:    s.used.per(max(1, s.Operations)),
		Others: s.used.others().Seconds() / s.elapsed.Seconds() / float64(runtime.NumCPU()),
	}
}

func (u usage) per(n int) cpu {
	each := func(d time.Duration) float64 { return ms(d) / float64(n) }
	return cpu{Server: each(u.server), Postgres: each(u.postgres), Redis: each(u.redis), Bench: each(u.bench)}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// valid says that no operation failed.
func (o *outcome) valid() bool {
	return o.Errors == 0 && (o.Delay == nil || !math.IsNaN(o.Delay.InTime))
}

// compareWith relates rate and CPU to the floor's.
func (o *outcome) compareWith(floor outcome) {
	o.OfFloor = o.Rate / floor.Rate
	o.HashShare = floor.CPU.Bench / (o.CPU.Server + o.CPU.Postgres + o.CPU.Redis)
}

func (o *outcome) noteStorm(l *load) {
	if l == nil {
		return
	}
	o.Storm = &storm{SignIns: l.rate(), P99: ms(l.quantile(0.99))}
	o.Errors += l.Errors
	if o.Problem == "" {
		o.Problem = l.Problem
	}
}

func (o *outcome) noteDelays(d delays) {
	o.Delay = &delay{Events: d.count(), P50: d.quantile(0.50), P99: d.quantile(0.99), InTime: d.within(eventGoal)}
}
