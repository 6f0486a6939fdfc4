// Package signin is how a person comes in, proves himself again, and leaves.
package signin

import (
	"embed"
	"time"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// Deps are the services that the pages call.
type Deps struct {
	Forms
	OIDC oidcv1.OIDCServiceClient
}

type feature struct {
	Deps
	now func() time.Time
}

// Mount adds the pages of signing in and out.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d, now: site.Now}
	site.Page(paths.SignIn, f.signIn)
	site.Page(paths.SignInStep, f.step)
	site.Page(paths.SignInPasskey, f.passkey)
	site.Page(paths.SignOut, f.signOut)
	site.Page(paths.SignedOut, f.signedOut)
	site.Page(paths.Reauthenticate, page.SignedIn(f.reauthenticate))
	site.Page(paths.ReauthenticatePasskey, page.SignedIn(f.provePasskey))
}
