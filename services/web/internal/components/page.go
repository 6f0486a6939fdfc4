package components

import (
	"embed"
	"time"

	"github.com/a-h/templ"

	"github.com/propusk-id/propusk/services/internal/i18n"
)

// Texts are the words that all pages share.
//
//go:embed locales/*.toml
var Texts embed.FS

// View is a page with its data.
type View interface{ View() templ.Component }

// Page is what every page needs; each view model embeds it.
type Page struct {
	// Words are the texts in the page's language.
	Words *i18n.Localizer
	// Sandbox shows the ribbon on top.
	Sandbox bool
	// CSRF is the token of the double-submit protection, put into every form.
	CSRF string
	// IdempotencyKey is a fresh key per rendered page, put into every form: a form sent twice acts once.
	IdempotencyKey string
	// Path is the page's own path with its query: forms post to it, the language switch returns to it.
	Path string
	// SignedInName is the person's short name ("Анна П."); empty when nobody is signed in.
	SignedInName string
	// Partner is the name of the partner in whose interaction the page is shown; empty outside of one.
	Partner string
	// Errors are what was refused; shown in a summary on top and at their fields.
	Errors []FieldError
	// Note is the text that says why a form has come back that nothing is wrong with; empty: none is to be said.
	Note string
	// DraftTime is when the form was sent that the page shows and that is not accepted yet; zero: there is none.
	DraftTime time.Time
	// Owner is put into every form of a signed-in person, so that it can be kept for them when the session has ended.
	Owner string
	// Public: it is for everybody, and search engines may list it.
	Public bool
	// RequestID is shown on error pages for support.
	RequestID string
}

// T is the text of a key: see [i18n.Localizer.T].
func (p Page) T(id string, data ...any) string { return p.Words.T(id, data...) }

// font is the file that most of the page's text needs.
func (p Page) font() string {
	if p.Words.Lang() == "en" {
		return "fonts/golos-text-latin.woff2"
	}
	return "fonts/golos-text-cyrillic.woff2"
}

func (p Page) documentTitle(title string) string {
	if len(p.Errors) > 0 {
		title = p.T("layout.error_prefix") + " " + title
	}
	return title + " — " + p.T("layout.brand")
}
