// Package registries calls the registry service with a time-out, a circuit breaker and a switch per registry. Every
// failure is an error, never an answer about the person.
package registries

import (
	"context"
	"errors"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
)

// Settings bound how a registry is called.
type Settings struct {
	// Timeout bounds one call.
	Timeout time.Duration
	// The breaker opens when this percentage of at least BreakerCalls calls within BreakerWindow failed; after
	// BreakerDelay one call probes whether the registry is back.
	BreakerPercent uint
	BreakerCalls   uint
	BreakerWindow  time.Duration
	BreakerDelay   time.Duration
}

type (
	answer = *registryv1.CheckResponse
	ask    func(ctx context.Context, s *profilev1.Snapshot) (answer, error)
)

// Registry is one registry.
type Registry struct {
	which   domain.Registry
	ask     ask
	enabled bool
	timeout time.Duration
	breaker circuitbreaker.CircuitBreaker[answer]
}

func newRegistry(which domain.Registry, ask ask, enabled bool, s Settings) *Registry {
	return &Registry{
		which: which, ask: ask, enabled: enabled, timeout: s.Timeout,
		breaker: circuitbreaker.NewBuilder[answer]().
			WithFailureRateThreshold(float64(s.BreakerPercent)/100, s.BreakerCalls, s.BreakerWindow).
			WithDelay(s.BreakerDelay).WithSuccessThreshold(1).Build(),
	}
}

// Check asks about a person.
func (r *Registry) Check(ctx context.Context, s *profilev1.Snapshot) (domain.Answer, error) {
	if !r.enabled {
		return domain.Answer{}, notAsked("SWITCHED_OFF", nil)
	}
	resp, err := failsafe.With[answer](r.breaker).Get(func() (answer, error) {
		ctx, cancel := context.WithTimeout(ctx, r.timeout)
		defer cancel()
		return r.ask(ctx, s)
	})
	if errors.Is(err, circuitbreaker.ErrOpen) {
		return domain.Answer{}, notAsked("CIRCUIT_OPEN", err).After(r.breaker.RemainingDelay())
	}
	if err != nil {
		return domain.Answer{}, err
	}
	return r.read(resp)
}

func (r *Registry) read(resp answer) (domain.Answer, error) {
	var out domain.Answer
	for _, m := range resp.GetMismatches() {
		reason, err := domain.ReasonOf(r.which, m)
		if err != nil {
			return domain.Answer{}, err
		}
		out.Reasons = append(out.Reasons, reason)
	}
	for _, field := range resp.GetVouched().GetPaths() {
		if path, ok := domain.PathOf(field); ok {
			out.Vouched = append(out.Vouched, path)
		}
	}
	return out, nil
}

func notAsked(why string, cause error) *errs.Error {
	return errs.Wrap(cause, errorsv1.Reason_UNAVAILABLE, "the registry is not asked").With("why", why)
}
