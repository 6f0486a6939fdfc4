package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// growthGoal is how many times as much p99 and CPU the larger installation may take.
const growthGoal = 1.3

// growth compares a small installation with a large one, operation by operation, in turns.
func growth(ctx context.Context, o Options, r *report) (err error) {
	small, err := newTown(ctx, o, o.pace.few)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, small.close()) }()
	large, err := newTown(ctx, o, o.pace.many)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, large.close()) }()
	for _, name := range []string{"sign-in", "code flow", "refresh", "sign-up"} {
		if err := compareTowns(ctx, r, name, small, large); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// town is an installation with many residents.
type town struct {
	*world
	size int
	// some are residents, evenly out of all.
	some     []*person
	visitors []*visitor
}

// visited is how many of the residents sign in.
const visited = 2000

func newTown(ctx context.Context, o Options, size int) (t *town, err error) {
	fmt.Fprintf(os.Stderr, "Loading %d people …\n", size)
	t = &town{size: size}
	if t.world, err = newWorld(ctx, o); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	if err := t.settleIn(ctx, size); err != nil {
		return nil, err
	}
	n := min(visited, size)
	for i := range n {
		p := &person{Story: t.newStory(0)}
		p.Phone = residentPhone(i * size / n)
		t.some = append(t.some, p)
	}
	t.visitors, err = t.world.visitors(ctx, t.some)
	return t, err
}

// compareTowns measures one operation in both.
func compareTowns(ctx context.Context, r *report, name string, small, large *town) error {
	var sums [2]sample
	for range small.options.pace.turns {
		for i, t := range []*town{small, large} {
			s, err := t.sampleOf(ctx, name)
			if err != nil {
				return err
			}
			sums[i] = sums[i].plus(s)
		}
	}
	few, many := sums[0].outcome(small.named(name)), sums[1].outcome(large.named(name))
	r.add(few, many)
	cpu, p99 := many.CPU.platform()/few.CPU.platform(), many.P99/few.P99
	both := *many
	both.load = &load{Operations: min(few.Operations, many.Operations), Errors: few.Errors + many.Errors}
	r.goal(fmt.Sprintf("%s among %d instead of %d: at most %g times the CPU and the p99", name, large.size, small.size, growthGoal),
		fmt.Sprintf("%.2f and %.2f", cpu, p99), cpu <= growthGoal && p99 <= growthGoal, &both)
	return nil
}

func (t *town) named(name string) string { return fmt.Sprintf("%s among %d", name, t.size) }

func (t *town) sampleOf(ctx context.Context, name string) (sample, error) {
	switch name {
	case "sign-in":
		return t.sample(ctx, t.platform(t.named(name), t.steady(callers, t.signInOf(t.some))))
	case "code flow":
		return t.sample(ctx, t.platform(t.named(name), t.steady(callers, flow{do: (*visitor).logIn}.by(t.visitors))))
	case "refresh":
		return t.sample(ctx, t.platform(t.named(name), t.steady(callers, flow{do: (*visitor).renew}.by(t.visitors))))
	default:
		return t.platformSignUps(ctx, t.named(name))
	}
}
