package failure

import (
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
	"github.com/propusk-id/propusk/services/web/internal/partners"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts, partners.Texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	plain := site.Blank(lang, "/nowhere")
	plain.Sandbox = false
	var all []pagetest.Sample
	for _, reason := range []errs.Reason{
		errorsv1.Reason_CSRF_FAILED, errorsv1.Reason_RATE_LIMITED, errorsv1.Reason_LINK_USED, errorsv1.Reason_LINK_INVALID,
		errorsv1.Reason_REGISTRATION_EXPIRED, errorsv1.Reason_LOGOUT_NOT_FOUND, errorsv1.Reason_VERIFICATION_NOT_FOUND,
		errorsv1.Reason_LETTER_NOT_FOUND, errorsv1.Reason_CLIENT_UNKNOWN, errorsv1.Reason_INTERACTION_NOT_FOUND,
	} {
		all = append(all, pagetest.Sample{Name: "error-" + reason.String(), View: Refusal{
			Page: plain, Reason: reason, Params: map[string]string{"Seconds": "30"},
		}})
	}
	return append(all, []pagetest.Sample{
		{Name: "error", View: Refusal{Page: plain, Reason: errorsv1.Reason_UNAVAILABLE, Params: map[string]string{"Seconds": "30"}}},
		{Name: "error-support", View: Refusal{Page: pagetest.Supported(plain), Reason: errorsv1.Reason_INTERNAL}},
		{Name: "run-out", View: Refusal{Page: plain, Reason: errorsv1.Reason_INTERACTION_NOT_FOUND, Back: partners.Way{
			Partner: "Городская поликлиника № 7", Host: "clinic.example", URL: "https://clinic.example/login",
		}}},
		{Name: "not-found", View: NotFound{Page: plain}},
	}...)
}

// An error page says how to reach support, and to tell it the request; where there is none it only gives the number.
func TestTheErrorPageLeadsToSupport(t *testing.T) {
	page := pagetest.New(t, texts).Blank("en", "/x")
	alone := pagetest.Render(t, Refusal{Page: page, Reason: errorsv1.Reason_INTERNAL})
	if strings.Contains(alone, "support") || !strings.Contains(alone, "Request number:") || !strings.Contains(alone, page.RequestID) {
		t.Errorf("without support: %s", alone)
	}
	text := pagetest.Render(t, Refusal{Page: pagetest.Supported(page), Reason: errorsv1.Reason_INTERNAL})
	if !strings.Contains(text, "If you contact support") || !strings.Contains(text, "tel:88001007010") {
		t.Errorf("with support: %s", text)
	}
}
