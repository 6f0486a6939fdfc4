package oidc_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/testkit"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

const (
	requiredOnly = accountv1.ThirdPartyAccess_REQUIRED_ONLY
	asAgreed     = accountv1.ThirdPartyAccess_AS_AGREED
)

// limit publishes the person's word about third parties, and waits until it counts.
func (w *world) limit(access accountv1.ThirdPartyAccess, version int64) {
	w.t.Helper()
	w.Publish("account", "oidc", w.person, &accounteventsv1.ThirdPartyAccessChanged{
		AccountId: w.person, ThirdPartyAccess: access, Version: version,
	})
	testkit.Eventually(w.t, "the word counts", func() bool {
		var n int
		err := w.Pool().QueryRow(w.ctx, `SELECT count(*)::int FROM oidc.limited_accounts WHERE account_id = $1 AND version >= $2`,
			w.person, version).Scan(&n)
		return err == nil && n == 1
	})
}

// Who limits third parties gives no partner what it can do without: at once, also where it was agreed to, and until further notice.
func TestLimitedAccess(t *testing.T) {
	w := startWithPeople(t)
	revoked := testkit.Watch[eventsv1.GrantRevoked](w.Env)
	c := w.client(volunteers("email", "middle_name"))
	bound := w.agree(c, "openid profile email")
	offline := w.agree(c, "openid profile email offline_access")
	code := w.redirectedCode(c, "scope", "openid profile email offline_access")
	w.wantClaims(bound.Access, []string{"email", "middle_name", "family_name"}, nil)
	w.limit(requiredOnly, 2)

	w.wantClaims(bound.Access, []string{"family_name"}, []string{"email", "email_verified", "middle_name"})
	if _, got := w.userinfo(bound.Access); strings.Contains(got["name"].(string), "Петрович") {
		t.Errorf("name is %v", got["name"])
	}
	w.refusesAll(c, offline)
	w.wantError(w.redeem(c, code), http.StatusBadRequest, "invalid_grant")
	if e := revoked.Wait(1); e[0].GetCause() != "access_limited" {
		t.Errorf("%v", e)
	}
	at := w.redeem(c, w.redirectedCode(c, "scope", "openid profile email offline_access"))
	if at.Scope != "openid profile email" {
		t.Errorf("granted %q", at.Scope)
	}
	w.wantClaims(at.Access, []string{"family_name"}, []string{"email", "middle_name"})
	if live := w.grants(); slices.ContainsFunc(live, func(g *oidcv1.Grant) bool { return g.GetOffline() }) {
		t.Errorf("%v", live)
	}
	if got := w.consents()[0]; got.GetOfflineAccess() || !slices.ContainsFunc(got.GetClaims(), func(claim *oidcv1.ConsentClaim) bool {
		return claim.GetClaim() == "email" && claim.GetDeclined()
	}) {
		t.Errorf("%v", got)
	}

	w.limit(asAgreed, 3)
	w.wantClaims(at.Access, []string{"email", "middle_name"}, nil) // it leaves what was agreed to as it is
	if again := w.redeem(c, w.redirectedCode(c, "scope", "openid profile email offline_access")); !strings.Contains(again.Scope, "offline_access") {
		t.Errorf("granted %q", again.Scope)
	}
	w.refusesAll(c, offline) // what has ended stays ended
}

// Somebody who limits third parties is asked, but for nothing that is not given then; and what was not shown is not given afterwards.
func TestConsentWhileAccessIsLimited(t *testing.T) {
	w := startWithPeople(t)
	c := w.client(volunteers("email", "gender"))
	w.agree(c, "openid profile")
	w.limit(requiredOnly, 2)
	scope := "openid profile email offline_access"
	b := w.browser()
	id := w.begin(b, request("agency", "scope", scope))
	i := w.show(id, w.session)
	if !i.GetLimited() || slices.ContainsFunc(i.GetScopes(), func(s *oidcv1.ScopeRequest) bool { return s.GetScope() == "offline_access" }) {
		t.Errorf("%v", i)
	}
	for _, s := range i.GetScopes() {
		for _, claim := range s.GetClaims() {
			if claim.GetVoluntary() != claim.GetDeclined() {
				t.Errorf("%v", claim)
			}
		}
	}
	next, err := w.allow(id, strings.Fields(scope)) // as a page that was open before sends it
	if err != nil {
		t.Fatal(err)
	}
	a := w.redeem(c, w.partner(b, next).Get("code"))
	if a.Scope != "openid profile email" {
		t.Errorf("granted %q", a.Scope)
	}
	w.wantClaims(a.Access, []string{"family_name"}, []string{"email", "gender"})
	w.limit(asAgreed, 3)
	at := w.redeem(c, w.redirectedCode(c, "scope", "openid profile email"))
	w.wantClaims(at.Access, []string{"gender"}, []string{"email"})
}

// Of words that come in another order the last counts, and one that comes twice counts once.
func TestTheLastWordAboutAccessCounts(t *testing.T) {
	w := startWithPeople(t)
	c := w.client(volunteers("email"))
	w.limit(asAgreed, 5)
	w.limit(requiredOnly, 4)
	// A later event of the stream tells that the earlier one was handled.
	a := w.agree(c, "openid email offline_access")
	w.signOut(w.signIn(accountv1.Level_CONFIRMED))
	testkit.Eventually(t, "the event after it", func() bool {
		var n int
		err := w.Pool().QueryRow(w.ctx, `SELECT count(*)::int FROM oidc.ended_sessions`).Scan(&n)
		return err == nil && n == 1
	})
	w.wantClaims(a.Access, []string{"email"}, nil)
	if n := w.grants(); len(n) != 1 {
		t.Errorf("%v", n)
	}
}

// The setting is one person's.
func TestLimitedAccessIsOnePersons(t *testing.T) {
	w := startWithPeople(t)
	c := w.client(volunteers("email"))
	a := w.agree(c, "openid email offline_access")
	person, session := w.person, w.session
	w.person = "0192d5a0-0000-7000-8000-00000000000f"
	w.limit(requiredOnly, 2)
	w.session = w.signIn(accountv1.Level_CONFIRMED)
	theirs := w.agree(c, "openid email")
	w.wantClaims(theirs.Access, nil, []string{"email"})
	w.person, w.session = person, session
	w.wantClaims(a.Access, []string{"email"}, nil)
}

// What the ID token gives of a person is limited and on record like what userinfo gives, also when a remembered grant is renewed.
func TestIDTokensGiveNoMoreThanUserinfo(t *testing.T) {
	w := startWithPeople(t)
	released := testkit.Watch[eventsv1.DataReleased](w.Env)
	c := w.client(volunteers("email", "gender"), func(r *registered) { r.IdTokenClaims = true })
	a := w.agree(c, "openid profile email")
	if got := claims(t, a.ID); got["email"] == nil || got["gender"] == nil {
		t.Fatalf("before: %v", got)
	}
	if e := released.Wait(1)[0]; !slices.Contains(e.GetClaims(), "email") || !slices.Contains(e.GetClaims(), "family_name") {
		t.Errorf("on record: %v", e)
	}
	w.limit(requiredOnly, 2)
	for name, token := range map[string]string{
		"a renewed one": w.refresh(c, a.Refresh).ID,
		"a new one":     w.redeem(c, w.redirectedCode(c, "scope", "openid profile email")).ID,
	} {
		if got := claims(t, token); got["email"] != nil || got["email_verified"] != nil || got["gender"] != nil || got["family_name"] == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}
