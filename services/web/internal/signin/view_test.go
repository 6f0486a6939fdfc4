package signin

import (
	"strings"
	"testing"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	throttled := components.FieldError{Reason: errorsv1.Reason_SIGN_IN_THROTTLED, Params: map[string]string{"Seconds": "95"}}
	return []pagetest.Sample{
		{Name: "sign-in", View: Login{Page: site.Blank(lang, "/sign-in")}},
		{Name: "sign-in-failed", View: Login{Page: pagetest.Failing(site.Blank(lang, "/sign-in"), pagetest.Wrong("", errorsv1.Reason_SIGN_IN_FAILED)), Login: "+79001234567"}},
		{Name: "sign-in-throttled", View: Login{Page: pagetest.Failing(site.Blank(lang, "/sign-in"), throttled), Login: "+79001234567"}},
		{Name: "sign-in-partner", View: Login{Page: pagetest.ForPartner(site.Blank(lang, "/interactions/7")), SignUpURL: "/sign-up?interaction=7"}},
		{Name: "sign-in-other-account", View: Login{Page: pagetest.ForPartner(site.SignedIn(lang, "/interactions/7?account=other")), StayURL: "/interactions/7"}},
		{Name: "sign-in-kept", View: Login{Page: pagetest.Kept(site.Blank(lang, "/sign-in"), "kept.stale"), Login: "+79001234567"}},
		{Name: "reauthenticate", View: Reauthenticate{Page: site.SignedIn(lang, "/reauthenticate"), Username: "+79001234567"}},
		{Name: "reauthenticate-partner", View: Reauthenticate{Page: pagetest.ForPartner(site.SignedIn(lang, "/interactions/7"))}},
		{Name: "sign-out", View: SignOut{Page: site.SignedIn(lang, "/sign-out")}},
		{Name: "signed-out", View: SignedOut{Page: site.Blank(lang, "/signed-out")}},
	}
}

// What people type comes back into the form as text, never as markup; a password never comes back.
func TestTypedValuesAreEscaped(t *testing.T) {
	site := pagetest.New(t, texts)
	text := pagetest.Render(t, Login{Page: site.Blank("en", `/sign-in?x="><script>`), Login: `"><script>alert(1)</script>`})
	if strings.Contains(text, "<script>") {
		t.Error("markup got through")
	}
}
