// Package failure is what people see when there is no page for them: what was refused, and paths that lead nowhere.
package failure

import (
	"embed"
	"net/http"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/partners"
)

//go:embed locales/*.toml
var texts embed.FS

// Mount adds the pages about refusals and missing pages.
func Mount(site *page.Site, ways partners.Ways) {
	site.Texts(texts)
	site.Failed(func(r *page.Request, reason errs.Reason, params map[string]string) components.View {
		m := Refusal{Page: r.Page, Reason: reason, Params: params}
		if reason == errorsv1.Reason_INTERACTION_NOT_FOUND || reason == errorsv1.Reason_INTERACTION_DECIDED {
			m.Back = ways.After(r)
		}
		return m
	})
	site.Rest(func(r *page.Request) error { return r.RenderAs(http.StatusNotFound, NotFound{Page: r.Page}) })
}
