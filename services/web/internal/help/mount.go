// Package help is the page about every lock: why it is there, how long, and what to do.
package help

import (
	"embed"

	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// Mount adds the page of help.
func Mount(site *page.Site) {
	site.Texts(texts)
	site.Page(paths.HelpLocked, func(r *page.Request) error { return r.Render(Locked{Page: r.Page}) })
}
