// Package sites is the section Sites: what partners' sites get of the person's data and when, where the person is signed in with the
// account, and the way to end either.
package sites

import (
	"embed"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// Deps are the services that the pages call.
type Deps struct {
	Consents      oidcv1.ConsentServiceClient
	Settings      accountv1.SettingsServiceClient
	Profiles      profilev1.ProfileServiceClient
	Notifications notificationv1.NotificationServiceClient
}

type feature struct{ Deps }

// Mount adds the pages.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d}
	site.Page(paths.Sites, page.SignedIn(f.list))
	site.Page(paths.Sites+"/{client}/withdraw", page.SignedIn(f.withdraw))
}
