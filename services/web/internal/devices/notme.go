package devices

import (
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// disowned keeps in the browser what the stranger may have got to, for who has just disowned a sign-in.
func disowned() page.Flow { return page.Flow{Name: "notme", Life: time.Hour, Keep: 1} }

const (
	disownedID   = "own"
	fieldOffline = "end_offline_access"
	// maxShown is how many partners fit into a cookie.
	maxShown = 12
)

// notMe is where the links lead of messages about sign-ins on new devices. Opening it changes nothing, since mail scanners open
// links; a button does.
func (f feature) notMe(r *page.Request) error {
	if r.URL.Query().Get("done") != "" {
		m := Disowned{Page: r.Page}
		r.ReadFlow(disowned(), disownedID, &m.Partners)
		return r.Render(m)
	}
	token := r.URL.Query().Get("token")
	if r.IsPost() {
		out, err := f.Devices.DisownSignIn(r.Context(), &accountv1.DisownSignInRequest{
			Token: token, EndOfflineAccess: r.Field(fieldOffline) != "",
		})
		if err == nil {
			return f.tellDisowned(r, out)
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	return r.Render(NotMe{
		Page: r.Page, Dead: token == "" || r.Has(errorsv1.Reason_LINK_INVALID), EndOffline: !r.Typed() || r.Field(fieldOffline) != "",
	})
}

func (f feature) tellDisowned(r *page.Request, out *accountv1.DisownSignInResponse) error {
	partners := []Partner{}
	for _, p := range out.GetPartners()[:min(len(out.GetPartners()), maxShown)] {
		partners = append(partners, Partner{
			Name: p.GetName(), Host: p.GetHost(), Time: progress.Time(p.GetTime()),
			Claims: p.GetClaims(), ReleaseTime: progress.Time(p.GetReleaseTime()),
		})
	}
	if err := r.SaveFlow(disowned(), disownedID, partners); err != nil {
		return err
	}
	r.Redirect(paths.NotMe + "?done=1")
	return nil
}
