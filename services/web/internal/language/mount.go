// Package language is the switch of the language on every page.
package language

import (
	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// Mount adds the switch.
func Mount(site *page.Site) { site.Page(paths.Language, choose) }

// choose sets the language and returns to where the person was.
func choose(r *page.Request) error {
	q := r.URL.Query()
	lang := q.Get("lang")
	if lang != "ru" && lang != "en" {
		return errs.New(errorsv1.Reason_FIELD_UNKNOWN_VALUE, "there is no such language")
	}
	r.ChooseLanguage(lang)
	r.Redirect(paths.Own(q.Get("next"), paths.Home))
	return nil
}
