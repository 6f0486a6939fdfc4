// Package cabinet is the person's own page: what is known, what is next and what was written to him.
package cabinet

import (
	"embed"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/partners"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// Texts are the words of the cabinet, whose sections other features' pages show too.
//
//go:embed locales/*.toml
var Texts embed.FS

// Deps are the services that the pages call.
type Deps struct {
	Accounts      accountv1.AccountServiceClient
	Profiles      profilev1.ProfileServiceClient
	Verifications verificationv1.VerificationServiceClient
	Confirmations confirmationv1.ConfirmationServiceClient
	Notifications notificationv1.NotificationServiceClient
	Partners      partners.Ways
}

type feature struct {
	Deps
}

// Mount adds the cabinet.
func Mount(site *page.Site, d Deps) {
	site.Texts(Texts)
	f := feature{Deps: d}
	site.Page(paths.Cabinet, page.SignedIn(f.overview))
	site.Page(paths.Data, page.SignedIn(f.data))
	site.Page(paths.Notifications, page.SignedIn(f.notifications))
}
