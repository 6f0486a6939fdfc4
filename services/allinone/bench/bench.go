package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Options choose what is measured.
type Options struct {
	// Server is the program to measure: allinone.
	Server string
	// Minimal is the command of the minimal server, which is told what to do by minimal.Variable.
	Minimal []string
	// JSON is the file for the numbers.
	JSON string
	// Profiles is a directory for CPU profiles of the server; empty: none.
	Profiles string
	// Only names the cases to run; empty: all but growth.
	Only []string
	// People is how many the larger installation of the case growth has.
	People int

	pace pace
}

// errNotMeasured ends a run in which operations failed.
var errNotMeasured = errors.New("operations failed: what they belong to was not measured")

// Run measures and prints. A missed goal is not an error; a failed operation is.
func Run(ctx context.Context, o Options, out io.Writer) error {
	o.pace = thorough()
	o.pace.many = o.People
	r := newReport()
	if err := measure(ctx, o, r); err != nil {
		return err
	}
	if err := errors.Join(r.print(out), r.save(o.JSON)); err != nil {
		return err
	}
	for _, c := range r.Cases {
		if !c.valid() {
			return errNotMeasured
		}
	}
	return nil
}

// measure runs the cases.
func measure(ctx context.Context, o Options, r *report) error {
	if slices.ContainsFunc(cases(), func(c benchCase) bool { return o.wants(c.name) }) {
		if err := onOneWorld(ctx, o, r); err != nil {
			return err
		}
	}
	if !o.wants(growthCase) {
		return nil
	}
	return growth(ctx, o, r)
}

func onOneWorld(ctx context.Context, o Options, r *report) (err error) {
	fmt.Fprintln(os.Stderr, "Starting PostgreSQL, Redis and the platform …")
	w, err := newWorld(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	fmt.Fprintf(os.Stderr, "Signing up %d people …\n", o.pace.people)
	if err := w.populate(ctx); err != nil {
		return err
	}
	for _, c := range cases() {
		if !o.wants(c.name) {
			continue
		}
		if err := c.run(w, ctx, r); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return w.countAll(ctx, r)
}

// benchCase is one of those that one installation is enough for.
type benchCase struct {
	name string
	run  func(w *world, ctx context.Context, r *report) error
}

func cases() []benchCase {
	return []benchCase{
		{"idle", (*world).idleness},
		{"sign-in", (*world).signIns},
		{"factors", (*world).secondFactors},
		{"events", (*world).events},
		{"code", (*world).code},
		{"refresh", (*world).refresh},
		{"userinfo", (*world).userinfo},
		{"otp", (*world).otp},
		{"complete", (*world).complete},
		{"overload", (*world).overload},
	}
}

const growthCase = "growth"

// wants says whether a case is to be run. Growth loads a million people and has to be asked for.
func (o Options) wants(name string) bool {
	return slices.Contains(o.Only, name) || len(o.Only) == 0 && name != growthCase
}
