package components

import (
	"embed"
	"time"

	"github.com/a-h/templ"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/internal/support"
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
	// Persona is the test person whose data the forms are filled in with; empty: nobody's. Only a sandbox has any.
	Persona string
	// SupportContacts are whom people turn to, which [Page.Support] shows.
	SupportContacts support.Contacts
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
	// OtherAccountURL is where another account signs in for the partner; empty: nobody is signed in, or that is no matter here.
	OtherAccountURL string
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

// T is the text of a key: see [i18n.Localizer.T]. Like all texts of pages it is typeset.
func (p Page) T(id string, data ...any) string { return p.Words.Typeset(p.Words.T(id, data...)) }

// Reason is what a refusal is called and what to do about it: see [i18n.Localizer.Reason].
func (p Page) Reason(reason errs.Reason, params map[string]string) (title, detail string) {
	title, detail = p.Words.Reason(reason, params)
	return p.Words.Typeset(title), p.Words.Typeset(detail)
}

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
