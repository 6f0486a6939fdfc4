package sites

import (
	"strings"
	"testing"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/cabinet"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
	"github.com/propusk-id/propusk/services/web/internal/partner"
)

func newSite(t *testing.T) pagetest.Site {
	t.Helper()
	return pagetest.New(t, texts, cabinet.Texts, partner.Texts)
}

func TestEveryPage(t *testing.T) {
	site := newSite(t)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func clinic() Site {
	return Site{
		ClientID: "clinic", Name: "Поликлиника", Host: "clinic.example", AgreeTime: pagetest.Noon(), LastTime: pagetest.Noon(), Times: 3,
		Claims: []Claim{
			{Name: "family_name", LastTime: pagetest.Noon()},
			{Name: "email", Declined: true},
			{Name: "phone_number", Declined: true, LastTime: pagetest.Noon()},
			{Name: "snils"},
		},
		Offline: true, Outdated: true,
	}
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/sites")
	polis := Site{ClientID: "polis", Name: "Полис", Host: "polis.example", AgreeTime: pagetest.Noon()}
	signIns := []SignIn{
		{ID: "1", Name: "Поликлиника", Host: "clinic.example", Offline: true, CreateTime: pagetest.Noon(), LastUseTime: pagetest.Noon(), ExpireTime: pagetest.Noon()},
		{ID: "2", Name: "Полис", Host: "polis.example", CreateTime: pagetest.Noon(), LastUseTime: pagetest.Noon()},
	}
	full := List{
		Page: page, Sites: []Site{clinic(), polis}, SignIns: signIns, Access: "AS_AGREED", Unread: 2,
		MoreSites: Pages{Newest: "/cabinet/sites", Older: "/cabinet/sites?sites=t"},
	}
	var all []pagetest.Sample
	for _, what := range []string{"withdrawn", "ended", "access"} {
		done := full
		done.Saved = what
		all = append(all, pagetest.Sample{Name: "sites-" + what, View: done})
	}
	refused := full
	refused.Page = pagetest.Failing(page, pagetest.Wrong("", errorsv1.Reason_GRANT_NOT_FOUND))
	return append(all,
		pagetest.Sample{Name: "sites", View: full},
		pagetest.Sample{Name: "sites-none", View: List{Page: page, Access: "REQUIRED_ONLY"}},
		pagetest.Sample{Name: "sites-refused", View: refused},
		pagetest.Sample{Name: "sites-withdraw", View: Withdraw{Page: site.SignedIn(lang, "/cabinet/sites/clinic/withdraw"), Site: clinic()}},
	)
}

// What a site got and when, and what it does not get, is said of each kind of details; names are text.
func TestTheListSaysWhatAndWhen(t *testing.T) {
	site := newSite(t)
	hostile := clinic()
	hostile.Name, hostile.ClientID = `<b>Clinic</b>`, `a/b?c"d`
	hostile.Claims = append(hostile.Claims, Claim{Name: "unheard_of", LastTime: pagetest.Noon()})
	text := pagetest.Render(t, List{Page: site.SignedIn("en", "/cabinet/sites"), Sites: []Site{hostile}})
	for _, want := range []string{
		"Last name", "you do not share this", "not shared yet", "3 times in 180 days", "Access also without you", "unheard_of",
		"&lt;b&gt;Clinic", `href="/cabinet/sites/a%2Fb%3Fc%22d/withdraw"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(text, "<b>Clinic") {
		t.Error("a name is no text")
	}
}
