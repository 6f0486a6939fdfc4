package person

import (
	"strings"
	"testing"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func anna() map[string]string {
	return map[string]string{
		"last_name": "Петрова", "first_name": "Анна", "middle_name": "Сергеевна", "gender": "F", "birth_date": "1990-03-08",
		"birth_place": "г. Тула", "citizenship": "RUS", "snils": "00000060001", "passport_number": "4511123456",
		"issue_date": "2010-04-02", "issued_by": "ОВД района Арбат г. Москвы", "issue_code": "770-001",
	}
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/person")
	full := Summary{Page: page, State: "UNVERIFIED", Answers: anna(), Vouched: func(string) bool { return true }}
	begun, foreign, wrong, doubted, pending, verified := full, full, full, full, full, full
	begun.Answers = map[string]string{"last_name": "Петрова", "first_name": "Анна"}
	foreign.Answers = map[string]string{"last_name": "Саидов", "first_name": "Рустам", "citizenship": "TJK"}
	wrong.Page = pagetest.Failing(page, pagetest.Wrong("person.snils", errorsv1.Reason_FIELD_CHECKSUM),
		pagetest.Wrong("document.issue_date", errorsv1.Reason_PASSPORT_REPLACE_AT_20))
	doubted.Doubts = map[string]string{"last_name": page.T("person.doubt", "Who", "X"), "issue_code": page.T("person.doubt", "Who", "X")}
	pending.State, pending.VerificationURL = "PENDING", "/cabinet/verification/1"
	verified.State = "VERIFIED"
	verified.Vouched = func(field string) bool { return field != "birth_place" && field != "issued_by" }
	long := full
	long.SignedInName = pagetest.LongName + " П."
	long.Answers = map[string]string{"last_name": pagetest.LongName, "first_name": pagetest.LongName, "middle_name": pagetest.LongName}
	longWhole := long
	longWhole.Answers = anna()
	longWhole.Answers["last_name"], longWhole.Answers["issued_by"] = pagetest.LongName, pagetest.LongName
	all := []pagetest.Sample{
		{Name: "person-begun", View: begun},
		{Name: "person-begun-long", View: long},
		{Name: "person-check-long", View: longWhole},
		{Name: "person-check", View: full},
		{Name: "person-foreign", View: foreign},
		{Name: "person-wrong", View: wrong},
		{Name: "person-doubted", View: doubted},
		{Name: "person-pending", View: pending},
		{Name: "person-verified", View: verified},
		{Name: "foreign", View: Foreign{Page: page, Country: "Таджикистан"}},
	}
	for _, s := range profiles.Steps() {
		all = append(all, steps(site, lang, s)...)
	}
	return all
}

// steps are a page as it is opened first, refused in every field, and in the way of another tab.
func steps(site pagetest.Site, lang string, s profiles.Step) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/person/"+s.Name)
	empty := Step{Page: page, Name: s.Name, Answers: map[string]string{}, Seen: "v"}
	wrong, late := empty, empty
	var refused []components.FieldError
	for _, field := range s.Fields {
		refused = append(refused, pagetest.Wrong(field, errorsv1.Reason_FIELD_MALFORMED))
	}
	wrong.Page = pagetest.Failing(page, refused...)
	wrong.Answers = shownFor(s, anna())
	wrong.Doubts = map[string]string{s.Fields[0]: page.T("person.doubt", "Who", "X")}
	late.Page = pagetest.Failing(page, components.FieldError{Reason: errorsv1.Reason_PRECONDITION_FAILED})
	late.Saved = s.Facts(page, anna())
	draft := empty
	draft.Page, draft.Answers = pagetest.Kept(pagetest.Draft(page), "kept.session"), shownFor(s, anna())
	return []pagetest.Sample{
		{Name: "person-" + s.Name, View: empty},
		{Name: "person-" + s.Name + "-draft", View: draft},
		{Name: "person-" + s.Name + "-wrong", View: wrong},
		{Name: "person-" + s.Name + "-late", View: late},
	}
}

func TestLockedDataCannotBeChanged(t *testing.T) {
	site := pagetest.New(t, texts)
	for state, want := range map[string]bool{"UNVERIFIED": true, "PENDING": false, "VERIFIED": false} {
		m := Summary{
			Page: site.SignedIn("en", "/cabinet/person"), State: state, Answers: anna(), Vouched: func(string) bool { return true },
		}
		text := pagetest.Render(t, m)
		if form, change := strings.Contains(text, "<form"), strings.Contains(text, "?change=1"); form != want || change != want {
			t.Errorf("%s: form %v, change %v", state, form, change)
		}
		if !strings.Contains(text, "Петрова") {
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
		if n := strings.Count(text, "no authority has confirmed it"); n != want {
			t.Errorf("%s says it of %d fields, want %d", s.Name, n, want)
		}
	}
}

// Only what is whole is submitted, and only a citizen of Russia is asked for a Russian passport.
func TestTheSummaryLeadsOn(t *testing.T) {
	for name, want := range map[string]string{
		"person-begun": `class="button" href="/cabinet/person/birth"`, "person-check": `value="submit"`,
		"person-foreign": `href="/cabinet/person/foreign"`,
	} {
		for _, s := range samples(pagetest.New(t, texts), "en") {
			if s.Name != name {
				continue
			}
			text := pagetest.Render(t, s.View)
			if !strings.Contains(text, want) {
				t.Errorf("%s does not have %s", name, want)
			}
			if submits := strings.Contains(text, `value="submit"`); submits != (name == "person-check") {
				t.Errorf("%s: submits %t", name, submits)
			}
			if name == "person-foreign" && strings.Contains(text, "/cabinet/person/passport") {
				t.Error("a foreign citizen is asked for a Russian passport")
			}
		}
	}
}

func TestThePassportIsReadFromOneField(t *testing.T) {
	for typed, want := range map[string][2]string{
		"9902 600017": {"9902", "600017"}, "99 02 600017": {"9902", "600017"}, "9902600017": {"9902", "600017"},
		"99-02 600 017": {"9902", "600017"}, "9902": {"9902", ""}, "99 02 6000171": {"9902", "6000171"}, "": {"", ""},
	} {
		if series, number := splitPassport(typed); series != want[0] || number != want[1] {
			t.Errorf("%q is %q and %q", typed, series, number)
		}
	}
}

// Every value of the contracts has words on the page that shows it.
func TestEveryValueHasWords(t *testing.T) {
	site := pagetest.New(t, texts)
	page := site.SignedIn("en", "/x")
	summary := func(state, gender string) components.View {
		return Summary{Page: page, State: state, Answers: map[string]string{"gender": gender}, Vouched: func(string) bool { return true }}
	}
	pagetest.CheckValues(t, profilev1.Gender(0).Descriptor(), func(v string) components.View { return summary("VERIFIED", v) })
	pagetest.CheckValues(t, profilev1.DataState(0).Descriptor(), func(v string) components.View { return summary(v, "F") })
}
