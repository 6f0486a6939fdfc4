// Package avatar is the page where people choose the picture of their account.
package avatar

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

// Deps are the services that the page calls.
type Deps struct {
	Avatars       accountv1.AvatarServiceClient
	Profiles      profilev1.ProfileServiceClient
	Notifications notificationv1.NotificationServiceClient
}

type feature struct{ Deps }

// Mount adds the page and the picture.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d}
	site.Page(paths.Avatar, page.SignedIn(f.choose))
	site.Image(paths.AvatarImage, f.image)
}
