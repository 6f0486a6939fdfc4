package view

import (
	"github.com/a-h/templ"

	"github.com/propusk-id/propusk/services/gateway/internal/i18n"
)

// View is a page with its data.
type View interface{ View() templ.Component }

// Page is what every page needs; each view model embeds it.
type Page struct {
	// Lang is "ru" or "en" (i18n.Localizer.Lang).
	Lang string
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
	// RequestID is shown on error pages for support.
	RequestID string
}

func (p Page) words() *i18n.Localizer { return i18n.For(p.Lang) }

func (p Page) t(id string, data ...any) string { return p.words().T(id, data...) }

func (p Page) documentTitle(title string) string {
	if len(p.Errors) > 0 {
		title = p.t("layout.error_prefix") + " " + title
	}
	return title + " — " + p.t("layout.brand")
}
