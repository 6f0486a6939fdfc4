package avatar

import (
	"testing"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/cabinet"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts, cabinet.Texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample {
		page := site.SignedIn(lang, "/cabinet/security/avatar")
		return []pagetest.Sample{
			{Name: "avatar", View: Choose{Page: page, Saved: "removed", Unread: 1}},
			{Name: "avatar-set", View: Choose{Page: page, Set: true, Saved: "set"}},
			{Name: "avatar-wrong", View: Choose{
				Page: pagetest.Failing(page, pagetest.Wrong(fieldImage, errorsv1.Reason_IMAGE_FORMAT_UNKNOWN)), Set: true,
			}},
		}
	})
}
