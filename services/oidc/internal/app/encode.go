package app

import (
	"encoding/base64"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// isGone says whether err means that a thing does not exist, as opposed to its service being unavailable.
func isGone(err error) bool {
	e, ok := errs.As(err)
	return ok && (e.Kind == errs.NotFound || e.Reason == errorsv1.Reason_SESSION_ENDED)
}

// errNotThisBrowser answers as if there were no such interaction: this browser did not begin or decide it.
func errNotThisBrowser() error {
	return errs.New(errorsv1.Reason_INTERACTION_NOT_FOUND, "not this browser's interaction")
}
