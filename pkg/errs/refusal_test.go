package errs

import (
	"context"
	"errors"
	"fmt"
	"testing"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestRefusalOfAnyError(t *testing.T) {
	away := errors.New("away")
	isAway := func(err error) bool { return errors.Is(err, away) }
	for want, err := range map[Reason]error{
		errorsv1.Reason_NOT_FOUND:         fmt.Errorf("load: %w", New(errorsv1.Reason_NOT_FOUND, "none")),
		errorsv1.Reason_UNAVAILABLE:       fmt.Errorf("load: %w", away),
		errorsv1.Reason_DEADLINE_EXCEEDED: fmt.Errorf("load: %w", context.DeadlineExceeded),
		errorsv1.Reason_CANCELED:          fmt.Errorf("load: %w", context.Canceled),
		errorsv1.Reason_INTERNAL:          errors.New("secret"),
	} {
		if got := Refusal(err, isAway); got.Reason != want {
			t.Errorf("%v is refused as %s, want %s", err, got.Reason, want)
		}
	}
	if got := Refusal(away, nil); got.Reason != errorsv1.Reason_INTERNAL || got.Message != "internal error" {
		t.Errorf("got %v", got)
	}
}
