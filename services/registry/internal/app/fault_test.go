package app

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/registry/internal/domain"
	"github.com/propusk-id/propusk/services/registry/internal/personas"
)

func registries(t *testing.T, pfr, fms Conduct) *App {
	t.Helper()
	scenarios, err := personas.Load()
	if err != nil {
		t.Fatal(err)
	}
	population, err := domain.NewPopulation(1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return New(domain.Registers{Population: population, Scenarios: scenarios}, pfr, fms, time.Now)
}

// question is about a persona of this scenario, as listed.
func question(t *testing.T, a *App, scenario string) (domain.PensionQuestion, domain.PassportQuestion) {
	t.Helper()
	for _, p := range a.Personas() {
		if p.Scenario != scenario {
			continue
		}
		held := p.Passport()
		return domain.PensionQuestion{SNILS: p.SNILS, Name: p.Name, Birth: p.Birth, Gender: p.Gender},
			domain.PassportQuestion{
				Passport: held.Passport, Name: p.Name, Birth: p.Birth, Issued: held.Issued, IssueCode: held.IssueCode,
			}
	}
	t.Fatalf("nobody has the scenario %s", scenario)
	return domain.PensionQuestion{}, domain.PassportQuestion{}
}

func on() Conduct { return Conduct{Enabled: true} }

func wantUnavailable(t *testing.T, what string, err error) {
	t.Helper()
	if e, ok := errs.As(err); !ok || e.Kind != errs.Unavailable || e.Reason != errorsv1.Reason_UNAVAILABLE {
		t.Errorf("%s: %v, want UNAVAILABLE", what, err)
	}
}

func wantMatch(t *testing.T, what string, found domain.Comparison, err error) {
	t.Helper()
	if err != nil || len(found.Mismatches) > 0 {
		t.Errorf("%s: %v, %v, want a match", what, found, err)
	}
}

func TestSwitchIsPerRegistry(t *testing.T) {
	a := registries(t, Conduct{}, on())
	pfr, fms := question(t, a, domain.Matched)
	_, err := a.CheckPension(t.Context(), pfr)
	wantUnavailable(t, "PFR, off", err)
	found, err := a.CheckPassport(t.Context(), fms)
	wantMatch(t, "FMS, on", found, err)
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := registries(t, Conduct{Enabled: true, Latency: time.Second, Jitter: 2 * time.Second}, on())
		a.random = func() float64 { return 0.25 }
		pfr, _ := question(t, a, domain.Matched)
		begin := time.Now()
		found, err := a.CheckPension(t.Context(), pfr)
		wantMatch(t, "slow registry", found, err)
		if took := time.Since(begin); took != 1500*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestFailureRate(t *testing.T) {
	a := registries(t, Conduct{Enabled: true, FailureRate: 0.5}, on())
	pfr, _ := question(t, a, domain.Matched)
	a.random = func() float64 { return 0.49 }
	_, err := a.CheckPension(t.Context(), pfr)
	wantUnavailable(t, "bad luck", err)
	a.random = func() float64 { return 0.5 }
	found, err := a.CheckPension(t.Context(), pfr)
	wantMatch(t, "good luck", found, err)
}

func TestCallerMayGiveUp(t *testing.T) {
	for _, scenario := range []string{"pfr_timeout", "slow_30s"} {
		synctest.Test(t, func(t *testing.T) {
			a := registries(t, on(), on())
			pfr, _ := question(t, a, scenario)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			begin := time.Now()
			_, err := a.CheckPension(ctx, pfr)
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 5*time.Second {
				t.Errorf("%s: %v after %v", scenario, err, time.Since(begin))
			}
		})
	}
}

func TestSlowAnswerIsReadyLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := registries(t, on(), on())
		pfr, _ := question(t, a, "slow_30s")
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := a.CheckPension(ctx, pfr); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		found, err := a.CheckPension(t.Context(), pfr)
		wantMatch(t, "second question", found, err)
		if took := time.Since(begin); took != 30*time.Second {
			t.Errorf("ready after %v", took)
		}
	})
}

func TestFailsTwiceForEachRegistryAndAgainNextTime(t *testing.T) {
	a := registries(t, on(), on())
	pfr, fms := question(t, a, "fails_twice")
	for range 2 {
		for range 2 {
			_, err := a.CheckPension(t.Context(), pfr)
			wantUnavailable(t, "PFR", err)
			_, err = a.CheckPassport(t.Context(), fms)
			wantUnavailable(t, "FMS", err)
		}
		found, err := a.CheckPension(t.Context(), pfr)
		wantMatch(t, "PFR", found, err)
		found, err = a.CheckPassport(t.Context(), fms)
		wantMatch(t, "FMS", found, err)
	}
}

func TestLateAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := registries(t, on(), on())
		_, fms := question(t, a, "ok_after_60s")
		_, err := a.CheckPassport(t.Context(), fms)
		wantUnavailable(t, "at once", err)
		if e, _ := errs.As(err); e.RetryAfter != time.Minute {
			t.Errorf("retry after %v", e.RetryAfter)
		}
		if err := wait(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		found, err := a.CheckPassport(t.Context(), fms)
		wantMatch(t, "after a minute", found, err)
	})
}

func TestOneRegistryDownOtherAnswers(t *testing.T) {
	a := registries(t, on(), on())
	pfr, fms := question(t, a, "fms_down")
	found, err := a.CheckPension(t.Context(), pfr)
	wantMatch(t, "PFR", found, err)
	for range 5 {
		_, err = a.CheckPassport(t.Context(), fms)
		wantUnavailable(t, "FMS", err)
	}
}
