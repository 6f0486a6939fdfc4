package errs

import (
	"context"
	"errors"
	"time"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Refusal is any error as an [Error]: unknown ones become INTERNAL, whose text says nothing. isUnavailable says
// whether it is a store that cannot be reached; it may be nil.
func Refusal(err error, isUnavailable func(error) bool) *Error {
	if e, ok := As(err); ok {
		return e
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return Wrap(err, errorsv1.Reason_DEADLINE_EXCEEDED, "the answer took too long")
	case errors.Is(err, context.Canceled):
		return Wrap(err, errorsv1.Reason_CANCELED, "the caller has disconnected")
	case isUnavailable != nil && isUnavailable(err):
		return Wrap(err, errorsv1.Reason_UNAVAILABLE, "a store cannot be reached").After(time.Second)
	}
	return Wrap(err, errorsv1.Reason_INTERNAL, "internal error")
}
