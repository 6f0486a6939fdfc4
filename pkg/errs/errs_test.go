package errs

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestErrorKeepsItsCauseForTheLog(t *testing.T) {
	cause := errors.New("connection reset")
	err := fmt.Errorf("load: %w", Wrap(cause, errorsv1.Reason_UNAVAILABLE, "store away").After(time.Second))
	e, ok := As(err)
	if !ok || e.RetryAfter != time.Second || !errors.Is(err, cause) {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), "connection reset") || strings.Contains(e.Message, "connection reset") {
		t.Errorf("log %q, public %q", err, e.Message)
	}
	if !Is(err, errorsv1.Reason_UNAVAILABLE) || Is(err, errorsv1.Reason_INTERNAL) || Is(cause, errorsv1.Reason_UNAVAILABLE) {
		t.Error("the reason is not found")
	}
}

func TestFieldsAreCollected(t *testing.T) {
	var f Fields
	if f.Err() != nil {
		t.Error("no wrong field is an error")
	}
	f.Check("phone", nil)
	f.Check("snils", Problem{Reason: errorsv1.Reason_FIELD_CHECKSUM})
	f.Check("card", fmt.Errorf("parse: %w", New(errorsv1.Reason_FIELD_TOO_LONG, "long")))
	f.Check("other", errors.New("anything"))
	e, ok := As(f.Err())
	if !ok || e.Reason != errorsv1.Reason_VALIDATION_FAILED || len(e.Fields) != 3 {
		t.Fatalf("got %v", f.Err())
	}
	for i, want := range []errorsv1.Reason{
		errorsv1.Reason_FIELD_CHECKSUM, errorsv1.Reason_FIELD_TOO_LONG, errorsv1.Reason_FIELD_MALFORMED,
	} {
		if e.Fields[i].Reason != want {
			t.Errorf("field %s: %s, want %s", e.Fields[i].Name, e.Fields[i].Reason, want)
		}
	}
}
