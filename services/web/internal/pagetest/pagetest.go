// Package pagetest holds the views of features against what every page must be.
package pagetest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/internal/support"
	"github.com/propusk-id/propusk/services/web/internal/components"
)

// Sample is one page with data as a handler would give it.
type Sample struct {
	Name string
	View components.View
}

// Site makes pages with a feature's texts.
type Site struct{ words *i18n.Catalogue }

// New loads the feature's texts beside the shared ones.
func New(t *testing.T, texts ...fs.FS) Site {
	t.Helper()
	words, err := i18n.Load(append([]fs.FS{components.Texts}, texts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return Site{words}
}

// Blank is a page of nobody's.
func (s Site) Blank(lang, path string) components.Page {
	return components.Page{
		Words: s.words.For(lang), Sandbox: true, CSRF: "csrf-value", Path: path,
		IdempotencyKey: "0b9f1d0e-6a52-4f0a-8a52-0c8f2f9f1d11", RequestID: "req-7f3a21c0",
	}
}

// SignedIn is a page of a person.
func (s Site) SignedIn(lang, path string) components.Page {
	p := s.Blank(lang, path)
	p.SignedInName = "Анна П."
	return p
}

// ForPartner is the page within a partner's sign-in.
func ForPartner(p components.Page) components.Page {
	p.Partner = "Городская поликлиника № 7"
	return p
}

// Supported is the page in an installation that has a support.
func Supported(p components.Page) components.Page {
	p.SupportContacts = support.Contacts{
		Phone: "8 800 100-70-10", Email: "help@example.ru", HoursRu: "ежедневно с 8:00 до 20:00", HoursEn: "daily 8:00 to 20:00",
	}
	return p
}

// Failing is the page with what was refused.
func Failing(p components.Page, refused ...components.FieldError) components.Page {
	p.Errors = refused
	return p
}

// Kept is the page whose form has come back, with the text that says why.
func Kept(p components.Page, note string) components.Page {
	p.Note = note
	return p
}

// Draft is the page that shows what was typed before and not accepted.
func Draft(p components.Page) components.Page {
	p.DraftTime = Noon()
	return p
}

// LongName is a name of sixty letters without a place to break it.
const LongName = "Староконстантинопольскопреображенскосергиевопосадскодолгорук"

// Wrong is a refusal of a field.
func Wrong(field string, reason errs.Reason) components.FieldError {
	return components.FieldError{Field: field, Reason: reason}
}

// Noon is an instant to show.
func Noon() time.Time { return time.Date(2025, time.November, 21, 9, 0, 0, 0, time.UTC) }

// Check renders every page in both languages and holds it against what every page must be. With PROPUSK_PAGES_DIR set
// it also writes them there, to be looked at in a browser.
func Check(t *testing.T, samples func(lang string) []Sample) {
	t.Helper()
	for _, lang := range []string{"ru", "en"} {
		for _, s := range samples(lang) {
			t.Run(lang+"/"+s.Name, func(t *testing.T) {
				text := render(t, s.View)
				keep(t, s.Name+"."+lang+".html", text)
				p := parsed(t, text)
				p.words(t, lang)
				p.ids(t)
				p.forms(t)
				p.inline(t)
				p.controls(t)
				p.headings(t)
			})
		}
	}
}

// CheckValues shows every value of a contract's enum in English: each has words on its page.
func CheckValues(t *testing.T, values protoreflect.EnumDescriptor, show func(value string) components.View) {
	t.Helper()
	for i := 1; i < values.Values().Len(); i++ { // 0 is UNSPECIFIED
		name := string(values.Values().Get(i).Name())
		t.Run(string(values.FullName())+"/"+name, func(t *testing.T) {
			parsed(t, Render(t, show(name))).words(t, "en")
		})
	}
}

// Render is the page's text as it was before it was typeset: see [i18n.Localizer.Typeset].
func Render(t *testing.T, v components.View) string {
	t.Helper()
	return strings.NewReplacer("\u00a0", " ", "\u2060", "").Replace(render(t, v))
}

func render(t *testing.T, v components.View) string {
	t.Helper()
	var out strings.Builder
	if err := v.View().Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func keep(t *testing.T, name, text string) {
	t.Helper()
	dir := os.Getenv("PROPUSK_PAGES_DIR")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
