package sites

import (
	"net/url"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

const (
	// fieldGrant names the sign-in that a form of the list ends, fieldAccess what sites get at most.
	fieldGrant  = "grant"
	fieldAccess = "third_party_access"
	savedQuery  = "saved"
	// The parameters of the page's address that lead on in its lists.
	consentsQuery = "sites"
	grantsQuery   = "sign_ins"
	// perPage is how many sites, and how many sign-ins, a page shows.
	perPage = 20
)

// list shows what sites get and where the person is signed in. Its forms end sign-ins, and say what sites get at most.
func (f feature) list(r *page.Request) error {
	if r.IsPost() {
		done, err := f.change(r)
		if err != nil || done {
			return err
		}
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	m, err := f.read(r)
	if errs.Is(err, errorsv1.Reason_VALIDATION_FAILED) && len(r.URL.Query()) > 0 {
		r.Redirect(paths.Sites) // an address of long ago
		return nil
	}
	if err != nil {
		return err
	}
	if r.Typed() && r.Field(fieldAccess) != "" {
		m.Access = r.Field(fieldAccess)
	}
	m.Page, m.Saved = r.Page, r.URL.Query().Get(savedQuery)
	return r.Render(m)
}

// change does what a form asks for.
func (f feature) change(r *page.Request) (done bool, err error) {
	next := "access"
	if id := r.Field(fieldGrant); id != "" {
		next = "ended"
		_, err = f.Consents.EndGrant(r.Context(), &oidcv1.EndGrantRequest{AccountId: r.AccountID(), GrantId: id})
	} else {
		_, err = f.Settings.UpdateSettings(r.Context(), &accountv1.UpdateSettingsRequest{
			AccountId:        r.AccountID(),
			ThirdPartyAccess: accountv1.ThirdPartyAccess(accountv1.ThirdPartyAccess_value[r.Field(fieldAccess)]),
		})
	}
	if err == nil {
		r.Redirect(saved(next))
		return true, nil
	}
	if !r.Refused(err, "") {
		return false, err
	}
	return false, nil
}

func saved(what string) string { return paths.Sites + "?" + savedQuery + "=" + what }

func (f feature) read(r *page.Request) (m List, err error) {
	settings, err := f.Settings.GetSettings(r.Context(), &accountv1.GetSettingsRequest{AccountId: r.AccountID()})
	if err != nil {
		return m, err
	}
	m.Access = settings.GetThirdPartyAccess().String()
	if err := f.readConsents(r, &m); err != nil {
		return m, err
	}
	if err := f.readGrants(r, &m); err != nil {
		return m, err
	}
	list, err := f.Notifications.ListNotifications(r.Context(), &notificationv1.ListNotificationsRequest{
		AccountId: r.AccountID(), PageSize: 1,
	})
	m.Unread = int(list.GetUnreadCount())
	return m, err
}

func (f feature) readConsents(r *page.Request, m *List) error {
	token := r.URL.Query().Get(consentsQuery)
	list, err := f.Consents.ListConsents(r.Context(), &oidcv1.ListConsentsRequest{
		AccountId: r.AccountID(), PageSize: perPage, PageToken: token,
	})
	if err != nil {
		return err
	}
	for _, c := range list.GetConsents() {
		m.Sites = append(m.Sites, shownSite(c))
	}
	m.MoreSites = more(consentsQuery, token, list.GetNextPageToken())
	return nil
}

func (f feature) readGrants(r *page.Request, m *List) error {
	token := r.URL.Query().Get(grantsQuery)
	list, err := f.Consents.ListGrants(r.Context(), &oidcv1.ListGrantsRequest{
		AccountId: r.AccountID(), PageSize: perPage, PageToken: token,
	})
	if err != nil {
		return err
	}
	for _, g := range list.GetGrants() {
		m.SignIns = append(m.SignIns, shownSignIn(g))
	}
	m.MoreSignIns = more(grantsQuery, token, list.GetNextPageToken())
	return nil
}

// more are the addresses of a list's other pages.
func more(query, token, next string) (out Pages) {
	if token != "" {
		out.Newest = paths.Sites
	}
	if next != "" {
		out.Older = paths.Sites + "?" + url.Values{query: {next}}.Encode()
	}
	return out
}

func shownSite(c *oidcv1.Consent) Site {
	out := Site{
		ClientID: c.GetSite().GetClientId(), Name: c.GetSite().GetName(), Host: c.GetSite().GetHost(),
		AgreeTime: progress.Time(c.GetAgreeTime()), LastTime: progress.Time(c.GetLastReleaseTime()), Times: int(c.GetReleaseCount()),
		Offline: c.GetOfflineAccess(), Outdated: c.GetOutdated(),
	}
	for _, claim := range c.GetClaims() {
		out.Claims = append(out.Claims, Claim{
			Name: claim.GetClaim(), Declined: claim.GetDeclined(), LastTime: progress.Time(claim.GetLastReleaseTime()),
		})
	}
	return out
}

func shownSignIn(g *oidcv1.Grant) SignIn {
	return SignIn{
		ID: g.GetId(), Name: g.GetSite().GetName(), Host: g.GetSite().GetHost(), Offline: g.GetOffline(),
		CreateTime: progress.Time(g.GetCreateTime()), LastUseTime: progress.Time(g.GetLastUseTime()),
		ExpireTime: progress.Time(g.GetExpireTime()),
	}
}
