package web

import (
	"log/slog"

	"github.com/propusk-id/propusk/services/web/internal/avatar"
	"github.com/propusk-id/propusk/services/web/internal/cabinet"
	"github.com/propusk-id/propusk/services/web/internal/devices"
	"github.com/propusk-id/propusk/services/web/internal/failure"
	"github.com/propusk-id/propusk/services/web/internal/help"
	"github.com/propusk-id/propusk/services/web/internal/home"
	"github.com/propusk-id/propusk/services/web/internal/language"
	"github.com/propusk-id/propusk/services/web/internal/letter"
	"github.com/propusk-id/propusk/services/web/internal/newpassword"
	"github.com/propusk-id/propusk/services/web/internal/onward"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/partner"
	"github.com/propusk-id/propusk/services/web/internal/partners"
	"github.com/propusk-id/propusk/services/web/internal/person"
	"github.com/propusk-id/propusk/services/web/internal/recovery"
	"github.com/propusk-id/propusk/services/web/internal/security"
	"github.com/propusk-id/propusk/services/web/internal/signin"
	"github.com/propusk-id/propusk/services/web/internal/signup"
	"github.com/propusk-id/propusk/services/web/internal/sites"
	"github.com/propusk-id/propusk/services/web/internal/static"
	"github.com/propusk-id/propusk/services/web/internal/verification"
)

// Paths are where the pages are, as patterns of [net/http.ServeMux]: a test of the whole asks whether it has seen them all.
func Paths() []string {
	site := page.New(page.Options{})
	mount(site, slog.New(slog.DiscardHandler), clients{})
	return site.Paths()
}

// mount adds every feature's pages.
func mount(site *page.Site, log *slog.Logger, c clients) {
	signInForms := signin.Forms{Accounts: c.accounts, SignIns: c.signIns, Factors: c.factors, Profiles: c.profiles, Log: log}
	site.Texts(newpassword.Texts)
	site.Files(static.Prefix, static.Handler())
	site.Files("/favicon.ico", static.Favicon())
	ways := partners.Ways{OIDC: c.oidc, Log: log}
	failure.Mount(site, ways)
	help.Mount(site)
	home.Mount(site, home.Deps{Profiles: c.profiles})
	language.Mount(site)
	onward.Mount(site)
	signup.Mount(site, signup.Deps{Registrations: c.registrations, Accounts: c.accounts, Partners: ways, SignIn: signInForms})
	recovery.Mount(site, recovery.Deps{Accounts: c.accounts, Recoveries: c.recoveries, Log: log})
	signin.Mount(site, signin.Deps{Forms: signInForms, OIDC: c.oidc})
	partner.Mount(site, partner.Deps{OIDC: c.oidc, Profiles: c.profiles, SignIn: signInForms})
	partners.Mount(site, partners.Deps{Ways: ways, Profiles: c.profiles})
	cabinet.Mount(site, cabinet.Deps{
		Accounts: c.accounts, Profiles: c.profiles, Verifications: c.verifications, Confirmations: c.confirmations,
		Notifications: c.notifications, Partners: ways,
	})
	security.Mount(site, security.Deps{
		Accounts: c.accounts, Contacts: c.contacts, Claims: c.claims, Factors: c.factors, Questions: c.questions,
		Trusts: c.trusts, SignIn: signInForms, Profiles: c.profiles, Notifications: c.notifications,
	})
	avatar.Mount(site, avatar.Deps{Avatars: c.avatars, Profiles: c.profiles, Notifications: c.notifications})
	devices.Mount(site, devices.Deps{
		Devices: c.devices, Settings: c.settings, Profiles: c.profiles, Notifications: c.notifications,
	})
	sites.Mount(site, sites.Deps{
		Consents: c.consents, Settings: c.settings, Profiles: c.profiles, Notifications: c.notifications,
	})
	person.Mount(site, person.Deps{Profiles: c.profiles, Verifications: c.verifications})
	verification.Mount(site, verification.Deps{Profiles: c.profiles, Verifications: c.verifications})
	letter.Mount(site, letter.Deps{Accounts: c.accounts, Profiles: c.profiles, Confirmations: c.confirmations})
}
