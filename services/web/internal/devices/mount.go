// Package devices is the part of the section Security where people see where they are signed in, keep devices out, and say how they
// want to be told; and the page where they disown a sign-in.
package devices

import (
	"embed"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// Deps are the services that the pages call.
type Deps struct {
	Devices       accountv1.DeviceServiceClient
	Settings      accountv1.SettingsServiceClient
	Profiles      profilev1.ProfileServiceClient
	Notifications notificationv1.NotificationServiceClient
}

type feature struct{ Deps }

// Mount adds the pages.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d}
	site.Page(paths.Devices, page.SignedIn(f.list))
	site.Page(paths.Devices+"/{id}", page.SignedIn(f.device))
	site.Page(paths.Settings, page.SignedIn(f.settings))
	site.Page(paths.NotMe, f.notMe)
}
