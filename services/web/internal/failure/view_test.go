package failure

import (
	"testing"

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
	return []pagetest.Sample{
		{Name: "error", View: Refusal{Page: plain, Reason: errorsv1.Reason_UNAVAILABLE, Params: map[string]string{"Seconds": "30"}}},
		{Name: "run-out", View: Refusal{Page: plain, Reason: errorsv1.Reason_INTERACTION_NOT_FOUND, Back: partners.Way{
			Partner: "Городская поликлиника № 7", Host: "clinic.example", URL: "https://clinic.example/login",
		}}},
		{Name: "not-found", View: NotFound{Page: plain}},
	}
}
