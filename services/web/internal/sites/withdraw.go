package sites

import (
	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// withdraw asks, and takes back what the person has agreed to for a site. A site that gets nothing (any more) leads to the list.
func (f feature) withdraw(r *page.Request) error {
	id := r.PathValue("client")
	if r.IsPost() {
		_, err := f.Consents.WithdrawConsent(r.Context(), &oidcv1.WithdrawConsentRequest{AccountId: r.AccountID(), ClientId: id})
		if err == nil || errs.Is(err, errorsv1.Reason_CONSENT_NOT_FOUND) {
			r.Redirect(saved("withdrawn"))
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	site, found, err := f.find(r, id)
	if err != nil {
		return err
	}
	if !found {
		r.Redirect(paths.Sites)
		return nil
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	return r.Render(Withdraw{Page: r.Page, Site: site})
}

// find looks for a site among those that get something: there are few.
func (f feature) find(r *page.Request, clientID string) (site Site, found bool, err error) {
	for request := (&oidcv1.ListConsentsRequest{AccountId: r.AccountID(), PageSize: 100}); ; {
		list, err := f.Consents.ListConsents(r.Context(), request)
		if err != nil {
			return site, false, err
		}
		for _, c := range list.GetConsents() {
			if c.GetSite().GetClientId() == clientID {
				return shownSite(c), true, nil
			}
		}
		if request.PageToken = list.GetNextPageToken(); request.GetPageToken() == "" {
			return site, false, nil
		}
	}
}
