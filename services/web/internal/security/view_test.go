package security

import (
	"strings"
	"testing"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/qr"
	"github.com/propusk-id/propusk/services/web/internal/cabinet"
	"github.com/propusk-id/propusk/services/web/internal/newpassword"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts, newpassword.Texts, cabinet.Texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

const (
	phoneID = "0192d5a0-0000-7000-8000-000000000001"
	emailID = "0192d5a0-0000-7000-8000-000000000002"
)

func overview(site pagetest.Site, lang string, contacts ...Contact) Overview {
	return Overview{Page: site.SignedIn(lang, "/cabinet/security"), Contacts: contacts, Unread: 2}
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	phone := Contact{ID: phoneID, Kind: "PHONE", Value: "+7\u00a0900\u00a0123-45-67", State: "PROVEN"}
	email := Contact{ID: emailID, Kind: "EMAIL", Value: "anna@example.ru", State: "PROVEN"}
	alone := overview(site, lang, phone)
	alone.Missing, alone.Saved = []string{"EMAIL"}, "password"
	phone.Removable, email.Removable = true, true
	goes, claimed, waits, sent := phone, email, email, email
	goes.RemovalTime, claimed.DetachTime = pagetest.Noon(), pagetest.Noon()
	waits.ID, waits.State, waits.EffectiveTime = "3", "WAITING", pagetest.Noon()
	sent.ID, sent.State = "4", "UNPROVEN"
	given := Contact{Kind: "EMAIL", Value: "anna@example.ru", State: stateGiven, AddURL: "/cabinet/security/contact?kind=EMAIL"}
	all := []pagetest.Sample{
		{Name: "security", View: alone},
		{Name: "security-both", View: overview(site, lang, phone, email)},
		{Name: "security-goes", View: overview(site, lang, goes, claimed)},
		{Name: "security-waits", View: overview(site, lang, phone, email, waits)},
		{Name: "security-sent", View: overview(site, lang, phone, sent)},
		{Name: "security-given", View: overview(site, lang, phone, given)},
	}
	asked := pagetest.Failing(site.SignedIn(lang, "/cabinet/security/question"), pagetest.Wrong("answer", errorsv1.Reason_ANSWER_TOO_SHORT))
	all = append(all, pagetest.Sample{Name: "question", View: Question{Page: site.SignedIn(lang, "/cabinet/security/question")}},
		pagetest.Sample{Name: "question-wrong", View: Question{Page: asked, Present: "Как звали собаку?", Question: "Как звали кошку?"}})
	all = append(all, trustedSamples(site, lang)...)
	all = append(all, contactSamples(site, lang)...)
	all = append(all, passwordSamples(site, lang)...)
	all = append(all, factorSamples(site, lang)...)
	return append(all, claimSamples(site, lang)...)
}

func trustedSamples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/security/trusted")
	wrong := pagetest.Failing(page, pagetest.Wrong("trusted_login", errorsv1.Reason_TRUSTED_CONTACT_SELF))
	active := Trusted{Page: page, Present: "+79007654321", Active: true, Principals: []Principal{
		{ID: phoneID, Contact: "+7 900 ***-**-67", EndTime: pagetest.Noon()},
		{ID: emailID, Contact: "a***@example.ru", Active: true},
		{ID: "3", Contact: "+7 900 ***-**-68", Active: true, EndTime: pagetest.Noon()},
	}}
	ends := Trusted{Page: page, Present: "anna@example.ru", Active: true, EndTime: pagetest.Noon(), Saved: "remove"}
	return []pagetest.Sample{
		{Name: "trusted-none", View: Trusted{Page: page}},
		{Name: "trusted-wrong", View: Trusted{Page: wrong, Login: "+7 900 123-45-67"}},
		{Name: "trusted-invited", View: Trusted{Page: page, Present: "+79007654321", EndTime: pagetest.Noon(), Saved: "invite"}},
		{Name: "trusted-active", View: active},
		{Name: "trusted-ends", View: ends},
	}
}

func factorSamples(site pagetest.Site, lang string) []pagetest.Sample {
	const otpauth = "otpauth://totp/id.example.ru:anna@example.ru?issuer=id.example.ru&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	picture, err := qr.SVG(otpauth)
	if err != nil {
		panic(err)
	}
	page := site.SignedIn(lang, "/cabinet/security/factors")
	passkey := Factor{ID: phoneID, Kind: "PASSKEY", Name: pagetest.LongName, AddTime: pagetest.Noon(), UseTime: pagetest.Noon()}
	disabled := Factor{ID: emailID, Kind: "TOTP", Disabled: true, AddTime: pagetest.Noon()}
	sms := Factor{ID: "3", Kind: "SMS_CODE", Destination: "+7 900 ***-**-67", AddTime: pagetest.Noon()}
	codes := []string{"7K2M9-QXRTV", "0B4CD-8EFGH", "J3KMN-5PQRS", "T6VWX-9YZ01", "2A3B4-C5D6E", "7F8G9-H0J1K", "2M3N4-P5Q6R", "7S8T9-V0W1X", "2Y3Z4-A5B6C", "7D8E9-F0G1H"}
	guarded := overview(site, lang, Contact{ID: phoneID, Kind: "PHONE", Value: "+7\u00a0900\u00a0123-45-67", State: "PROVEN"})
	guarded.Guarded = true
	wrong := pagetest.Failing(page, pagetest.Wrong("code", errorsv1.Reason_CODE_WRONG))
	return []pagetest.Sample{
		{Name: "security-guarded", View: guarded},
		{Name: "factors-none", View: Factors{Page: page, Addable: []string{"PASSKEY", "TOTP", "SMS_CODE"}}},
		{Name: "factors", View: Factors{Page: page, List: []Factor{passkey, disabled, sms}, Codes: 3, Addable: []string{"PASSKEY", "TOTP"}, Saved: "added"}},
		{Name: "factor-name", View: NameFactor{Page: page, Factor: passkey, Name: "Ноутбук"}},
		{Name: "factor-name-wrong", View: NameFactor{Page: pagetest.Failing(page, pagetest.Wrong("name", errorsv1.Reason_FIELD_MALFORMED)), Factor: passkey}},
		{Name: "factor-remove", View: RemoveFactor{Page: page, Factor: passkey}},
		{Name: "factor-remove-last", View: RemoveFactor{Page: page, Factor: sms, Last: true}},
		{Name: "factor-app", View: BeginApp{Page: page}},
		{Name: "factor-app-code", View: AddApp{Page: page, QR: picture, URI: otpauth, Secret: secretOf(otpauth)}},
		{Name: "factor-app-wrong", View: AddApp{Page: wrong, QR: picture, URI: otpauth, Secret: secretOf(otpauth), Code: "123456"}},
		{Name: "factor-sms", View: BeginSMS{Page: page, Phone: "+7\u00a0900\u00a0123-45-67"}},
		{Name: "factor-sms-no-phone", View: BeginSMS{Page: page}},
		{Name: "factor-passkey", View: AddPasskey{Page: page, FactorID: phoneID, Options: `{"challenge":"AA"}`}},
		{Name: "factor-passkey-limit", View: AddPasskey{Page: pagetest.Failing(page, pagetest.Wrong("", errorsv1.Reason_FACTOR_LIMIT))}},
		{Name: "backup-codes", View: BackupCodes{Page: page, Codes: codes}},
		{Name: "backup-codes-new", View: NewBackupCodes{Page: page}},
	}
}

// A name that somebody gave a passkey is text, and an address that is no app's opens nothing.
func TestWhatPeopleNameIsText(t *testing.T) {
	site := pagetest.New(t, texts, newpassword.Texts, cabinet.Texts)
	page := site.SignedIn("en", "/cabinet/security/factors")
	listed := pagetest.Render(t, Factors{Page: page, List: []Factor{{ID: "1", Kind: "PASSKEY", Name: "<script>"}}})
	app := pagetest.Render(t, AddApp{Page: page, QR: "<svg></svg>", URI: "javascript:alert(1)"})
	if strings.Contains(listed, "<script>") || strings.Contains(app, "javascript:") {
		t.Error("markup got through")
	}
}

func contactSamples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/security/contact?kind=PHONE")
	wrong := pagetest.Failing(page, pagetest.Wrong("phone", errorsv1.Reason_CONTACT_EXISTS))
	code := site.SignedIn(lang, "/cabinet/security/contacts/"+emailID)
	return []pagetest.Sample{
		{Name: "contact-add", View: NewContact{Page: page, Kind: "PHONE"}},
		{Name: "contact-change", View: NewContact{Page: page, Kind: "EMAIL", Old: "anna@example.ru", Waits: true}},
		{Name: "contact-wrong", View: NewContact{Page: wrong, Kind: "PHONE", Value: "+7 900 123-45-67", Old: "+7 900 123-45-67"}},
		{Name: "contact-code", View: EnterCode{
			Page: code, Kind: "EMAIL", Destination: "anna@example.ru", ExpireTime: pagetest.Noon(), ResendSeconds: 41,
			BackURL: "/cabinet/security/contact?kind=EMAIL",
		}},
		{Name: "contact-code-dead", View: EnterCode{
			Page: pagetest.Failing(code, pagetest.Wrong("", errorsv1.Reason_CODE_EXPIRED)), Kind: "PHONE", Destination: "+7 900 ***-**-67",
			Dead: true, BackURL: "/cabinet/security/contact?kind=PHONE",
		}},
		{Name: "contact-remove", View: Remove{Page: code, Kind: "EMAIL", Value: "anna@example.ru", Own: true, Waits: true}},
		{Name: "contact-call-off", View: Remove{Page: code, Kind: "PHONE", Value: "+7 900 123-45-67"}},
		{Name: "contact-cancel", View: Cancel{Page: site.Blank(lang, "/contacts/cancel?token=t")}},
		{Name: "contact-cancel-claim", View: Cancel{Page: site.Blank(lang, "/contacts/cancel?claim=t"), Claim: true}},
		{Name: "contact-cancel-done", View: Cancel{Page: site.Blank(lang, "/contacts/cancel?done=1"), Done: true}},
		{Name: "contact-cancel-dead", View: Cancel{
			Page: pagetest.Failing(site.Blank(lang, "/contacts/cancel?token=t"), pagetest.Wrong("", errorsv1.Reason_LINK_INVALID)), Dead: true,
		}},
	}
}

func passwordSamples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/security/password")
	wrong := pagetest.Failing(page, pagetest.Wrong("current_password", errorsv1.Reason_SIGN_IN_FAILED),
		pagetest.Wrong("password", errorsv1.Reason_PASSWORD_COMMON))
	fields := newpassword.Fields{
		Page: page, Username: "+79001234567", Context: []string{"Анна"}, Policy: &accountv1.PasswordPolicy{MinLength: 8, MaxLength: 128},
	}
	refused := fields
	refused.Page = wrong
	return []pagetest.Sample{
		{Name: "password-change", View: ChangePassword{Fields: fields}},
		{Name: "password-change-trusted", View: ChangePassword{Fields: fields, Ask: true}},
		{Name: "password-change-wrong", View: ChangePassword{Fields: refused}},
	}
}

func claimSamples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.Blank(lang, "/contacts/claim")
	wait := ClaimWait{Page: page, Destination: "+7 900 ***-**-67", EffectiveTime: pagetest.Noon(), ExpireTime: pagetest.Noon()}
	due, free := wait, wait
	due.Due, free.Free = true, true
	return []pagetest.Sample{
		{Name: "claim", View: Claim{Page: page, Kind: "PHONE"}},
		{Name: "claim-begun", View: Claim{Page: page, Kind: "EMAIL", Begun: true}},
		{Name: "claim-wait", View: wait},
		{Name: "claim-due", View: due},
		{Name: "claim-free", View: free},
	}
}

// What waits can be stopped where it is shown, and nothing else can be done to it.
func TestAContactThatGoesCanBeKept(t *testing.T) {
	site := pagetest.New(t, texts, newpassword.Texts, cabinet.Texts)
	text := pagetest.Render(t, overview(site, "en", Contact{
		ID: phoneID, Kind: "PHONE", Value: "+7 900 123-45-67", State: "PROVEN", RemovalTime: pagetest.Noon(), Removable: true,
	}))
	if !strings.Contains(text, `name="contact" value="`+phoneID+`"`) || strings.Contains(text, "/remove") {
		t.Error(text)
	}
}
