package domain_test

import (
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

func throttle() domain.Throttle {
	delay := backoff.Exponential{First: 30 * time.Second, Max: time.Hour, Growth: 1.1}
	return domain.Throttle{
		Address:  domain.BackoffPolicy{Free: 5, Delay: delay, Max: 50, Window: 12 * time.Hour},
		Account:  domain.BackoffPolicy{Free: 100, Delay: delay, Window: 30 * 24 * time.Hour},
		KnownFor: 30 * 24 * time.Hour,
	}
}

func start() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// wait is how long the throttle makes one wait.
func wait(t *testing.T, g domain.FailureCounts, now time.Time) time.Duration {
	t.Helper()
	err := throttle().CheckOpen(g, now)
	if err == nil {
		return 0
	}
	e, ok := errs.As(err)
	if !ok || e.Reason != errorsv1.Reason_SIGN_IN_THROTTLED || e.Kind != errs.Throttled || e.RetryAfter <= 0 {
		t.Fatalf("refused with %v", err)
	}
	return e.RetryAfter
}

func TestDelaysGrowAndFiftyIsAll(t *testing.T) {
	var g domain.FailureCounts
	now := start()
	last := time.Duration(0)
	for n := range 50 {
		w := wait(t, g, now)
		switch {
		case n < 5 && w != 0:
			t.Fatalf("free failure %d waits %s", n, w)
		case n == 5 && w != 30*time.Second:
			t.Fatalf("the first delay is %s", w)
		case n > 5 && float64(w) < 1.09*float64(last):
			t.Fatalf("delay %d is %s after %s", n, w, last)
		}
		last, now = w, now.Add(w)
		g = throttle().AfterFailure(g, now)
	}
	if end := now.Add(wait(t, g, now)); !end.Equal(start().Add(12 * time.Hour)) {
		t.Errorf("after fifty failures it opens at %s, want 12 h after the first", end)
	}
	if now = start().Add(12 * time.Hour); wait(t, g, now) != 0 {
		t.Error("the window did not end")
	}
	if g = throttle().AfterFailure(g, now); g.Address.Failures != 1 {
		t.Errorf("the new window counts %d", g.Address.Failures)
	}
}

func TestFailuresFromEverywhereDelayStrangersOnly(t *testing.T) {
	now := start()
	var g domain.FailureCounts
	for range 100 {
		if wait(t, g, now) != 0 {
			t.Fatal("slowed down before the hundredth failure")
		}
		g = throttle().AfterFailure(g, now)
		g.Address = domain.FailureCount{} // the next one comes from another address
	}
	if w := wait(t, g, now); w != 30*time.Second {
		t.Errorf("a stranger waits %s", w)
	}
	holder := g
	holder.KnownUntil = now.Add(time.Second)
	if w := wait(t, holder, now); w != 0 {
		t.Errorf("the holder's address waits %s", w)
	}
	if w := wait(t, holder, now.Add(time.Second)); w == 0 {
		t.Error("the address is known for ever")
	}
	for range 200 {
		g = throttle().AfterFailure(g, now)
		g.Address = domain.FailureCount{}
	}
	if w := wait(t, g, now); w != time.Hour {
		t.Errorf("the longest wait is %s", w)
	}
}

func TestSuccessResetsOnlyThisAddress(t *testing.T) {
	now := start()
	g := throttle().AfterFailure(domain.FailureCounts{}, now)
	g = throttle().Know(throttle().AfterSuccess(g), now)
	if g.Address.Failures != 0 || g.Account.Failures != 1 || !g.KnownUntil.Equal(now.Add(30*24*time.Hour)) {
		t.Errorf("%+v", g)
	}
}

func TestAKnownAddressIsNotedOnceADay(t *testing.T) {
	now := start()
	g := throttle().Know(domain.FailureCounts{}, now)
	if again := throttle().Know(g, now.Add(24*time.Hour)); again != g {
		t.Errorf("noted again within a day: %+v", again)
	}
	later := now.Add(25 * time.Hour)
	if again := throttle().Know(g, later); !again.KnownUntil.Equal(later.Add(30 * 24 * time.Hour)) {
		t.Errorf("known until %s", again.KnownUntil)
	}
}

func TestCountsAreKeptAsLongAsTheyMatter(t *testing.T) {
	now, half, month := start(), 12*time.Hour, 30*24*time.Hour
	g := throttle().AfterFailure(domain.FailureCounts{}, now)
	later := throttle().AfterFailure(g, now.Add(time.Hour))
	known := later
	known.KnownUntil = now.Add(60 * 24 * time.Hour)
	for _, c := range []struct {
		what string
		g    domain.FailureCounts
		want domain.Expiry
	}{
		{"nothing", domain.FailureCounts{}, domain.Expiry{Address: now.Add(half), Account: now.Add(month)}},
		{"a failure", g, domain.Expiry{Address: now.Add(half), Account: now.Add(month)}},
		{"another", later, domain.Expiry{Address: now.Add(half), Account: now.Add(month)}},
		{"a known address", known, domain.Expiry{Address: known.KnownUntil, Account: now.Add(month)}},
	} {
		if got := throttle().Expiry(c.g, now); got != c.want {
			t.Errorf("%s: expires at %v, want %v", c.what, got, c.want)
		}
	}
}
