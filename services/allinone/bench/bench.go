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
	// JSON is the file for the numbers.
	JSON string
	// Profiles is a directory for CPU profiles of the server; empty: none.
	Profiles string
	// Only names the cases to run; empty: all.
	Only []string
}

// errNotMeasured ends a run in which operations failed.
var errNotMeasured = errors.New("operations failed: what they belong to was not measured")

// Run measures and prints. A missed goal is not an error; a failed operation is.
func Run(ctx context.Context, o Options, out io.Writer) (err error) {
	fmt.Fprintln(os.Stderr, "Starting PostgreSQL, Redis and the platform …")
	w, err := newWorld(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	fmt.Fprintf(os.Stderr, "Signing up %d people …\n", accounts)
	if err := w.populate(ctx); err != nil {
		return err
	}
	r := newReport()
	if err := w.runCases(ctx, r); err != nil {
		return err
	}
	if !w.counts {
		fmt.Fprintln(out, "\nThis PostgreSQL has no pg_stat_statements: statements were not counted.")
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

func (w *world) runCases(ctx context.Context, r *report) error {
	for _, c := range []struct {
		name string
		run  func(context.Context, *report) error
	}{
		{"idle", w.idleCase}, {"sign-in", w.signIns}, {"events", w.events}, {"code", w.code}, {"refresh", w.refresh}, {"otp", w.otp},
	} {
		if len(w.options.Only) > 0 && !slices.Contains(w.options.Only, c.name) {
			continue
		}
		if err := c.run(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}
