package bench

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const metrics = `# HELP propusk_event_delay_seconds From an event's commit
propusk_event_delay_seconds_bucket{producer="otp",service="audit",le="0.1"} 50
propusk_event_delay_seconds_bucket{producer="otp",service="audit",le="0.25"} 98
propusk_event_delay_seconds_bucket{producer="otp",service="audit",le="1"} 99
propusk_event_delay_seconds_bucket{producer="otp",service="audit",le="+Inf"} 99
propusk_event_delay_seconds_bucket{producer="account",service="notification",le="0.1"} 1
propusk_event_delay_seconds_bucket{producer="account",service="notification",le="0.25"} 1
propusk_event_delay_seconds_bucket{producer="account",service="notification",le="1"} 1
propusk_event_delay_seconds_bucket{producer="account",service="notification",le="+Inf"} 1
propusk_event_delay_seconds_sum{producer="otp",service="audit"} 7
`

func TestDelays(t *testing.T) {
	d, err := parseDelays(strings.NewReader(metrics))
	if err != nil {
		t.Fatal(err)
	}
	if d.count() != 100 || d.within(0.25) != 0.99 || d.within(0.1) != 0.51 {
		t.Errorf("%v", d)
	}
	for q, want := range map[float64]float64{0.51: 0.1, 0.75: 0.175, 0.99: 0.25, 0.255: 0.05, 1: 1} {
		if got := d.quantile(q); math.Abs(got-want) > 0.001 {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	none := d.since(d)
	if none.count() != 0 || !math.IsNaN(none.within(0.25)) {
		t.Errorf("%v", none)
	}
	o := outcome{load: &load{Operations: 1}}
	if o.noteDelays(none); o.valid() {
		t.Error("a case without events is valid")
	}
}

func TestProcessTimes(t *testing.T) {
	p := parseProcess([]byte("42 (postgres: a) b) S 7 42 42 0 -1 4194304 100 200 0 0 11 22 33 44 20 0 1 0 100 1000 10"))
	if p.parent != 7 || p.time != 1100*time.Millisecond {
		t.Errorf("%+v", p)
	}
	all := table{1: {0, 1}, 2: {1, 10}, 3: {2, 100}, 4: {0, 1000}}
	if got := all.tree(1); got != 111 {
		t.Errorf("the tree took %d", got)
	}
}

func TestStatementsOfIdlenessAreNotTheOperations(t *testing.T) {
	before := statements{ByService: map[string]float64{"otp": 10, "audit": 5}, Commits: 1, Flushes: 1}
	after := statements{ByService: map[string]float64{"otp": 70, "audit": 25}, Commits: 31, Flushes: 21}
	idle := statements{ByService: map[string]float64{"audit": 10}, Commits: 5, Flushes: 5}
	got := after.perOperation(before, idle, 2, 10)
	if got.ByService["otp"] != 6 || len(got.ByService) != 1 || got.Commits != 2 || got.Flushes != 1 || got.total() != 6 {
		t.Errorf("%+v", got)
	}
}

func TestTheSandboxsInboxIsNotTheOperations(t *testing.T) {
	after := statements{ByService: map[string]float64{"otp": 60, sandbox: 40}, Commits: 30, Flushes: 30, Received: 10}
	got := after.perOperation(statements{}, statements{}, 0, 10)
	if got.total() != 6 || got.Commits != 2 || got.Flushes != 2 || !strings.Contains(got.String(), "sandbox 4.0 (left out)") {
		t.Errorf("%+v: %v", got, got)
	}
}

func TestMetrics(t *testing.T) {
	text := "hashes_total{a=\"b c\"} 3\nhashes_total 4\nhashes_total_more 5\n"
	if sum, err := sumOf(strings.NewReader(text), "hashes_total"); err != nil || sum != 7 {
		t.Errorf("%v, %v", sum, err)
	}
	if _, err := sumOf(strings.NewReader(text), "hashes"); err == nil {
		t.Error("a metric that is not there was found")
	}
}

func TestAllowanceGoesWithTheHash(t *testing.T) {
	a := allow(5, 2*referenceHash)
	if a.here != 10 || a.String() != "5 ms where a hash takes 21 (here 10.00)" {
		t.Errorf("%+v: %v", a, a)
	}
}

func TestLoads(t *testing.T) {
	wrong := errors.New("wrong")
	ctx, cancel := context.WithCancel(t.Context())
	var begun [3]sync.Once
	var waiting atomic.Int32
	waiting.Store(int32(len(begun)))
	l := closed(ctx, len(begun), time.Hour, func(_ context.Context, worker int) (time.Duration, error) {
		// It ends once every worker has run, however busy the machine is.
		begun[worker].Do(func() {
			if waiting.Add(-1) == 0 {
				cancel()
			}
		})
		if worker == 0 {
			return 0, wrong
		}
		return time.Duration(worker) * time.Second, nil
	})
	if l.Operations < 2 || l.Errors == 0 || l.Problem != "wrong" || l.quantile(1) != 2*time.Second {
		t.Errorf("%d operations, %d errors (%s), %v", l.Operations, l.Errors, l.Problem, l.quantile(1))
	}
	turns := make(chan int, 20)
	l = open(t.Context(), 1000, 4, 20*time.Millisecond, timed(func(_ context.Context, worker int) error {
		turns <- worker
		return nil
	}))
	if l.Operations != 20 || len(turns) != 20 || l.Elapsed < 19*time.Millisecond {
		t.Errorf("%d operations in %v", l.Operations, l.Elapsed)
	}
	s := sample{}.plus(sample{load: l, elapsed: 1}).plus(sample{load: l, elapsed: 1})
	if s.elapsed != 2 || s.Operations != 40 {
		t.Errorf("%+v", s)
	}
	l = each(t.Context(), 3, 10, func(_ context.Context, i int) error {
		if i == 7 {
			return wrong
		}
		return nil
	})
	whole := sample{load: l}.then(sample{load: l})
	if l.Operations != 9 || l.Errors != 1 || len(l.latencies) != 10 || whole.Operations != 9 || whole.Errors != 2 {
		t.Errorf("%+v, %+v", l, whole.load)
	}
}

func TestVerdicts(t *testing.T) {
	r := newReport()
	good, broken := &outcome{load: &load{Operations: 1}}, &outcome{Name: "case", load: &load{Errors: 1, Problem: "no answer"}}
	r.add(broken)
	r.goal("fast", "fast", true, good)
	r.goal("faster", "slow", false, good)
	r.goal("broken", "fast", true, broken)
	var out strings.Builder
	if err := r.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"met      fast", "NOT MET  faster", "INVALID  broken", "case: failed: no answer"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	if err := r.save(t.TempDir() + "/deep/bench.json"); err != nil {
		t.Error(err)
	}
}
