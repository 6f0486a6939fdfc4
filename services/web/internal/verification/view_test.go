package verification

import (
	"strings"
	"testing"
	"time"

	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/verification/1")
	of := func(state string, pfr, fms Check) Progress {
		pfr.Registry, fms.Registry = "PFR", "FMS"
		return Progress{Page: page, State: state, Checks: []Check{pfr, fms}, ExpireTime: pagetest.Noon().Add(5 * 24 * time.Hour)}
	}
	slow := of("PENDING", Check{State: "MATCHED"}, Check{State: "UNAVAILABLE"})
	slow.Slow = true
	supported := of("NOT_MATCHED", Check{State: "NOT_MATCHED", Reasons: []string{"DUPLICATE_PERSON"}}, Check{State: "MATCHED"})
	supported.Page = pagetest.Supported(page)
	return []pagetest.Sample{
		{Name: "verification-duplicate-support", View: supported},
		{Name: "verification-pending", View: of("PENDING", Check{State: "PENDING"}, Check{State: "PENDING"})},
		{Name: "verification-slow", View: slow},
		{Name: "verification-matched", View: of("MATCHED", Check{State: "MATCHED"}, Check{State: "MATCHED"})},
		{Name: "verification-expired", View: of("EXPIRED", Check{State: "MATCHED"}, Check{State: "EXPIRED"})},
		{Name: "verification-mismatch", View: of("NOT_MATCHED",
			Check{State: "NOT_MATCHED", Reasons: []string{"NAME", "BIRTH_DATE", "GENDER", "SNILS_NOT_FOUND"}},
			Check{State: "NOT_MATCHED", Reasons: []string{"NAME", "PASSPORT_NOT_FOUND", "PASSPORT_INVALID", "PASSPORT_ISSUE"}})},
		{Name: "verification-deceased", View: of("NOT_MATCHED", Check{State: "NOT_MATCHED", Reasons: []string{"DECEASED"}}, Check{State: "MATCHED"})},
		{Name: "verification-mismatch-away", View: of("NOT_MATCHED", Check{State: "NOT_MATCHED", Reasons: []string{"NAME"}}, Check{State: "EXPIRED"})},
		{Name: "verification-duplicate", View: of("NOT_MATCHED", Check{State: "NOT_MATCHED", Reasons: []string{"DUPLICATE_PERSON"}}, Check{State: "MATCHED"})},
	}
}

// A page that loads itself anew takes away what somebody is reading (WCAG 2.2.1, F41): without JavaScript there is a link instead.
func TestOnlyAVerificationThatRunsIsLookedAtAgain(t *testing.T) {
	site := pagetest.New(t, texts)
	page := site.SignedIn("en", "/cabinet/verification/1")
	for state, want := range map[string]bool{"PENDING": true, "MATCHED": false, "NOT_MATCHED": false, "EXPIRED": false} {
		text := pagetest.Render(t, Progress{Page: page, State: state})
		if strings.Contains(text, `http-equiv="refresh"`) {
			t.Errorf("%s: the page loads itself anew", state)
		}
		if got := strings.Contains(text, `<noscript><p><a href="/cabinet/verification/1">`); got != want {
			t.Errorf("%s: a link without JavaScript = %v", state, got)
		}
		if got := strings.Contains(text, "<propusk-poll"); got != want {
			t.Errorf("%s: poll = %v", state, got)
		}
	}
}

// Each outcome has its own title and its own next step; where no correction helps none is asked for.
func TestEveryOutcomeHasItsNextStep(t *testing.T) {
	for name, want := range map[string][]string{
		"verification-pending":       {"<title>Checking your details", "by 26 November 2025", `href="/cabinet"`},
		"verification-slow":          {"Not answering: Ministry of Internal Affairs (MVD)", "we will ask again"},
		"verification-matched":       {"<title>Your details match", `href="/cabinet/letter"`},
		"verification-expired":       {"<title>The authorities did not answer in time", "This does not mean that your details are wrong", `value="restart"`},
		"verification-mismatch":      {"<title>Your details do not match", "/cabinet/person/names?change=1#last_name", "/cabinet/person/passport?change=1#issue_date"},
		"verification-mismatch-away": {"No answer in time from: Ministry of Internal Affairs (MVD)"},
		"verification-duplicate":     {"<title>You already have an account", `href="/sign-out?next=%2Fsign-in"`},
		"verification-deceased":      {"Records of the Social Fund (SFR) show this person as deceased", "Go to an office of the Social Fund"},
	} {
		for _, s := range samples(pagetest.New(t, texts), "en") {
			if s.Name != name {
				continue
			}
			text := pagetest.Render(t, s.View)
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s does not have %q", name, w)
				}
			}
			beyond := strings.HasSuffix(name, "duplicate") || strings.HasSuffix(name, "deceased")
			if beyond && strings.Contains(text, "/cabinet/person") {
				t.Errorf("%s asks to correct the data", name)
			}
		}
	}
}

// Every value of the contracts has words on the page that shows it.
func TestEveryValueHasWords(t *testing.T) {
	site := pagetest.New(t, texts)
	page := site.SignedIn("en", "/x")
	show := func(state string, c Check) components.View {
		return Progress{Page: page, State: state, Checks: []Check{c}}
	}
	pagetest.CheckValues(t, verificationv1.State(0).Descriptor(), func(v string) components.View {
		return show(v, Check{Registry: "PFR", State: "PENDING"})
	})
	pagetest.CheckValues(t, verificationv1.Registry(0).Descriptor(), func(v string) components.View {
		return show("PENDING", Check{Registry: v, State: "UNAVAILABLE"})
	})
	pagetest.CheckValues(t, verificationv1.Check_State(0).Descriptor(), func(v string) components.View {
		return show("PENDING", Check{Registry: "FMS", State: v})
	})
	pagetest.CheckValues(t, verificationv1.MismatchReason(0).Descriptor(), func(v string) components.View {
		return show("NOT_MATCHED", Check{Registry: "FMS", State: "NOT_MATCHED", Reasons: []string{v}})
	})
}
