package security

import (
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// cancel is where the links lead that stop a change of a contact, or somebody's claim to one. Opening it stops nothing, since
// mail scanners open links; a button does.
func (f feature) cancel(r *page.Request) error {
	change, claim := r.URL.Query().Get("token"), r.URL.Query().Get("claim")
	done := r.URL.Query().Get("done") != ""
	if r.IsPost() {
		var err error
		if claim != "" {
			_, err = f.Claims.CancelContactClaim(r.Context(), &accountv1.CancelContactClaimRequest{CancelToken: claim})
		} else {
			_, err = f.Contacts.CancelContactChange(r.Context(), &accountv1.CancelContactChangeRequest{CancelToken: change})
		}
		if err == nil {
			r.Redirect(paths.ContactCancel + "?done=1")
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	dead := r.Has(errorsv1.Reason_LINK_INVALID) || r.Has(errorsv1.Reason_CONTACT_CHANGE_EFFECTIVE)
	return r.Render(Cancel{Page: r.Page, Claim: claim != "", Done: done, Dead: dead || change == "" && claim == ""})
}
