package oidc_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// One event for each set of claims under a grant, however often it is given; the rest is counted by the day.
func TestWhatIsGivenIsOnRecordOnce(t *testing.T) {
	w := startWithPeople(t)
	released := testkit.Watch[eventsv1.DataReleased](w.Env)
	c := w.client()
	a := w.tokens(c, "scope", "openid email snils offline_access")
	for range 5 {
		w.wantClaims(a.Access, []string{"email", "snils"}, nil)
	}
	narrow := w.refresh(c, a.Refresh, "scope", "openid email")
	for range 2 {
		w.wantClaims(narrow.Access, []string{"email"}, []string{"snils"})
	}
	if w.userinfo(w.tokens(c, "scope", "openid").Access); len(w.releases()) > 2 {
		t.Error("an identifier alone is no data")
	}
	w.Restart()
	w.dial()
	w.wantClaims(narrow.Access, []string{"email"}, nil)
	another := w.tokens(c, "scope", "openid email")
	w.wantClaims(another.Access, []string{"email"}, nil)
	events := released.Wait(3)
	var sets []string
	for _, e := range events {
		sets = append(sets, strings.Join(e.GetClaims(), " "))
		if e.GetClientId() != "agency" || e.GetAccountId() != w.person || e.GetGrantId() == "" {
			t.Errorf("%v", e)
		}
		text, err := protojson.Marshal(e)
		if err != nil || strings.Contains(string(text), "example.ru") || strings.Contains(string(text), "000-000") {
			t.Errorf("%s, %v", text, err)
		}
	}
	if slices.Sort(sets); !slices.Equal(sets, []string{"email", "email", "email snils"}) {
		t.Errorf("on record: %v", sets)
	}
	w.Clock.Advance(time.Second)
	testkit.Eventually(t, "all is counted", func() bool {
		counts := w.releases()
		return counts["email"] == 4 && counts["email snils"] == 5 && len(counts) == 2
	})
	if n := len(released.All()); n != 3 {
		t.Errorf("%d events", n)
	}
	if got := w.consents()[0]; got.GetReleaseCount() != 9 {
		t.Errorf("%v", got)
	}
}

// releases are how often each set of claims was given, as stored.
func (w *world) releases() map[string]int64 {
	w.t.Helper()
	rows, err := w.Pool().Query(w.ctx, `SELECT array_to_string(claims, ' '), times FROM oidc.data_releases`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var claims string
		var times int64
		if err := rows.Scan(&claims, &times); err != nil {
			w.t.Fatal(err)
		}
		out[claims] += times
	}
	return out
}

// A day is a row, and what is over is swept.
func TestReleasesAreCountedByTheDay(t *testing.T) {
	w := startWithPeople(t)
	c := w.client()
	a := w.tokens(c, "scope", "openid email offline_access")
	w.wantClaims(a.Access, []string{"email"}, nil)
	count := func() (n int) {
		if err := w.Pool().QueryRow(w.ctx, `SELECT count(*)::int FROM oidc.data_releases`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	w.Clock.Advance(24 * time.Hour)
	a = w.refresh(c, a.Refresh)
	w.wantClaims(a.Access, []string{"email"}, nil)
	w.Clock.Advance(time.Second)
	testkit.Eventually(t, "another day has a row of its own", func() bool { return count() == 2 })
	if got := w.consents()[0]; got.GetReleaseCount() != 2 {
		t.Errorf("%v", got)
	}
	w.Clock.Advance(182 * 24 * time.Hour)
	testkit.Eventually(t, "what is half a year old is forgotten", func() bool { return count() == 0 })
	if got := w.consents()[0]; got.GetReleaseCount() != 0 || got.LastReleaseTime != nil {
		t.Errorf("%v", got)
	}
}

// Whose data went somewhere since an instant is told also where nobody signed in: access outlives sessions.
func TestWhereDataWentSince(t *testing.T) {
	w := startWithPeople(t)
	account := oidcv1.NewOIDCServiceClient(w.Dial("account", "oidc"))
	list := func(since, until time.Time) []*oidcv1.PartnerSignIn {
		t.Helper()
		out, err := account.ListPartnerSignIns(w.ctx, &oidcv1.ListPartnerSignInsRequest{
			AccountId: w.person, SinceTime: timestamppb.New(since), UntilTime: timestamppb.New(until),
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.GetSignIns()
	}
	c, spa := w.client(), w.client(public)
	before := w.Clock.Now()
	a := w.tokens(c, "scope", "openid email snils offline_access")
	w.wantClaims(a.Access, []string{"snils"}, nil)
	w.Clock.Advance(time.Minute)
	since := w.Clock.Now()
	w.tokens(spa, "scope", "openid email")
	a = w.refresh(c, a.Refresh, "scope", "openid email")
	w.wantClaims(a.Access, []string{"email"}, nil)
	w.Clock.Advance(time.Minute)
	got := map[string]*oidcv1.PartnerSignIn{}
	for _, s := range list(since, w.Clock.Now()) {
		got[s.GetPartner().GetClientId()] = s
	}
	agency := got["agency"]
	if len(got) != 2 || agency.Time != nil || !slices.Equal(agency.GetClaims(), []string{"email"}) ||
		!agency.GetReleaseTime().AsTime().Equal(since) {
		t.Errorf("%v", got)
	}
	if got["spa"].GetTime() == nil || got["spa"].ReleaseTime != nil || len(got["spa"].GetClaims()) != 0 {
		t.Errorf("%v", got["spa"])
	}
	early := list(before.Add(-time.Hour), before.Add(time.Second))
	if len(early) != 1 || !early[0].GetTime().AsTime().Equal(before) {
		t.Errorf("%v", early)
	}
}

// A client that asks for ever new sets of claims makes no more events than there is room for under a grant.
func TestSetsUnderAGrantAreBounded(t *testing.T) {
	w := startWithPeople(t)
	released := testkit.Watch[eventsv1.DataReleased](w.Env)
	c := w.client()
	a := w.tokens(c, "scope", strings.Join(allScopes(), " "))
	scopes := []string{"profile", "email", "phone", "address", "snils", "id_doc"}
	for subset := 1; subset < 1<<len(scopes); subset++ {
		wanted := []string{"openid"}
		for i, s := range scopes {
			if subset&(1<<i) != 0 {
				wanted = append(wanted, s)
			}
		}
		a = w.refresh(c, a.Refresh, "scope", strings.Join(wanted, " "))
		if a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.Error)
		}
		if status, _ := w.userinfo(a.Access); status != http.StatusOK {
			t.Fatalf("userinfo: %d", status)
		}
	}
	w.Clock.Advance(time.Second)
	testkit.Eventually(t, "all is counted", func() bool { return len(w.releases()) == 63 })
	if n := len(released.Wait(32)); n != 32 {
		t.Errorf("%d events", n)
	}
	var stored json.RawMessage
	if err := w.Pool().QueryRow(w.ctx, `SELECT to_jsonb(max(cardinality(released))) FROM oidc.grants`).Scan(&stored); err != nil || string(stored) != "32" {
		t.Errorf("%s, %v", stored, err)
	}
}
