// Package help is what people find when they are stuck: what happened, how long it lasts, and what to do now.
package help

import (
	"embed"

	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

//go:embed locales/*.toml
var texts embed.FS

// Mount adds the pages of help. Nobody has to sign in to read them.
func Mount(site *page.Site) {
	site.Texts(texts)
	site.Page(paths.Help, public(func(p components.Page) components.View { return Index{Page: p} }))
	site.Page(paths.HelpLocked, public(func(p components.Page) components.View { return Locked{Page: p} }))
	for _, topic := range topics() {
		site.Page(paths.HelpTopic(topic.name), public(func(p components.Page) components.View { return Topic{Page: p, topic: topic} }))
	}
}

// public shows a page that search engines may list: robots.txt has their paths.
func public(view func(components.Page) components.View) page.Handler {
	return func(r *page.Request) error {
		r.Page.Public = true
		return r.Render(view(r.Page))
	}
}
