// Package failure is what people see when there is no page for them: what was refused, and paths that lead nowhere.
package failure

import (
	"embed"
	"net/http"
	"net/url"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/partners"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// Mount adds the pages about refusals and missing pages.
func Mount(site *page.Site, ways partners.Ways) {
	site.Texts(texts)
	site.Failed(func(r *page.Request, reason errs.Reason, params map[string]string) components.View {
		m := Refusal{Page: r.Page, Reason: reason, Params: params}
		if ofPartners(reason, r.Page.Path) {
			m.Back = ways.After(r)
		}
		return m
	})
	site.Rest(func(r *page.Request) error { return r.RenderAs(http.StatusNotFound, NotFound{Page: r.Page}) })
}

// ofPartners says whether a refusal belongs to a partner's sign-in that cannot be gone on with here.
func ofPartners(reason errs.Reason, path string) bool {
	switch reason {
	case errorsv1.Reason_INTERACTION_NOT_FOUND, errorsv1.Reason_INTERACTION_DECIDED, errorsv1.Reason_INTERACTION_LIMIT,
		errorsv1.Reason_CONSENT_MISSING:
		return true
	case errorsv1.Reason_CLIENT_UNKNOWN, errorsv1.Reason_REDIRECT_URI_MISMATCH, errorsv1.Reason_PARTNER_REQUEST_MALFORMED:
		return false // whoever sent this person is not to be trusted
	default:
		u, err := url.Parse(path)
		return err == nil && paths.InteractionOf(u) != ""
	}
}
