package bench

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/allinone"
	"github.com/propusk-id/propusk/services/allinone/bench/minimal"
)

// platformVariable makes this test's program the platform.
const platformVariable = "BENCH_TEST_PLATFORM"

// TestMain is the servers too: the cases start them as processes of their own.
func TestMain(m *testing.M) {
	switch {
	case minimal.Wanted():
		boot.Exit(func(ctx context.Context, _ []string) error { return minimal.Run(ctx) })
	case os.Getenv(platformVariable) != "":
		boot.Exit(allinone.Main)
	default:
		os.Exit(m.Run())
	}
}

func brief() pace {
	return pace{
		people: 4, turns: 1, hash: 50 * time.Millisecond, load: 300 * time.Millisecond, event: 500 * time.Millisecond,
		idle: 500 * time.Millisecond, crowd: callers + 1, batch: 8, completions: 2, guarded: 2, offered: 200,
		storm: time.Second, counted: 4, few: 10, many: 100,
	}
}

// TestEveryCase runs all of them briefly: the numbers mean little, but all are there.
func TestEveryCase(t *testing.T) {
	t.Setenv(platformVariable, "1")
	o := Options{Server: os.Args[0], Minimal: os.Args[:1], Only: []string{growthCase}, Profiles: t.TempDir(), pace: brief()}
	for _, c := range cases() {
		o.Only = append(o.Only, c.name)
	}
	r := newReport()
	if err := measure(t.Context(), o, r); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Cases {
		if c.Rate <= 0 || c.P50 <= 0 || c.P99 < c.P50 || c.CPU.platform()+c.CPU.Bench <= 0 || !c.valid() {
			t.Errorf("%s: %+v, %d errors (%s)", c.Name, c, c.Errors, c.Problem)
		}
		if c.Statements != nil && c.Statements.total() <= 0 {
			t.Errorf("%s: %+v", c.Name, c.Statements)
		}
	}
	byName := func(name string) *outcome {
		i := slices.IndexFunc(r.Cases, func(c *outcome) bool { return c.Name == name })
		if i < 0 {
			t.Fatalf("%s was not measured", name)
		}
		return r.Cases[i]
	}
	for _, name := range []string{
		"sign-in, 8 at once", "code flow of one signed in", "refresh", "userinfo, scope profile",
		"sign-up: code issued, sent, verified",
	} {
		if c := byName(name); c.OfFloor <= 0 || byName("minimal: "+name).CPU.platform() <= 0 {
			t.Errorf("%s was not compared with the minimal server: %+v", name, c)
		}
	}
	if c := byName("completing a sign-up by pages"); c.Hashes < 1 {
		t.Errorf("an account was made with %v hashes", c.Hashes)
	}
	if c := byName("code flow of one signed in"); c.Requests < 2 {
		t.Errorf("a code flow took %v requests", c.Requests)
	}
	for _, name := range []string{"sign-in", "code flow", "refresh", "sign-up"} {
		byName(fmt.Sprintf("%s among %d", name, o.pace.many))
	}
	for _, g := range r.Goals {
		if !g.Valid {
			t.Errorf("%s: %s", g.Goal, g.Got)
		}
	}
	if err := r.print(t.Output()); err != nil {
		t.Error(err)
	}
}
