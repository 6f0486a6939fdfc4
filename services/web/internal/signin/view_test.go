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
	locked := components.FieldError{Reason: errorsv1.Reason_FACTOR_LOCKED, Params: map[string]string{"Seconds": "860"}}
	return []pagetest.Sample{
		{Name: "sign-in", View: Login{Page: site.Blank(lang, "/sign-in")}},
		{Name: "sign-in-failed", View: Login{Page: pagetest.Failing(site.Blank(lang, "/sign-in"), pagetest.Wrong("", errorsv1.Reason_SIGN_IN_FAILED)), Login: "+79001234567"}},
		{Name: "sign-in-throttled", View: Login{Page: pagetest.Failing(site.Blank(lang, "/sign-in"), throttled), Login: "+79001234567"}},
		{Name: "sign-in-partner", View: Login{Page: pagetest.ForPartner(site.Blank(lang, "/interactions/7")), SignUpURL: "/sign-up?interaction=7"}},
		{Name: "sign-in-other-account", View: Login{Page: pagetest.ForPartner(site.SignedIn(lang, "/interactions/7?account=other")), StayURL: "/interactions/7"}},
		{Name: "sign-in-kept", View: Login{Page: pagetest.Kept(site.Blank(lang, "/sign-in"), "kept.stale"), Login: "+79001234567"}},
		{Name: "reauthenticate", View: Reauthenticate{Page: site.SignedIn(lang, "/reauthenticate"), Username: "+79001234567"}},
		{Name: "reauthenticate-partner", View: Reauthenticate{Page: pagetest.ForPartner(site.SignedIn(lang, "/interactions/7"))}},
		{Name: "reauthenticate-passkey", View: Reauthenticate{Page: site.SignedIn(lang, "/reauthenticate"), PasskeyURL: "/reauthenticate/passkey?next=%2Fcabinet"}},
		{Name: "sign-in-started-again", View: Login{Page: pagetest.Kept(site.Blank(lang, "/sign-in?again=1"), "kept.sign_in"), PasskeyURL: "/sign-in/passkey?next=%2Fcabinet"}},
		{Name: "step-password", View: Step{Page: site.SignedIn(lang, stepPath), Kind: "PASSWORD", Again: true, Username: "+79001234567", Others: ways("PASSKEY")}},
		{Name: "step-passkey", View: Step{Page: site.Blank(lang, stepPath), Kind: "PASSKEY", Options: `{"challenge":"AA"}`, CanRemember: true, Others: ways("TOTP", "SMS_CODE", "BACKUP_CODE")}},
		{Name: "step-passkey-refused", View: Step{Page: pagetest.Failing(site.Blank(lang, stepPath), pagetest.Wrong("", errorsv1.Reason_CREDENTIAL_REFUSED)), Kind: "PASSKEY", Options: `{"challenge":"AA"}`, RestartURL: "/sign-in"}},
		{Name: "step-totp", View: Step{Page: site.Blank(lang, stepPath), Kind: "TOTP", CanRemember: true, Others: ways("BACKUP_CODE"), RestartURL: "/sign-in"}},
		{Name: "step-totp-wrong", View: Step{Page: pagetest.Failing(site.Blank(lang, stepPath), pagetest.Wrong("code", errorsv1.Reason_CODE_WRONG)), Kind: "TOTP", Code: "123456", CanRemember: true, Remember: true, Others: ways("BACKUP_CODE")}},
		{Name: "step-totp-locked", View: Step{Page: pagetest.Failing(site.Blank(lang, stepPath), locked), Kind: "TOTP", Dead: true, Locked: true, Others: ways("BACKUP_CODE")}},
		{Name: "step-sms-unsent", View: Step{Page: site.Blank(lang, stepPath), Kind: "SMS_CODE", Destination: "+7 900 ***-**-67", CanRemember: true, Others: ways("BACKUP_CODE")}},
		{Name: "step-sms", View: Step{Page: pagetest.ForPartner(site.Blank(lang, stepPath)), Kind: "SMS_CODE", Destination: "+7 900 ***-**-67", ExpireTime: pagetest.Noon(), ResendSeconds: 41, CanRemember: true, Others: ways("TOTP", "BACKUP_CODE"), GiveUpURL: "/interactions/7", RestartURL: "/interactions/7"}},
		{Name: "step-trusted", View: Step{Page: site.SignedIn(lang, stepPath), Kind: "TRUSTED_CONTACT", Destination: "+7 900 ***-**-21", ExpireTime: pagetest.Noon(), ResendSeconds: 41, Again: true}},
		{Name: "step-sms-dead", View: Step{Page: pagetest.Failing(site.Blank(lang, stepPath), pagetest.Wrong("", errorsv1.Reason_CODE_EXPIRED)), Kind: "SMS_CODE", Destination: "+7 900 ***-**-67", ExpireTime: pagetest.Noon(), Dead: true, Others: ways("BACKUP_CODE")}},
		{Name: "step-backup-again", View: Step{Page: pagetest.ForPartner(otherAccount(site.SignedIn(lang, stepPath))), Kind: "BACKUP_CODE", Again: true, GiveUpURL: "/interactions/7"}},
		{Name: "sign-out", View: SignOut{Page: site.SignedIn(lang, "/sign-out")}},
		{Name: "signed-out", View: SignedOut{Page: site.Blank(lang, "/signed-out")}},
	}
}

const stepPath = "/sign-in/step?flow=5f0c"

// ways are others to prove the same.
func ways(kinds ...string) []Way {
	var out []Way
	for _, k := range kinds {
		out = append(out, Way{Kind: k, URL: stepPath + "&way=" + k})
	}
	return out
}

func otherAccount(p components.Page) components.Page {
	p.OtherAccountURL = "/interactions/7?account=other"
	return p
}

// Every kind of step that pages have is worded.
func TestEveryKindOfStepHasWords(t *testing.T) {
	site := pagetest.New(t, texts)
	for _, kind := range preferred() {
		page := Step{Page: site.Blank("en", stepPath), Kind: kind.String(), Others: ways(kind.String()), RestartURL: "/sign-in"}
		if text := pagetest.Render(t, page); strings.Contains(text, "⟦") {
			t.Errorf("%s lacks a text", kind)
		}
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
