package boot

import (
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"github.com/propusk-id/propusk/pkg/backoff"
)

// The platform's clock decides, and the service's back-off; chance does not.
func TestAFailedJobWaitsByTheServicesBackoff(t *testing.T) {
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	retry := jobRetry{backoff.Exponential{First: time.Second, Max: 5 * time.Second, Jitter: 0.2}, func() time.Time { return now }}
	for attempt, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 9: 5 * time.Second} {
		if got := retry.NextRetry(&rivertype.JobRow{Attempt: attempt}).Sub(now); got != want {
			t.Errorf("after attempt %d it waits %v, want %v", attempt, got, want)
		}
	}
}
