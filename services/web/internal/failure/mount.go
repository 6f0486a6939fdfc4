// Package failure is what people see when there is no page for them: what was refused, and paths that lead nowhere.
package failure

import (
	"embed"
	"net/http"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
)

//go:embed locales/*.toml
var texts embed.FS

// Mount adds the pages about refusals and missing pages.
func Mount(site *page.Site) {
	site.Texts(texts)
	site.Failed(func(p components.Page, reason errs.Reason, params map[string]string) components.View {
		return Refusal{Page: p, Reason: reason, Params: params}
	})
	site.Rest(func(r *page.Request) error { return r.RenderAs(http.StatusNotFound, NotFound{Page: r.Page}) })
}
