package oidc_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
)

func (w *world) show(id, session string) *oidcv1.Interaction {
	w.t.Helper()
	i, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{
		InteractionId: id, SessionId: session, Browser: w.browsers[id],
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return i
}

func (w *world) hold(id, session, browser string) error {
	_, err := w.pages.HoldRequest(w.ctx, &oidcv1.HoldRequestRequest{InteractionId: id, SessionId: session, Browser: browser})
	return err
}

func (w *world) held(account string) []*oidcv1.HeldRequest {
	w.t.Helper()
	list, err := w.pages.ListHeldRequests(w.ctx, &oidcv1.ListHeldRequestsRequest{AccountId: account})
	if err != nil {
		w.t.Fatal(err)
	}
	return list.GetHeldRequests()
}

func (w *world) asPerson(account string) context.Context {
	return w.AsUser(rpc.User{AccountID: account, SessionID: w.session})
}

// A browser knows for a month whose sign-in it has begun, though the sign-in itself has run out.
func TestABrowserKnowsWhosePartnerItCameFrom(t *testing.T) {
	w := start(t)
	w.client()
	b := w.browser()
	id := w.begin(b, request("agency"))
	cookie := b.cookies["interaction-"+id]
	begun := cookies.InteractionCookie{ID: id, Value: cookie.Value}
	if begun.Client() != "agency" || cookie.MaxAge != int((30*24*time.Hour).Seconds()) || len(cookie.Value) > 200 {
		t.Errorf("%q of %q for %d s", cookie.Value, begun.Client(), cookie.MaxAge)
	}
	w.Clock.Advance(11 * time.Minute)
	_, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{InteractionId: id, Browser: cookie.Value})
	wantReason(t, err, errorsv1.Reason_INTERACTION_NOT_FOUND)
	p, err := w.pages.GetPartner(w.ctx, &oidcv1.GetPartnerRequest{ClientId: begun.Client()})
	if err != nil || p.GetNames()["en"] != "Agency" || p.GetHost() != "agency.example.ru" ||
		p.GetStartUrl() != "https://agency.example.ru" || p.GetClientId() != "agency" {
		t.Errorf("the partner is %v, %v", p, err)
	}
	_, err = w.pages.GetPartner(w.ctx, &oidcv1.GetPartnerRequest{ClientId: "nobody"})
	wantReason(t, err, errorsv1.Reason_CLIENT_UNKNOWN)
}

func TestAPartnerSaysWhereOneBegins(t *testing.T) {
	w := start(t)
	w.client(func(r *registered) { r.StartUrl = "https://agency.example.ru/sign-in?from=propusk" })
	i := w.show(w.begin(w.browser(), request("agency")), "")
	if p := i.GetPartner(); p.GetStartUrl() != "https://agency.example.ru/sign-in?from=propusk" || p.GetHost() != "agency.example.ru" {
		t.Errorf("the partner is %v", p)
	}
	for url, field := range map[string]errorsv1.Reason{
		"https://evil.example/": errorsv1.Reason_MISMATCH, "http://agency.example.ru/": errorsv1.Reason_MISMATCH,
		"javascript:alert(1)": errorsv1.Reason_FIELD_MALFORMED, "/sign-in": errorsv1.Reason_FIELD_MALFORMED,
	} {
		_, err := w.sandbox.ApplyClient(w.ctx, &oidcv1.ApplyClientRequest{Client: &oidcv1.Client{
			ClientId: "agency", Names: names("А", "A"), RedirectUris: []string{callback}, StartUrl: url,
		}})
		wantField(t, err, "start_url", field)
	}
}

// A request that waits for a level is kept for 30 days, one of an account and a client, and goes when it is gone on with.
func TestARequestWaitsForTheLevel(t *testing.T) {
	w := start(t)
	w.client()
	low := w.signIn(accountv1.Level_SIMPLIFIED)
	id := w.begin(w.browser(), request("agency", "acr_values", "standard"))
	for range 2 {
		if err := w.hold(id, low, w.browsers[id]); err != nil {
			t.Fatal(err)
		}
	}
	first := w.held(w.person)
	if len(first) != 1 || first[0].GetPartner().GetClientId() != "agency" || first[0].GetRequiredLevel() != accountv1.Level_STANDARD ||
		!first[0].GetExpireTime().AsTime().Equal(w.Clock.Now().Add(30*24*time.Hour)) {
		t.Fatalf("held %v", first)
	}
	w.Clock.Advance(time.Hour)
	again := w.begin(w.browser(), request("agency", "acr_values", "confirmed"))
	if err := w.hold(again, low, w.browsers[again]); err != nil {
		t.Fatal(err)
	}
	second := w.held(w.person)
	if len(second) != 1 || second[0].GetId() != first[0].GetId() || second[0].GetRequiredLevel() != accountv1.Level_CONFIRMED {
		t.Fatalf("held %v, before %v", second, first)
	}
	if others := w.held(secret.NewID().String()); len(others) != 0 {
		t.Errorf("another account has %v", others)
	}
	lower := w.begin(w.browser(), request("agency", "acr_values", "standard"))
	w.decide(lower, w.session, oidcv1.Decision_ALLOW, "openid")
	if still := w.held(w.person); len(still) != 1 {
		t.Errorf("a request for less has ended the one that waits: %v", still)
	}
	w.decide(again, w.session, oidcv1.Decision_ALLOW, "openid")
	if left := w.held(w.person); len(left) != 0 {
		t.Errorf("gone on with and still held: %v", left)
	}
}

// The same when nothing is left to ask of the person.
func TestACodeAtOnceEndsWhatWaited(t *testing.T) {
	w := start(t)
	c := w.client()
	w.tokens(c)
	low := w.signIn(accountv1.Level_SIMPLIFIED)
	id := w.begin(w.browser(), request("agency", "acr_values", "confirmed"))
	if err := w.hold(id, low, w.browsers[id]); err != nil {
		t.Fatal(err)
	}
	w.atOnce(w.session)
	if still := w.held(w.person); len(still) != 1 {
		t.Fatalf("held %v", still)
	}
	w.atOnce(w.session, "acr_values", "confirmed")
	if left := w.held(w.person); len(left) != 0 {
		t.Errorf("held %v", left)
	}
}

func TestWhatWaitsRunsOutAndCanBeGivenUp(t *testing.T) {
	w := start(t)
	w.client()
	low := w.signIn(accountv1.Level_SIMPLIFIED)
	id := w.begin(w.browser(), request("agency", "acr_values", "standard"))
	if err := w.hold(id, low, w.browsers[id]); err != nil {
		t.Fatal(err)
	}
	held := w.held(w.person)[0].GetId()
	stranger := secret.NewID().String()
	drop := func(ctx context.Context, account, id string) error {
		_, err := w.pages.DeleteHeldRequest(ctx, &oidcv1.DeleteHeldRequestRequest{AccountId: account, HeldRequestId: id})
		return err
	}
	wantReason(t, drop(w.asPerson(stranger), stranger, held), errorsv1.Reason_NOT_FOUND)
	wantReason(t, drop(w.asPerson(stranger), w.person, held), errorsv1.Reason_PERMISSION_DENIED)
	wantReason(t, drop(w.asPerson(w.person), w.person, "no id"), errorsv1.Reason_NOT_FOUND)
	if len(w.held(w.person)) != 1 {
		t.Fatal("somebody else has given it up")
	}
	if err := drop(w.asPerson(w.person), w.person, held); err != nil || len(w.held(w.person)) != 0 {
		t.Errorf("not given up: %v", err)
	}
	if err := w.hold(id, low, w.browsers[id]); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(30 * 24 * time.Hour)
	if left := w.held(w.person); len(left) != 0 {
		t.Errorf("after 30 days: %v", left)
	}
}

func TestOnlyItsBrowserHoldsARequest(t *testing.T) {
	w := start(t)
	w.client()
	low := w.signIn(accountv1.Level_SIMPLIFIED)
	id := w.begin(w.browser(), request("agency", "acr_values", "standard"))
	wantReason(t, w.hold(id, low, "another browser's"), errorsv1.Reason_INTERACTION_NOT_FOUND)
	if err := w.hold(id, w.session, w.browsers[id]); err != nil { // the level is high enough
		t.Error(err)
	}
	if err := w.hold(id, "", w.browsers[id]); err != nil {
		t.Error(err)
	}
	if held := w.held(w.person); len(held) != 0 {
		t.Errorf("held though nothing is waited for: %v", held)
	}
	w.decide(id, low, oidcv1.Decision_LEVEL_UNMET)
	wantReason(t, w.hold(id, low, w.browsers[id]), errorsv1.Reason_INTERACTION_DECIDED)
}

// prompt=select_account asks once per request; to sign in for the request is to choose.
func TestAnAccountIsChosen(t *testing.T) {
	w := start(t)
	c := w.client()
	w.tokens(c)
	if a := w.at(w.session).get(authorize("agency", "prompt", "select_account")); !strings.Contains(a.Header().Get("Location"), "/interactions/") {
		t.Errorf("answered at once: %s", a.Header().Get("Location"))
	}
	choose := func(id, session, browser string) error {
		_, err := w.pages.ChooseAccount(w.ctx, &oidcv1.ChooseAccountRequest{InteractionId: id, SessionId: session, Browser: browser})
		return err
	}
	w.Clock.Advance(time.Minute)
	b := w.browser()
	id := w.begin(b, request("agency", "prompt", "select_account"))
	want := []oidcv1.Need{oidcv1.Need_ACCOUNT_CHOICE}
	if got := w.needs(id, w.session); !slices.Equal(got, want) {
		t.Fatalf("needs %v", got)
	}
	_, err := w.tryDecide(id, w.session, oidcv1.Decision_ALLOW, "openid")
	wantReason(t, err, errorsv1.Reason_CONSENT_MISSING)
	wantReason(t, choose(id, w.session, "another browser's"), errorsv1.Reason_INTERACTION_NOT_FOUND)
	wantReason(t, choose(id, "", w.browsers[id]), errorsv1.Reason_UNAUTHENTICATED)
	for range 2 {
		if err := choose(id, w.session, w.browsers[id]); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.needs(id, w.session); !slices.Equal(got, []oidcv1.Need{oidcv1.Need_READY}) {
		t.Errorf("chosen and still needs %v", got)
	}
	if got := w.needs(id, ""); !slices.Equal(got, []oidcv1.Need{oidcv1.Need_LOGIN}) {
		t.Errorf("nobody needs %v", got)
	}
	person := w.person
	w.person = secret.NewID().String()
	if got := w.needs(id, w.signInBefore(time.Hour)); !slices.Equal(got, want) {
		t.Errorf("another account, which was not chosen, needs %v", got)
	}
	w.person = person
	if a := w.partner(b, w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")); a.Get("code") == "" {
		t.Errorf("the partner gets %v", a)
	}
	wantReason(t, choose(id, w.session, w.browsers[id]), errorsv1.Reason_INTERACTION_DECIDED)
	fresh := w.begin(w.browser(), request("agency", "prompt", "select_account"))
	w.Clock.Advance(time.Second)
	if got := w.needs(fresh, w.signIn(accountv1.Level_CONFIRMED)); !slices.Equal(got, []oidcv1.Need{oidcv1.Need_READY}) {
		t.Errorf("a sign-in for the request needs %v", got)
	}
}

// signInBefore is a session that began a while ago.
func (w *world) signInBefore(ago time.Duration) string {
	id := w.signIn(accountv1.Level_CONFIRMED)
	w.account.change(id, func(s *accountv1.Session) { s.AuthTime.Seconds -= int64(ago.Seconds()) })
	return id
}

// Whoever leaves the sign-in has not refused to give data, and partners can tell.
func TestACancelledSignInIsNoRefusedConsent(t *testing.T) {
	w := start(t)
	w.client()
	for name, c := range map[string]struct{ session, prompt, want string }{
		"before signing in":  {"", "", "the person cancelled the sign-in"},
		"password again":     {w.session, "login", "the person cancelled the sign-in"},
		"choosing":           {w.session, "select_account", "the person cancelled the sign-in"},
		"asked for the data": {w.session, "", "the person refused consent"},
	} {
		b := w.browser()
		w.Clock.Advance(time.Minute)
		a := w.partner(b, w.decide(w.begin(b, request("agency", "prompt", c.prompt)), c.session, oidcv1.Decision_DENY))
		if a.Get("error") != "access_denied" || a.Get("error_description") != c.want {
			t.Errorf("%s: %v", name, a)
		}
	}
}
