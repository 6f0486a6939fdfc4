package person

import (
	"strings"
	"testing"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	full := Form{
		Page: site.SignedIn(lang, "/cabinet/person"), State: "UNVERIFIED", ETag: "1", PassportETag: "2",
		LastName: "Петрова", FirstName: "Анна", MiddleName: "Сергеевна", Gender: "F", BirthDate: "1990-03-08",
		BirthPlace: "г. Тула", SNILS: "00000060001", Series: "4511", Number: "123456", IssueDate: "2010-04-02",
		IssuedBy: "ОВД района Арбат г. Москвы", IssueCode: "770-001",
	}
	empty := Form{Page: full.Page, State: "UNVERIFIED", LastName: "Петрова", FirstName: "Анна"}
	bad, pending, verified := full, full, full
	bad.Page = pagetest.Failing(full.Page,
		pagetest.Wrong("person.snils", errorsv1.Reason_FIELD_CHECKSUM), pagetest.Wrong("gender", errorsv1.Reason_FIELD_REQUIRED),
		pagetest.Wrong("document.issue_date", errorsv1.Reason_PASSPORT_REPLACE_AT_20), pagetest.Wrong("birth_date", errorsv1.Reason_DATE_IN_FUTURE),
		pagetest.Wrong("citizenship", errorsv1.Reason_FIELD_UNKNOWN_VALUE), pagetest.Wrong("series", errorsv1.Reason_FIELD_MALFORMED))
	bad.Gender = ""
	pending.State, pending.VerificationURL = "PENDING", "/cabinet/verification/1"
	verified.State, verified.Vouched = "VERIFIED", []string{
		"last_name", "gender", "birth_date", "citizenship", "snils", "number", "issue_date", "issue_code",
	}
	return []pagetest.Sample{
		{Name: "person", View: empty}, {Name: "person-wrong", View: bad}, {Name: "person-pending", View: pending}, {Name: "person-verified", View: verified},
	}
}

func TestLockedDataHasNoForm(t *testing.T) {
	site := pagetest.New(t, texts)
	for state, want := range map[string]bool{"UNVERIFIED": true, "PENDING": false, "VERIFIED": false} {
		text := pagetest.Render(t, Form{Page: site.SignedIn("en", "/cabinet/person"), State: state, LastName: "Petrova"})
		if got := strings.Contains(text, "<form"); got != want {
			t.Errorf("%s: form = %v", state, got)
		}
		if !strings.Contains(text, "Petrova") {
			t.Errorf("%s: the data is not shown", state)
		}
	}
}

// The page says which of the verified data is only the person's word.
func TestWhatNobodyVouchedForIsSaid(t *testing.T) {
	for _, s := range samples(pagetest.New(t, texts), "en") {
		text := pagetest.Render(t, s.View)
		want := 0
		if s.Name == "person-verified" {
			want = 2 // the birth place and the issuer
		}
		if n := strings.Count(text, "no registry vouched for it"); n != want {
			t.Errorf("%s says it of %d fields, want %d", s.Name, n, want)
		}
	}
}

// Every value of the contracts has words on the page that shows it.
func TestEveryValueHasWords(t *testing.T) {
	site := pagetest.New(t, texts)
	page := site.SignedIn("en", "/x")
	pagetest.CheckValues(t, profilev1.Gender(0).Descriptor(), func(v string) components.View {
		return Form{Page: page, State: "VERIFIED", Gender: v}
	})
	pagetest.CheckValues(t, profilev1.DataState(0).Descriptor(), func(v string) components.View {
		return Form{Page: page, State: v}
	})
}
