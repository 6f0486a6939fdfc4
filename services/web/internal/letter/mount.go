// Package letter is the registered letter that confirms an account: ordering it, following it, entering its code.
package letter

import (
	"embed"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// Deps are the services that the pages call.
type Deps struct {
	Accounts      accountv1.AccountServiceClient
	Profiles      profilev1.ProfileServiceClient
	Confirmations confirmationv1.ConfirmationServiceClient
}

type feature struct {
	Deps
	now func() time.Time
}

// Mount adds the pages of the letter.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d, now: site.Now}
	site.Page(paths.Letter, page.SignedIn(f.letter))
	// Letters and messages name it; it is the same page, on which everything about the letter stands together.
	site.Page(paths.LetterCode, page.SignedIn(f.letter))
	site.LongForm(paths.LetterAddress, f.address)
	site.Page(paths.LetterCheck, page.SignedIn(f.check))
	site.Page(paths.Confirmed, page.SignedIn(f.confirmed))
}
