// Package person is the form with everything that the registries are asked about: the card and the passport.
package person

import (
	"embed"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// What the form asks for, in the field action.
const (
	actionSave   = "save"
	actionSubmit = "submit"
)

// Deps are the services that the pages call.
type Deps struct {
	Profiles      profilev1.ProfileServiceClient
	Verifications verificationv1.VerificationServiceClient
}

type feature struct {
	Deps
}

// Mount adds the page of the person.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d}
	site.Page(paths.Person, page.SignedIn(f.person))
}
