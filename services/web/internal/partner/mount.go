// Package partner is a person's way to a partner: what its request still needs, one page at a time.
package partner

import (
	"embed"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/signin"
)

// Texts are the words of the pages; other features show kinds of data too.
//
//go:embed locales/*.toml
var Texts embed.FS

// What forms are sent for, in the field action: to give the partner what it asks for, and to go on with the account that is
// signed in.
const (
	actionAllow  = "allow"
	actionChoose = "choose"
	actionProve  = "prove"
)

// twoFactors is how many factors the person is to be recognised by, where a partner wants more than one.
const twoFactors = 2

// Deps are the services that the pages call, and the forms of signing in.
type Deps struct {
	OIDC     oidcv1.OIDCServiceClient
	Profiles profilev1.ProfileServiceClient
	SignIn   signin.Forms
}

type feature struct{ Deps }

// Mount adds the pages of a partner's sign-in.
func Mount(site *page.Site, d Deps) {
	site.Texts(Texts)
	f := feature{Deps: d}
	site.Page(paths.Interactions+"{id}", f.interaction)
}
