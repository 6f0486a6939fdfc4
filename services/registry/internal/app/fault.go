package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/registry/internal/domain"
)

// injectFault is what happens to a question before its answer: the switch, the latency, random failures, and the
// persona's own fault.
func (a *App) injectFault(ctx context.Context, subject key, f domain.Fault) error {
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
	if f == (domain.Fault{}) {
		return nil
	}
	return a.playFault(ctx, subject, f)
}

// playFault delays or refuses as the persona's fault says. Once the question is answered its count starts again, so that
// the persona can be checked again in the same way.
func (a *App) playFault(ctx context.Context, subject key, f domain.Fault) error {
	asked := a.questions.count(subject, a.now())
	for {
		step := f.Next(asked, a.now())
		switch {
		case step.Refused:
			return unavailable(subject.registry).After(step.RetryAfter)
		case step.Forever:
			<-ctx.Done()
			return ctx.Err()
		case step.Wait == 0:
			a.questions.reset(subject)
			return nil
		}
		if err := wait(ctx, step.Wait); err != nil {
			return err
		}
	}
}

func unavailable(r domain.Registry) *errs.Error {
	return errs.New(errorsv1.Reason_UNAVAILABLE, "the registry does not answer").With("registry", r)
}

// wait waits, unless the caller gives up first.
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
