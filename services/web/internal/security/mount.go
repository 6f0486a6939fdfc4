// Package security is the section of the cabinet where people see and change what opens their account, and the pages that stop
// such a change from outside.
package security

import (
	"embed"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/signin"
)

//go:embed locales/*.toml
var texts embed.FS

// Deps are the services that the pages call.
type Deps struct {
	Accounts      accountv1.AccountServiceClient
	Contacts      accountv1.ContactServiceClient
	Claims        accountv1.ContactClaimServiceClient
	Factors       accountv1.SecondFactorServiceClient
	Questions     accountv1.ControlQuestionServiceClient
	Trusts        accountv1.TrustedContactServiceClient
	SignIn        signin.Forms
	Profiles      profilev1.ProfileServiceClient
	Notifications notificationv1.NotificationServiceClient
}

type feature struct {
	Deps
	now func() time.Time
}

// Mount adds the section and the pages that belong to it.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d, now: site.Now}
	site.Page(paths.Security, page.SignedIn(f.overview))
	site.Page(paths.ContactNew, page.SignedIn(f.addContact))
	site.Page(paths.Security+"/contacts/{id}", page.SignedIn(f.proveContact))
	site.Page(paths.Security+"/contacts/{id}/remove", page.SignedIn(f.removeContact))
	site.Page(paths.PasswordChange, page.SignedIn(f.changePassword))
	site.Page(paths.Factors, page.SignedIn(f.factors))
	site.Page(paths.FactorApp, page.SignedIn(f.addApp))
	site.Page(paths.FactorSMS, page.SignedIn(f.addSMS))
	site.Page(paths.FactorPasskey, page.SignedIn(f.addPasskey))
	site.Page(paths.BackupCodes, page.SignedIn(f.backupCodes))
	site.Page(paths.Factors+"/{id}", page.SignedIn(f.nameFactor))
	site.Page(paths.Factors+"/{id}/remove", page.SignedIn(f.removeFactor))
	site.Page(paths.ControlQuestion, page.SignedIn(f.question))
	site.Page(paths.Trusted, page.SignedIn(f.trusted))
	site.Page(paths.ContactCancel, f.cancel)
	site.Page(paths.ContactClaim, f.claim)
	site.Page(paths.ContactClaimCode, f.claimCode)
	site.Page(paths.ContactClaimWait, f.claimWait)
}
