// Package signup is how an account is made: name and contact, the proof of the contact, the password.
package signup

import (
	"embed"
	"log/slog"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/partners"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/signin"
)

//go:embed locales/*.toml
var texts embed.FS

// actionForget takes a sign-up under way from the browser, in the field action.
const actionForget = "forget"

// Deps are the services that the pages call.
type Deps struct {
	// SignIn ends the session that the browser had before.
	SignIn        signin.Forms
	Registrations registrationv1.RegistrationServiceClient
	Accounts      accountv1.AccountServiceClient
	Partners      partners.Ways
}

type feature struct {
	Deps
	now func() time.Time
	log *slog.Logger
}

// Mount adds the pages of signing up.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d, now: site.Now, log: site.Log}
	site.Page(paths.SignUp, f.signUp)
	site.Page(paths.SignUp+"/{id}/code", f.signUpCode)
	site.Page(paths.SignUp+"/{id}/link", f.signUpLink)
	site.Page(paths.SignUp+"/{id}/password", f.signUpPassword)
	site.Page(paths.SignedUp, page.SignedIn(f.signedUp))
}
