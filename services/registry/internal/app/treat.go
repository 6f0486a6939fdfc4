package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/registry/internal/domain"
)

// treat is what a question goes through before its answer: the switch, the latency, chance, and the
// persona's own trouble.
func (a *App) treat(ctx context.Context, subject key, t domain.Trouble) error {
	c := a.conduct[subject.registry]
	if !c.Enabled {
		return unavailable(subject.registry)
	}
	if err := wait(ctx, c.Latency+time.Duration(a.random()*float64(c.Jitter))); err != nil {
		return err
	}
	if a.random() < c.FailureRate {
		return unavailable(subject.registry)
	}
	if t == (domain.Trouble{}) {
		return nil
	}
	return a.suffer(ctx, subject, t)
}

// suffer goes through a persona's trouble. Once answered all is forgotten, so that the persona can be
// checked again in the same way.
func (a *App) suffer(ctx context.Context, subject key, t domain.Trouble) error {
	asked := a.memory.note(subject, a.now())
	for {
		step := t.Next(asked, a.now())
		switch {
		case step.Refused:
			return unavailable(subject.registry).After(step.RetryAfter)
		case step.Forever:
			<-ctx.Done()
			return ctx.Err()
		case step.Wait == 0:
			a.memory.forget(subject)
			return nil
		}
		if err := wait(ctx, step.Wait); err != nil {
			return err
		}
	}
}

func unavailable(r domain.Registry) *errs.Error {
	return errs.New(errs.Unavailable, errorsv1.Reason_UNAVAILABLE, "the registry does not answer").With("registry", r)
}

// wait lets time pass, unless the caller goes away first.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
