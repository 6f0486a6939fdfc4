package verification

import (
	"strings"
	"testing"

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
		return Progress{Page: page, State: state, Checks: []Check{pfr, fms}}
	}
	slow := of("PENDING", Check{State: "MATCHED"}, Check{State: "UNAVAILABLE"})
	slow.Slow = true
	return []pagetest.Sample{
		{Name: "verification-pending", View: of("PENDING", Check{State: "PENDING"}, Check{State: "PENDING"})},
		{Name: "verification-slow", View: slow},
		{Name: "verification-matched", View: of("MATCHED", Check{State: "MATCHED"}, Check{State: "MATCHED"})},
		{Name: "verification-expired", View: of("EXPIRED", Check{State: "MATCHED"}, Check{State: "EXPIRED"})},
		{Name: "verification-mismatch", View: of("NOT_MATCHED",
			Check{State: "NOT_MATCHED", Reasons: []string{"NAME", "BIRTH_DATE", "GENDER", "SNILS_NOT_FOUND"}},
			Check{State: "NOT_MATCHED", Reasons: []string{"NAME", "PASSPORT_NOT_FOUND", "PASSPORT_INVALID", "PASSPORT_ISSUE"}})},
		{Name: "verification-deceased", View: of("NOT_MATCHED", Check{State: "NOT_MATCHED", Reasons: []string{"DECEASED"}}, Check{State: "MATCHED"})},
		{Name: "verification-duplicate", View: of("NOT_MATCHED", Check{State: "NOT_MATCHED", Reasons: []string{"DUPLICATE_PERSON"}}, Check{State: "MATCHED"})},
	}
}

func TestOnlyAVerificationThatRunsRefreshesItself(t *testing.T) {
	site := pagetest.New(t, texts)
	page := site.SignedIn("en", "/cabinet/verification/1")
	for state, want := range map[string]bool{"PENDING": true, "MATCHED": false, "NOT_MATCHED": false, "EXPIRED": false} {
		text := pagetest.Render(t, Progress{Page: page, State: state})
		if got := strings.Contains(text, `http-equiv="refresh"`); got != want {
			t.Errorf("%s: refresh = %v", state, got)
		}
		if got := strings.Contains(text, "<propusk-poll"); got != want {
			t.Errorf("%s: poll = %v", state, got)
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
