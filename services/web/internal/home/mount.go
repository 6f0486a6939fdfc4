// Package home is what everybody sees without an account: the start page, the list of services, and what search engines
// are told.
package home

import (
	"embed"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

//go:embed locales/*.toml
var texts embed.FS

// Deps are the services that the pages call.
type Deps struct {
	Profiles profilev1.ProfileServiceClient
}

type feature struct {
	Deps
}

// Mount adds the pages.
func Mount(site *page.Site, d Deps) {
	site.Texts(texts)
	f := feature{Deps: d}
	site.Page("/{$}", f.home)
	site.Page(paths.Services, f.services)
	site.Files("/robots.txt", robots(site.Sandbox))
}

// home shows the start page.
func (f feature) home(r *page.Request) error {
	if err := f.greet(r); err != nil {
		return err
	}
	return r.Render(Home{Page: r.Page, Services: catalogue()})
}

// services lists what an account is good for.
func (f feature) services(r *page.Request) error {
	if err := f.greet(r); err != nil {
		return err
	}
	return r.Render(Services{Page: r.Page, Services: catalogue()})
}

func (f feature) greet(r *page.Request) error {
	r.Page.Public = true
	if !r.SignedIn() {
		return nil
	}
	_, err := profiles.Greet(r, f.Profiles)
	return err
}
