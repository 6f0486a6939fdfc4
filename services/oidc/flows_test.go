package oidc_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/rpc"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// from has the browser ask from an address.
func (b *browser) from(ip string) *browser {
	next := b.h
	b.h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(rpc.WithRequest(r.Context(), rpc.Request{ClientIP: ip})))
	})
	return b
}

// signedIn has the browser carry a session, as the gateway says it does.
func (b *browser) signedIn(w *world, session string) *browser {
	next := b.h
	b.h = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(rw, r.WithContext(w.AsUser(rpc.User{AccountID: w.person, SessionID: session})))
	})
	return b
}

// interactions counts the cookies of sign-ins that the browser keeps.
func (b *browser) interactions() int {
	n := 0
	for name, c := range b.cookies {
		if strings.HasPrefix(name, "interaction-") && c.MaxAge >= 0 {
			n++
		}
	}
	return n
}

// A form that is sent twice, and two answers of the same mind, lead to the same place. What the pages read meanwhile says
// where that is, to the person who decided.
func TestTheSameDecisionAgain(t *testing.T) {
	w := start(t)
	w.client()
	b := w.browser()
	id := w.begin(b, request("agency", "scope", "openid email"))
	next := w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid", "email")
	for _, scopes := range [][]string{{"openid", "email"}, {"email", "openid"}, {"email", "openid", "email"}} {
		if again := w.decide(id, w.session, oidcv1.Decision_ALLOW, scopes...); again != next {
			t.Errorf("the same decision %v leads to %s, not %s", scopes, again, next)
		}
	}
	_, err := w.tryDecide(id, w.session, oidcv1.Decision_ALLOW, "openid")
	wantReason(t, err, errorsv1.Reason_INTERACTION_DECIDED)
	shown, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{
		InteractionId: id, SessionId: w.session, Browser: w.browsers[id],
	})
	if err != nil || shown.GetContinueUrl() != next || shown.GetClientId() != "agency" || len(shown.GetScopes()) != 2 {
		t.Errorf("a decided interaction is shown as %v, %v", shown, err)
	}
	for _, session := range []string{"", w.signIn(0)} {
		_, err = w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{
			InteractionId: id, SessionId: session, Browser: w.browsers[id],
		})
		wantReason(t, err, errorsv1.Reason_INTERACTION_DECIDED)
	}
	if a := w.partner(b, next); a.Get("code") == "" {
		t.Errorf("the partner gets %v", a)
	}
}

// A browser that goes back, or has a second tab, asks for the answer once more; it never keeps more cookies than it may.
func TestAnAnswerMayBeAskedForAgain(t *testing.T) {
	w := start(t)
	w.client()
	b := w.browser()
	for range 20 {
		id := w.begin(b, request("agency"))
		next := w.decide(id, "", oidcv1.Decision_DENY)
		for range 2 {
			if a := w.partner(b, next); a.Get("error") != "access_denied" {
				t.Fatalf("the partner gets %v", a)
			}
		}
		if n := b.interactions(); n > 5 {
			t.Fatalf("%d cookies stay", n)
		}
	}
}

func TestABrowserKeepsFiveInteractions(t *testing.T) {
	w := start(t)
	w.client()
	b := w.browser()
	var ids []string
	for i := range 8 {
		ids = append(ids, w.begin(b, request("agency")))
		if n := b.interactions(); n > 5 {
			t.Fatalf("%d cookies after %d sign-ins", n, i+1)
		}
		w.Clock.Advance(time.Second)
	}
	for i, id := range ids {
		_, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{InteractionId: id, Browser: w.browsers[id]})
		if i >= 3 && err != nil {
			t.Errorf("the sign-in %d of 8: %v", i+1, err)
		}
		if i < 3 {
			wantReason(t, err, errorsv1.Reason_INTERACTION_NOT_FOUND)
			if c := b.cookies["interaction-"+id]; c == nil || c.MaxAge >= 0 {
				t.Errorf("the sign-in %d of 8 keeps its cookie", i+1)
			}
		}
	}
}

// Cookies that other browsers own, or nobody, remove nothing but themselves.
func TestForeignCookiesEndNothing(t *testing.T) {
	w := start(t)
	w.client()
	id := w.begin(w.browser(), request("agency"))
	b := w.browser()
	b.cookies["interaction-"+id] = &http.Cookie{Name: "interaction-" + id, Value: "stolen"}
	for i := range 70 {
		name := fmt.Sprintf("interaction-made-up-%d", i)
		b.cookies[name] = &http.Cookie{Name: name, Value: strings.Repeat("x", 43)}
	}
	for range 6 {
		rec := b.get("/oauth2/authorize?" + request("agency").Encode())
		size := 0
		for _, c := range rec.Header().Values("Set-Cookie") {
			size += len(c)
		}
		if rec.Code != http.StatusSeeOther || size > 3000 {
			t.Errorf("%d with %d bytes of cookies", rec.Code, size)
		}
		for name, c := range b.cookies { // as browsers do
			if c.MaxAge < 0 {
				delete(b.cookies, name)
			}
		}
	}
	if needs := w.needs(id, w.session); len(needs) == 0 {
		t.Error("another browser's sign-in is gone")
	}
}

func TestLongRequestsAreRefused(t *testing.T) {
	w := start(t)
	w.client()
	long := strings.Repeat("s", 2049)
	for _, name := range []string{"state", "nonce"} {
		for _, value := range []string{long, strings.Repeat("ы", 1025), "line\nfeed", "nul\x00"} {
			v := request("agency", name, value)
			rec := w.browser().get("/oauth2/authorize?" + v.Encode())
			if a := answer(t, rec); a.Get("error") != "invalid_request" || a.Get("state") != v.Get("state") {
				t.Errorf("%s of %d bytes: %.200s", name, len(value), a)
			}
		}
		v := request("agency", name, long[:2048])
		w.begin(w.browser(), v)
	}
	whole := request("agency", "foo", strings.Repeat("x", 8<<10))
	for _, rec := range []*httptest.ResponseRecorder{
		w.browser().get("/oauth2/authorize?" + whole.Encode()), w.browser().post("/oauth2/authorize", whole),
		w.browser().get("/oauth2/logout?" + url.Values{"state": {strings.Repeat("x", 8<<10)}}.Encode()),
		w.browser().get("/oauth2/logout?" + url.Values{"state": {long}}.Encode()),
	} {
		wantRefusal(t, rec, http.StatusBadRequest, errorsv1.Reason_PARTNER_REQUEST_MALFORMED)
	}
}

// One flow is a few kB, whatever the partner sends.
func TestAFlowIsSmall(t *testing.T) {
	w := start(t)
	w.client()
	for _, filler := range []string{"x", "<", `"`, "\u2028"} {
		if err := w.Redis.FlushAll(w.ctx).Err(); err != nil {
			t.Fatal(err)
		}
		v := request("agency", "scope", strings.Repeat("openid ", 300))
		for _, name := range []string{"state", "nonce", "login_hint", "foo"} {
			v.Set(name, strings.Repeat(filler, 250/len(filler)))
		}
		for len(v.Encode()) < 7<<10 && len(v.Get("state")+filler) <= 2048 {
			v.Set("state", v.Get("state")+filler)
			v.Set("nonce", v.Get("nonce")+filler)
		}
		w.begin(w.browser(), v)
		total := int64(0)
		keys := w.Redis.Keys(w.ctx, "*").Val()
		for _, key := range keys {
			total += w.Redis.MemoryUsage(w.ctx, key).Val()
		}
		if total > 8<<10 || len(keys) == 0 {
			t.Errorf("a request full of %q takes %d bytes in %d keys", filler, total, len(keys))
		}
	}
}

func TestPendingSignInsAreCapped(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_PENDING_PER_ADDRESS", "10", "PROPUSK_OIDC_PENDING", "100")
	w.client()
	begin := func(ip string) *httptest.ResponseRecorder {
		return w.browser().from(ip).get("/oauth2/authorize?" + request("agency").Encode())
	}
	for i := range 10 {
		if rec := begin("203.0.113.7"); rec.Code != http.StatusSeeOther {
			t.Fatalf("the sign-in %d: %d %s", i+1, rec.Code, rec.Body)
		}
	}
	rec := begin("203.0.113.7")
	wantRefusal(t, rec, http.StatusTooManyRequests, errorsv1.Reason_INTERACTION_LIMIT)
	if rec.Header().Get("Retry-After") == "" {
		t.Error("it does not say when to come again")
	}
	other := w.browser().from("203.0.113.8")
	id := w.begin(other, request("agency"))
	w.Clock.Advance(11 * time.Minute)
	if rec := begin("203.0.113.7"); rec.Code != http.StatusSeeOther {
		t.Errorf("after those have expired: %d", rec.Code)
	}
	if _, err := w.tryDecide(id, w.session, oidcv1.Decision_ALLOW, "openid"); err == nil {
		t.Error("an expired one lives")
	}
}

// What is decided, or given up for a newer one by the same browser, is pending no more.
func TestWhatIsDecidedMakesRoom(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_PENDING_PER_ADDRESS", "10", "PROPUSK_OIDC_PENDING", "100")
	w.client()
	for range 25 {
		b := w.browser().from("203.0.113.7")
		w.partner(b, w.decide(w.begin(b, request("agency")), w.session, oidcv1.Decision_ALLOW, "openid"))
	}
	b := w.browser().from("203.0.113.7")
	for range 25 {
		w.begin(b, request("agency"))
	}
	// Losing Redis in between lends nobody more than there is.
	if err := w.Redis.FlushAll(w.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	accepted := 0
	for range 30 {
		rec := w.browser().from("203.0.113.7").get("/oauth2/authorize?" + request("agency").Encode())
		if rec.Code == http.StatusSeeOther {
			accepted++
		}
	}
	if accepted != 10 {
		t.Errorf("%d are pending, want 10", accepted)
	}
}

// A browser gives up the oldest of its sign-ins before it begins another, so it needs no more room than it has.
func TestABrowserMakesRoomForItsNextSignIn(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_PENDING_PER_ADDRESS", "10", "PROPUSK_OIDC_PENDING", "100")
	w.client()
	const address = "203.0.113.7"
	b := w.browser().from(address)
	for range 5 {
		w.begin(b, request("agency"))
		w.begin(w.browser().from(address), request("agency"))
	}
	for range 3 {
		w.begin(b, request("agency"))
	}
	if n := b.interactions(); n != 5 {
		t.Errorf("the browser has %d sign-ins under way", n)
	}
	wantRefusal(t, w.browser().from(address).get(authorize("agency")), http.StatusTooManyRequests, errorsv1.Reason_INTERACTION_LIMIT)
}

// A Redis that is full refuses what needs room, and throws away nothing that is under way.
func TestAFullRedisKeepsWhatItHas(t *testing.T) {
	w := start(t)
	w.client()
	b := w.browser()
	id := w.begin(b, request("agency"))
	limit := func(bytes string) {
		if err := w.Redis.ConfigSet(w.ctx, "maxmemory", bytes).Err(); err != nil {
			t.Fatal(err)
		}
	}
	limit("1")
	rec := w.browser().get("/oauth2/authorize?" + request("agency").Encode())
	wantRefusal(t, rec, http.StatusServiceUnavailable, errorsv1.Reason_UNAVAILABLE)
	if rec.Header().Get("Retry-After") == "" {
		t.Error("it does not say when to come again")
	}
	limit("256mb")
	if a := w.partner(b, w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")); a.Get("code") == "" {
		t.Errorf("the partner gets %v", a)
	}
}

func TestPendingSignInsAreCappedInAll(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_PENDING_PER_ADDRESS", "10", "PROPUSK_OIDC_PENDING", "100")
	w.client()
	begun := 0
	for i := range 12 {
		for range 10 {
			b := w.browser().from(fmt.Sprintf("203.0.113.%d", i))
			rec := b.get("/oauth2/authorize?" + request("agency").Encode())
			if rec.Code == http.StatusSeeOther {
				begun++
				continue
			}
			wantRefusal(t, rec, http.StatusServiceUnavailable, errorsv1.Reason_OVERLOADED)
			if rec.Header().Get("Retry-After") == "" {
				t.Error("it does not say when to come again")
			}
		}
	}
	if begun != 100 {
		t.Errorf("%d began, want 100", begun)
	}
	if n := w.Redis.DBSize(context.Background()).Val(); n > 130 {
		t.Errorf("%d keys", n)
	}
}
