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
	CPU  cpu     `json:"cpuMsPerOperation"`
	// OfFloor is how many times the minimal server's CPU it takes; 0: not compared.
	OfFloor float64 `json:"timesFloorsCPU,omitempty"`
	// OfHash is the rate's share of the bare hash's; 0: not compared.
	OfHash float64 `json:"ofHashsRate,omitempty"`
	// Hashes of passwords and HTTP requests per operation; 0: not counted.
	Hashes   float64 `json:"hashesPerOperation,omitempty"`
	Requests float64 `json:"requestsPerOperation,omitempty"`
	// Others is the share of the machine that was used by what was not measured.
	Others     float64     `json:"othersShare"`
	Delay      *delay      `json:"eventDelay,omitempty"`
	Storm      *storm      `json:"storm,omitempty"`
	Statements *statements `json:"sqlPerOperation,omitempty"`
	*load
}

// cpu is milliseconds per operation. Bench is the driver's own.
type cpu struct {
	Server   float64 `json:"server"`
	Postgres float64 `json:"postgres"`
	Redis    float64 `json:"redis"`
	Bench    float64 `json:"bench"`
}

// platform is the CPU of server and stores.
func (c cpu) platform() float64 { return c.Server + c.Postgres + c.Redis }

// delay is how late events were handled, in seconds.
type delay struct {
	Events float64 `json:"events"`
	P50    float64 `json:"p50"`
	P99    float64 `json:"p99"`
	InTime float64 `json:"inTimeShare"`
}

// storm are the sign-ins beside a case, and what share of their rate alone was left.
type storm struct {
	SignIns float64 `json:"signInsPerSecond"`
	OfAlone float64 `json:"ofRateAlone"`
	P99     float64 `json:"p99Ms"`
}

// sample is a stretch of a case.
type sample struct {
	*load
	used    usage
	elapsed time.Duration
	// busy is how long Postgres was for the sandbox, among all that it executed.
	busy busyTime
}

// sample runs a load and records what it used of the machine.
func (w *world) sample(ctx context.Context, p part) (sample, error) {
	if err := w.settle(ctx); err != nil {
		return sample{}, err
	}
	fmt.Fprintln(os.Stderr, p.name+" …")
	w.counted = nil
	profiled, err := w.profile(ctx, p)
	if err != nil {
		return sample{}, err
	}
	busy, err := w.busy(ctx, sandbox)
	if err != nil {
		return sample{}, err
	}
	before, err := p.pids.usage()
	if err != nil {
		return sample{}, err
	}
	begin := time.Now()
	l := p.run(ctx)
	elapsed := time.Since(begin)
	after, err := p.pids.usage()
	if err != nil {
		return sample{}, err
	}
	if err := ctx.Err(); err != nil {
		return sample{}, err
	}
	busyNow, err := w.busy(ctx, sandbox)
	if err != nil {
		return sample{}, err
	}
	return sample{load: l, used: after.since(before), elapsed: elapsed, busy: busyNow.since(busy)}, profiled()
}

// plus is the sum of both.
func (s sample) plus(more sample) sample {
	if s.load == nil {
		return more
	}
	if more.load == nil {
		return s
	}
	s.load = &load{
		Operations: s.Operations + more.Operations, Errors: s.Errors + more.Errors, Elapsed: s.Elapsed + more.Elapsed,
		Problem: s.Problem, latencies: append(s.latencies, more.latencies...),
	}
	if s.Problem == "" {
		s.Problem = more.Problem
	}
	s.used, s.elapsed = s.used.plus(more.used), s.elapsed+more.elapsed
	return s
}

func (s sample) outcome(name string) *outcome {
	return &outcome{
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

// valid says that operations were done and none failed.
func (o *outcome) valid() bool {
	return o.Operations > 0 && o.Errors == 0 && (o.Delay == nil || !math.IsNaN(o.Delay.InTime))
}

// compareWith relates the CPU to the minimal server's.
func (o *outcome) compareWith(floor *outcome) { o.OfFloor = o.CPU.platform() / floor.CPU.platform() }

func (o *outcome) noteStorm(l *load, alone float64) {
	o.Storm = &storm{SignIns: l.rate(), OfAlone: l.rate() / alone, P99: ms(l.quantile(0.99))}
	o.Errors += l.Errors
	if o.Problem == "" {
		o.Problem = l.Problem
	}
}

func (o *outcome) noteDelays(d delays) {
	o.Delay = &delay{Events: d.count(), P50: d.quantile(0.50), P99: d.quantile(0.99), InTime: d.within(eventGoal)}
}
