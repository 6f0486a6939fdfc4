// Package onward is the page between a form and a path that may lead on to a partner.
package onward

import (
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// Mount adds the page.
func Mount(site *page.Site) { site.Page(paths.Onward, onward) }

// onward is a page that the browser leaves at once.
func onward(r *page.Request) error {
	next := paths.Own(r.URL.Query().Get("next"), paths.Home)
	r.RefreshTo(next)
	return r.Render(components.Onward{Page: r.Page, URL: next})
}
