// Package person is what the registries are asked about, the card and the passport: one page for each thing, and the summary
// from which it is submitted.
package person

import (
	"embed"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

//go:embed locales/*.toml
var texts embed.FS

// What the forms are sent for, in the field action.
const (
	// actionSubmit has the registries asked, actionLater leaves the rest of the pages for later.
	actionSubmit = "submit"
	actionLater  = "later"
)

// Deps are the services that the pages call.
type Deps struct {
	Profiles      profilev1.ProfileServiceClient
	Verifications verificationv1.VerificationServiceClient
}

type feature struct {
	Deps
}

// Mount adds the pages of the person.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d}
	site.Page(paths.Person, page.SignedIn(f.summary))
	site.Page(paths.PersonForeign, page.SignedIn(f.foreign))
	for _, s := range profiles.Steps() {
		site.LongForm(paths.PersonStep(s.Name), f.step(s))
	}
}
