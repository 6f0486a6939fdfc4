package app

import (
	"encoding/base64"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// gone says that what was asked for is not there, in contrast to its owner not being there.
func gone(err error) bool {
	e, ok := errs.As(err)
	return ok && (e.Kind == errs.NotFound || e.Reason == errorsv1.Reason_SESSION_ENDED)
}

// errNotThisBrowser says no more than that there is no such interaction: whoever asks began or decided another.
func errNotThisBrowser() error {
	return errs.New(errs.NotFound, errorsv1.Reason_INTERACTION_NOT_FOUND, "not this browser's interaction")
}
