package oidc_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

// wantField asks for a refused field.
func wantField(t *testing.T, err error, field string, want errorsv1.Reason) {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || len(e.Fields) != 1 || e.Fields[0].Name != field || e.Fields[0].Reason != want {
		t.Errorf("got %v, want %s: %s", err, field, want)
	}
}

func volunteers(claims ...string) func(*registered) {
	return func(r *registered) { r.VoluntaryClaims = claims }
}

// people have a whole card and proven contacts.
func startWithPeople(t *testing.T) *world {
	t.Helper()
	w := start(t)
	w.profile.card = card(profilev1.DataState_VERIFIED)
	w.account.contacts = &accountv1.Contacts{Phone: "+79001234567", Email: "p@example.ru", Language: "ru"}
	return w
}

func (w *world) allow(id string, scopes []string, declined ...string) (string, error) {
	r, err := w.pages.DecideInteraction(w.ctx, &oidcv1.DecideInteractionRequest{
		InteractionId: id, SessionId: w.session, Decision: oidcv1.Decision_ALLOW, Scopes: scopes, Browser: w.browsers[id],
		DeclinedClaims: declined,
	})
	return r.GetContinueUrl(), err
}

// agree takes a request to tokens, keeping claims back.
func (w *world) agree(c *registered, scope string, declined ...string) tokenAnswer {
	w.t.Helper()
	b := w.browser()
	id := w.begin(b, request(c.GetClientId(), "scope", scope, "prompt", "consent"))
	next, err := w.allow(id, strings.Fields(scope), declined...)
	if err != nil {
		w.t.Fatal(err)
	}
	a := w.redeem(c, w.partner(b, next).Get("code"))
	if a.status != http.StatusOK {
		w.t.Fatalf("no tokens: %d %s", a.status, a.Error)
	}
	return a
}

func (w *world) wantClaims(token string, has, hasNot []string) {
	w.t.Helper()
	_, got := w.userinfo(token)
	for _, name := range has {
		if got[name] == nil {
			w.t.Errorf("%s is not given: %v", name, got)
		}
	}
	for _, name := range hasNot {
		if got[name] != nil {
			w.t.Errorf("%s is given: %v", name, got)
		}
	}
}

// What is shown before the person agrees is what userinfo gives afterwards.
func TestConsentShowsTheValues(t *testing.T) {
	w := startWithPeople(t)
	w.client(volunteers("middle_name", "email"))
	w.account.contacts.Email = ""
	w.profile.card.UnprovenEmail = ""
	i := w.show(w.begin(w.browser(), request("agency", "scope", strings.Join(allScopes(), " "))), w.session)
	got := map[string]map[string]string{}
	voluntary := map[string]bool{}
	for _, s := range i.GetScopes() {
		got[s.GetScope()] = map[string]string{}
		for _, c := range s.GetClaims() {
			got[s.GetScope()][c.GetClaim()] = c.GetValue()
			voluntary[c.GetClaim()] = c.GetVoluntary()
		}
	}
	want := map[string]map[string]string{
		"openid": {}, "offline_access": {},
		"profile": {
			"family_name": "Петров", "given_name": "Пётр", "middle_name": "Петрович", "gender": "male", "birthdate": "1990-12-31",
			"locale": "ru",
		},
		"email": {"email": ""}, "phone": {"phone_number": "+79001234567"},
		"address": {"address": "101000, Москва, Москва, Мясницкая, д. 1, кв. 2"}, "snils": {"snils": "000-000-123 68"},
		"id_doc": {"id_doc": "4510 123456, 15.01.2011, ОВД, 770-001"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("shown %v, want %v", got, want)
	}
	if !voluntary["email"] || !voluntary["middle_name"] || voluntary["family_name"] || voluntary["snils"] {
		t.Errorf("voluntary %v", voluntary)
	}
	id := w.begin(w.browser(), request("agency", "scope", "openid email"))
	for _, s := range w.show(id, "").GetScopes() {
		if len(s.GetClaims()) != 0 {
			t.Error("values are shown before anybody has signed in")
		}
	}
}

// What was kept back stays so: in userinfo, in what follows from it, in refreshed tokens of fewer scopes, and at the next time.
func TestClaimsAreKeptBack(t *testing.T) {
	w := startWithPeople(t)
	c := w.client(volunteers("middle_name", "gender", "email"))
	a := w.agree(c, "openid profile email offline_access", "email", "gender", "middle_name")
	w.wantClaims(a.Access, []string{"family_name", "birthdate"}, []string{"email", "email_verified", "gender", "middle_name"})
	if _, got := w.userinfo(a.Access); got["name"] != "Петров Пётр" {
		t.Errorf("name is %v", got["name"])
	}
	for name := range claims(t, a.ID) {
		if name == "email" || name == "gender" || strings.HasSuffix(name, "name") {
			t.Errorf("the ID token has %s", name)
		}
	}
	for _, scope := range []string{"openid email", "openid profile"} {
		b := w.refresh(c, a.Refresh, "scope", scope)
		if b.status != http.StatusOK {
			t.Fatalf("refresh: %d %s", b.status, b.Error)
		}
		w.wantClaims(b.Access, nil, []string{"email", "gender", "middle_name"})
		a.Refresh = b.Refresh
	}
	at := w.redeem(c, w.atOnce(w.session, "scope", "openid profile email"))
	w.wantClaims(at.Access, []string{"family_name"}, []string{"email", "gender", "middle_name"})
	narrow := w.redeem(c, w.atOnce(w.session, "scope", "openid email"))
	w.wantClaims(narrow.Access, nil, []string{"email"})
}

// Asked again, what was kept back is shown as such and can be given; what was not asked for stays kept back.
func TestClaimsKeptBackCanBeGivenLater(t *testing.T) {
	w := startWithPeople(t)
	c := w.client(volunteers("gender", "email"))
	w.agree(c, "openid profile email", "email", "gender")
	i := w.show(w.begin(w.browser(), request("agency", "scope", "openid profile email", "prompt", "consent")), w.session)
	declined := map[string]bool{}
	for _, s := range i.GetScopes() {
		for _, claim := range s.GetClaims() {
			if claim.GetDeclined() {
				declined[claim.GetClaim()] = true
			}
		}
	}
	if !reflect.DeepEqual(declined, map[string]bool{"email": true, "gender": true}) {
		t.Errorf("shown as kept back: %v", declined)
	}
	a := w.agree(c, "openid email")
	w.wantClaims(a.Access, []string{"email"}, nil)
	at := w.redeem(c, w.atOnce(w.session, "scope", "openid profile email"))
	w.wantClaims(at.Access, []string{"email", "family_name"}, []string{"gender"})
}

// A claim that the client needs is not kept back by whoever asks, and nothing is given instead.
func TestOnlyVoluntaryClaimsAreKeptBack(t *testing.T) {
	w := startWithPeople(t)
	w.client(volunteers("gender", "email"))
	id := w.begin(w.browser(), request("agency", "scope", "openid profile"))
	for _, claim := range []string{"family_name", "snils", "sub", "name", "email" /* of a scope that is not asked for */, "nothing"} {
		_, err := w.allow(id, []string{"openid", "profile"}, claim)
		wantField(t, err, "declined_claims", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	if got := w.needs(id, w.session); got[0] != oidcv1.Need_CONSENT {
		t.Errorf("decided all the same: %v", got)
	}
	next, err := w.allow(id, []string{"openid", "profile"}, "gender")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.allow(id, []string{"openid", "profile"}, "gender"); err != nil || again != next {
		t.Errorf("the same again: %s, %v", again, err)
	}
	_, err = w.allow(id, []string{"openid", "profile"})
	wantReason(t, err, errorsv1.Reason_INTERACTION_DECIDED)
	for _, claim := range []string{"name", "sub", "email_verified", "x"} {
		_, err := w.sandbox.ApplyClient(w.ctx, &oidcv1.ApplyClientRequest{Client: &oidcv1.Client{
			ClientId: "agency", Names: names("А", "A"), RedirectUris: []string{callback}, Scopes: allScopes(), VoluntaryClaims: []string{claim},
		}})
		wantField(t, err, "voluntary_claims[0]", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
}
