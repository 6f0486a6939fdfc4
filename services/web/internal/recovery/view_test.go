package recovery

import (
	"strings"
	"testing"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/newpassword"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts, newpassword.Texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	begin, step := site.Blank(lang, "/recover"), site.Blank(lang, "/recover/step")
	wrong := pagetest.Failing(begin, pagetest.Wrong(fieldLogin, errorsv1.Reason_LOGIN_NOT_CONTACT))
	limit := components.FieldError{Reason: errorsv1.Reason_RECOVERY_LIMIT, Params: map[string]string{"Seconds": "4000"}}
	all := []pagetest.Sample{
		{Name: "recover", View: Start{Page: begin}},
		{Name: "recover-over", View: Start{Page: begin, Over: true}},
		{Name: "recover-wrong", View: Start{Page: wrong, Login: "000-000-600 01"}},
		{Name: "recover-limit", View: Start{Page: pagetest.Failing(begin, limit), Login: "+7 900 123-45-67"}},
		{Name: "recover-wait", View: Wait{Page: site.Blank(lang, "/recover/wait"), EffectiveTime: pagetest.Noon(), ExpireTime: pagetest.Noon(), Others: []string{"EMAIL_CODE"}}},
		{Name: "recover-alone", View: Step{Page: step, Kind: "STEP_KIND_UNSPECIFIED", CanWait: true, Alone: true}},
		{Name: "recover-code-dead", View: Step{
			Page: pagetest.Failing(step, pagetest.Wrong("", errorsv1.Reason_CODE_EXPIRED)), Kind: "SMS_CODE", Destination: "+7 900 ***-**-67",
			ExpireTime: pagetest.Noon(), Dead: true,
		}},
		{Name: "recover-cancel", View: Cancel{Page: site.Blank(lang, "/recover/cancel?token=t")}},
		{Name: "recover-cancelled", View: Cancel{Page: site.Blank(lang, "/recover/cancel?done=1"), Done: true}},
		{Name: "recover-cancel-dead", View: Cancel{
			Page: pagetest.Failing(site.Blank(lang, "/recover/cancel?token=t"), pagetest.Wrong("", errorsv1.Reason_RECOVERY_COMPLETED)), Dead: true,
		}},
		{Name: "recover-done", View: Done{Page: site.Blank(lang, "/recover/done")}},
		{Name: "recover-lost", View: Lost{Page: site.Blank(lang, "/recover/lost")}},
		{Name: "recover-lost-support", View: Lost{Page: pagetest.Supported(site.Blank(lang, "/recover/lost"))}},
	}
	for _, without := range []bool{false, true} {
		all = append(all, pagetest.Sample{Name: map[bool]string{false: "recover-password", true: "recover-without"}[without], View: NewPassword{
			Fields: newpassword.Fields{
				Page: site.Blank(lang, "/recover/password"), Username: "+79001234567",
				Policy: &accountv1.PasswordPolicy{MinLength: 8, MaxLength: 128, Composed: true, Punctuation: "!-.", Forbidden: "*#"},
			}, CanDoWithout: without,
		}})
	}
	for kind, name := range accountv1.StepKind_name {
		if kind == 0 || kind == int32(accountv1.StepKind_PASSWORD) {
			continue
		}
		m := Step{Page: step, Kind: name, Others: []string{"BACKUP_CODE"}, Question: "Как звали первую собаку?", Options: "{}", CanWait: true}
		all = append(all, pagetest.Sample{Name: "recover-" + strings.ToLower(name), View: m})
	}
	sent := Step{
		Page: step, Kind: "SMS_CODE", Destination: "+7 900 ***-**-67", ExpireTime: pagetest.Noon(), ResendSeconds: 41,
		Others: []string{"PASSKEY", "BACKUP_CODE"},
	}
	return append(all, pagetest.Sample{Name: "recover-code", View: sent})
}

// Every way of a recovery has its words, so that none is asked for in silence.
func TestEveryStepHasWords(t *testing.T) {
	site := pagetest.New(t, texts, newpassword.Texts)
	for kind, name := range accountv1.StepKind_name {
		if kind == 0 || kind == int32(accountv1.StepKind_PASSWORD) {
			continue
		}
		page := site.Blank("en", "/recover/step")
		for _, key := range []string{"recovery.title_" + name, "recovery.way_" + name} {
			if text := page.T(key); text == "" || text == key {
				t.Errorf("no words for %s", key)
			}
		}
	}
}
