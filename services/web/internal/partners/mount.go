package partners

import (
	"embed"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// Texts are the words of the ways back, which other features' pages show too.
//
//go:embed locales/*.toml
var Texts embed.FS

// actionGiveUp gives up the request that fieldHeld names.
const (
	actionGiveUp = "give_up"
	fieldHeld    = "held"
)

// Deps are what the pages call.
type Deps struct {
	Ways
	Profiles profilev1.ProfileServiceClient
}

// Mount adds the pages of partners that wait.
func Mount(site *page.Site, d Deps) {
	site.Texts(Texts)
	site.Page(paths.Partners, page.SignedIn(d.waiting))
	site.Page(paths.Partners+"/{id}", page.SignedIn(d.waiting))
}

// waiting shows the partners that wait for the person's level: one, where a message leads, or all. Its form gives one up.
func (d Deps) waiting(r *page.Request) error {
	if r.IsPost() {
		_, err := d.OIDC.DeleteHeldRequest(r.Context(), &oidcv1.DeleteHeldRequestRequest{
			AccountId: r.AccountID(), HeldRequestId: r.Field(fieldHeld),
		})
		if err != nil && !errs.Is(err, errorsv1.Reason_NOT_FOUND) { // the form was sent twice, or the request is over
			return err
		}
		r.Redirect(paths.Partners)
		return nil
	}
	all, err := d.Held(r)
	if err != nil {
		return err
	}
	if one, found := find(all, r.PathValue("id")); found {
		if one.Reached && one.Way.Living {
			r.Redirect(one.Way.URL)
			return nil
		}
		all = []Held{one}
	}
	if _, err := profiles.Greet(r, d.Profiles); err != nil {
		return err
	}
	return r.Render(Waiting{Page: r.Page, Held: all})
}
