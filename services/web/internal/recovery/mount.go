// Package recovery is the pages of the way back into an account for who cannot sign in any more.
package recovery

import (
	"embed"
	"log/slog"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// Deps are the services that the pages call.
type Deps struct {
	Accounts   accountv1.AccountServiceClient
	Recoveries accountv1.RecoveryServiceClient
	Log        *slog.Logger
}

type feature struct {
	Deps
	now func() time.Time
}

// Mount adds the pages.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d, now: site.Now}
	site.Page(paths.Recover, f.start)
	site.Page(paths.RecoverStep, f.step)
	site.Page(paths.RecoverPassword, f.password)
	site.Page(paths.RecoverWait, f.wait)
	site.Page(paths.Recovered, f.done)
	site.Page(paths.RecoverCancel, f.cancel)
	site.Page(paths.RecoverLost, f.lost)
}
