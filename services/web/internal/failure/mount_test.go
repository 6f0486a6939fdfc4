package failure

import (
	"testing"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// The way back is looked for where the refusal belongs to a partner's sign-in, by its reason or by its page, and never where
// whoever sent the person is not to be trusted.
func TestWhichRefusalsBelongToAPartner(t *testing.T) {
	for _, x := range []struct {
		reason errs.Reason
		path   string
		want   bool
	}{
		{errorsv1.Reason_INTERACTION_NOT_FOUND, "/interactions/7", true},
		{errorsv1.Reason_INTERACTION_NOT_FOUND, "/oauth2/continue", true},
		{errorsv1.Reason_INTERACTION_DECIDED, "/oauth2/continue", true},
		{errorsv1.Reason_INTERACTION_LIMIT, "/oauth2/authorize?client_id=clinic", true},
		{errorsv1.Reason_CONSENT_MISSING, "/oauth2/continue", true},
		{errorsv1.Reason_UNAVAILABLE, "/interactions/7", true},
		{errorsv1.Reason_UNAVAILABLE, "/sign-in?interaction=7", true},
		{errorsv1.Reason_REGISTRATION_EXPIRED, "/sign-up/1/code?interaction=7", true},
		{errorsv1.Reason_UNAVAILABLE, "/cabinet", false},
		{errorsv1.Reason_UNAVAILABLE, "/interactions", false},
		{errorsv1.Reason_UNAVAILABLE, "/%zz?interaction=7", false},
		{errorsv1.Reason_CLIENT_UNKNOWN, "/interactions/7", false},
		{errorsv1.Reason_REDIRECT_URI_MISMATCH, "/oauth2/authorize?interaction=7", false},
		{errorsv1.Reason_PARTNER_REQUEST_MALFORMED, "/sign-in?interaction=7", false},
	} {
		if got := ofPartners(x.reason, x.path); got != x.want {
			t.Errorf("%s at %s: %t", x.reason, x.path, got)
		}
	}
}
