package app

import (
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
)

func TestRegistrysRetryAfterIsRespected(t *testing.T) {
	a := &App{Backoff: backoff.Exponential{First: 5 * time.Second, Max: 10 * time.Minute, Jitter: 0.2}}
	for _, c := range []struct {
		attempts   int
		retryAfter time.Duration
		want       time.Duration
	}{
		{1, 0, 5 * time.Second},
		{2, 0, 10 * time.Second},
		{1, time.Minute, time.Minute},
		{8, time.Minute, 10 * time.Minute},
		{1, time.Hour, 10 * time.Minute},
	} {
		if got := a.wait(c.attempts, c.retryAfter, 0.5); got != c.want {
			t.Errorf("after %d attempts, asked for %s: %s, want %s", c.attempts, c.retryAfter, got, c.want)
		}
	}
}
