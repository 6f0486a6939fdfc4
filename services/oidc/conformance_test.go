package oidc_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

// The conformance tests send what the modules of OpenID's certification suite send, each under its module's name: a confidential
// client that authenticates by HTTP Basic, with state and nonce and, but in one module, without PKCE.

const suiteCallback = "https://localhost.emobix.co.uk:8443/test/a/propusk/callback"

// suite plays the certification suite in one module.
type suite struct {
	*world
	t *testing.T
	c *registered
	// mode is the response mode that every request asks for; empty: none.
	mode string
}

// module is one module of a plan.
type module func(s *suite)

// run runs modules against one installation, each with a client of its own.
func run(t *testing.T, mode string, modules map[string]module) {
	t.Helper()
	w := start(t, "PROPUSK_OIDC_MAINTAIN", "20ms", "PROPUSK_OIDC_OUTBOUND_ALLOW", allowLoopback)
	w.profile.card = suiteCard()
	w.account.contacts = &accountv1.Contacts{Language: "ru", Email: "anna@example.ru", Phone: "+79001234567"}
	for name, m := range modules {
		t.Run(name, func(t *testing.T) {
			w.session = w.signIn(accountv1.Level_CONFIRMED)
			s := &suite{world: w, t: t, mode: mode}
			s.c = s.register()
			m(s)
		})
	}
}

func suiteCard() *profilev1.Card {
	return &profilev1.Card{
		Person: &profilev1.Person{
			LastName: "Иванова", FirstName: "Анна", MiddleName: "Петровна", Gender: profilev1.Gender_F.Enum(), BirthDate: "1990-03-08",
		},
		Addresses: []*profilev1.Address{{Type: profilev1.AddressType_REGISTRATION, City: "Тверь", Street: "Садовая"}},
	}
}

// register makes a client as the suite's static one is made.
func (s *suite) register(change ...func(*registered)) *registered {
	s.t.Helper()
	return s.client(append([]func(*registered){func(r *registered) {
		r.ClientId, r.Pkce, r.RedirectUris, r.Policy = "suite-"+secret.NewRandomID(), oidcv1.Client_OPTIONAL, []string{suiteCallback}, nil
		r.PostLogoutRedirectUris = []string{goodbye}
	}}, change...)...)
}

// ask is an authorization request of the suite.
func (s *suite) ask(pairs ...string) url.Values {
	v := change(url.Values{
		"client_id": {s.c.GetClientId()}, "redirect_uri": {suiteCallback}, "response_type": {"code"}, "scope": {"openid"},
		"state": {secret.NewRandomID()}, "nonce": {secret.NewRandomID()},
	}, pairs...)
	if s.mode != "" {
		v.Set("response_mode", s.mode)
	}
	return v
}

// read is what the callback gets.
func (s *suite) read(rec *httptest.ResponseRecorder) url.Values {
	s.t.Helper()
	if s.mode == "form_post" {
		return posted(s.t, rec)
	}
	return answer(s.t, rec)
}

// visit takes the person through the pages, who agrees to everything.
func (s *suite) visit(v url.Values) url.Values {
	s.t.Helper()
	b := s.browser()
	id := s.begin(b, v)
	var scopes []string
	for _, scope := range s.show(id, s.session).GetScopes() {
		scopes = append(scopes, scope.GetScope())
	}
	a := s.read(b.get(s.decide(id, s.session, oidcv1.Decision_ALLOW, scopes...)))
	if a.Get("code") == "" || a.Get("state") != v.Get("state") || a.Get("") != v.Get("redirect_uri") {
		s.t.Fatalf("the answer is %v", a)
	}
	return a
}

func (s *suite) exchange(code string, pairs ...string) tokenAnswer {
	s.t.Helper()
	return s.token(s.c, change(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {suiteCallback}}, pairs...))
}

// flow is a whole sign-in, checked as every module does.
func (s *suite) flow(pairs ...string) tokenAnswer {
	s.t.Helper()
	v := s.ask(pairs...)
	return s.finish(v, s.visit(v))
}

func (s *suite) finish(v, a url.Values) tokenAnswer {
	s.t.Helper()
	got := s.exchange(a.Get("code"), "redirect_uri", v.Get("redirect_uri"))
	if got.status != http.StatusOK || got.Type != "Bearer" || got.Access == "" {
		s.t.Fatalf("%d %s", got.status, got.Error)
	}
	id := claims(s.t, got.ID)
	if id["iss"] != issuer || id["aud"] != s.c.GetClientId() || id["sub"] == "" || id["nonce"] != v.Get("nonce") {
		s.t.Errorf("the ID token says %v", id)
	}
	return got
}

// signInAgain has the person prove again who they are, now.
func (s *suite) signInAgain() {
	s.account.change(s.session, func(session *accountv1.Session) { session.AuthTime = timestamppb.New(s.Clock.Now()) })
}

func (s *suite) authTime(a tokenAnswer) time.Time {
	s.t.Helper()
	seconds, ok := claims(s.t, a.ID)["auth_time"].(float64)
	if !ok {
		s.t.Fatal("the ID token has no auth_time")
	}
	return time.Unix(int64(seconds), 0)
}

// refusedHere is an error that is shown to the person: the browser is sent nowhere.
func (s *suite) refusedHere(v url.Values) {
	s.t.Helper()
	rec := s.browser().get("/oauth2/authorize?" + v.Encode())
	if rec.Code != http.StatusBadRequest || rec.Header().Get("Location") != "" {
		s.t.Errorf("%d, sent to %s", rec.Code, rec.Header().Get("Location"))
	}
}
