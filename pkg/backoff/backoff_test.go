package backoff_test

import (
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
)

func TestWaitsGrowUpToTheMaximum(t *testing.T) {
	e := backoff.Exponential{First: time.Second, Max: 5 * time.Second}
	for tries, want := range map[int]time.Duration{
		-1: time.Second, 0: time.Second, 1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 4: 5 * time.Second,
		100: 5 * time.Second, 1 << 40: 5 * time.Second,
	} {
		if got := e.After(tries, 0.5); got != want {
			t.Errorf("after %d tries: %v, want %v", tries, got, want)
		}
	}
}

func TestGrowthAndJitter(t *testing.T) {
	e := backoff.Exponential{First: 30 * time.Second, Max: time.Hour, Growth: 1.1, Jitter: 0.2}
	if got := e.After(2, 0.5); got != 33*time.Second {
		t.Errorf("the second wait is %v, want 33s", got)
	}
	if low, high := e.After(1, 0), e.After(1, 1); low != 24*time.Second || high != 36*time.Second {
		t.Errorf("jitter gives %v to %v, want 24s to 36s", low, high)
	}
}
