// Package verification is the page of a check against the registries.
package verification

import (
	"embed"
	"time"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// actionRestart has the registries asked once more, in the field action.
const actionRestart = "restart"

// Deps are the services that the pages call.
type Deps struct {
	Profiles      profilev1.ProfileServiceClient
	Verifications verificationv1.VerificationServiceClient
}

type feature struct {
	Deps
	now func() time.Time
}

// Mount adds the page of a check.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d, now: site.Now}
	site.Page(paths.Cabinet+"/verification/{id}", page.SignedIn(f.verification))
}
