// Package help is what people find when they are stuck: what happened, how long it lasts, and what to do now.
package help

import (
	"embed"

	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// Mount adds the pages of help. Nobody has to sign in to read them.
func Mount(site *page.Site) {
	site.Texts(texts)
	site.Page(paths.Help, func(r *page.Request) error { return r.Render(Index{Page: r.Page}) })
	site.Page(paths.HelpLocked, func(r *page.Request) error { return r.Render(Locked{Page: r.Page}) })
	for _, topic := range topics() {
		site.Page(paths.HelpTopic(topic.name), func(r *page.Request) error { return r.Render(Topic{Page: r.Page, topic: topic}) })
	}
}
