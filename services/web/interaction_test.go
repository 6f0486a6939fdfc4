package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// partners plays oidc: interactions of the browser whose cookie is "mine": "i1"; "i2", which is about another person than
// who is signed in; and "i8" and "i9", which the session s1 has allowed and left for its level.
type partners struct {
	oidcv1.UnimplementedOIDCServiceServer
	asked *asked
}

// authorizationServer is oidc with what it answers by HTTP: refusals for people, and else for programs.
func authorizationServer(a *asked) boot.Service {
	s := testkit.Fake("oidc", &oidcv1.OIDCService_ServiceDesc, partners{asked: a})
	s.HTTP = []boot.Route{{Pattern: "/"}}
	run := s.Run
	s.Run = func(ctx context.Context, p *boot.Platform) error {
		p.ServeHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/oauth2/token" {
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = w.Write([]byte("as it is"))
				return
			}
			w.Header().Set("Content-Language", r.URL.Query().Get("ui_locales"))
			errs.WriteProblem(w, r, errs.New(errorsv1.Reason_REDIRECT_URI_MISMATCH, "for developers"))
		}))
		return run(ctx, p)
	}
	return s
}

const continueURL = "/oauth2/continue?interaction=i1&ticket=t"

func (partners) GetInteraction(_ context.Context, r *oidcv1.GetInteractionRequest) (*oidcv1.Interaction, error) {
	if i, known := clinics()[r.GetInteractionId()]; known && r.GetBrowser() == mine {
		return i(r.GetSessionId()), nil
	}
	if r.GetInteractionId() == "i2" && r.GetBrowser() == "mine" {
		return &oidcv1.Interaction{
			InteractionId: "i2", ClientNames: map[string]string{"ru": "Банк", "en": "The Bank"}, Language: "en",
			Needs: []oidcv1.Need{oidcv1.Need_LOGIN, oidcv1.Need_OTHER_PERSON}, Scopes: []*oidcv1.ScopeRequest{{Scope: "openid"}},
		}, nil
	}
	if r.GetBrowser() != "mine" {
		return nil, errs.New(errorsv1.Reason_INTERACTION_NOT_FOUND, "none")
	}
	if _, decided := made()[r.GetInteractionId()]; decided {
		if r.GetSessionId() != "s1" {
			return nil, errs.New(errorsv1.Reason_INTERACTION_DECIDED, "by another")
		}
		return &oidcv1.Interaction{InteractionId: r.GetInteractionId(), ContinueUrl: continueURL}, nil
	}
	i := &oidcv1.Interaction{
		InteractionId: "i1", ClientNames: map[string]string{"ru": "Банк", "en": "The Bank"}, Language: "en",
		Needs: []oidcv1.Need{oidcv1.Need_CONSENT}, Scopes: []*oidcv1.ScopeRequest{{Scope: "openid"}},
	}
	if r.GetSessionId() == "" {
		i.Needs = []oidcv1.Need{oidcv1.Need_LOGIN}
	}
	return i, nil
}

func (p partners) DecideInteraction(
	_ context.Context, r *oidcv1.DecideInteractionRequest,
) (*oidcv1.DecideInteractionResponse, error) {
	p.asked.put(r)
	if r.GetBrowser() == mine {
		return &oidcv1.DecideInteractionResponse{ContinueUrl: continueURL}, nil
	}
	if r.GetBrowser() != "mine" || r.GetSessionId() != "s1" {
		return nil, errs.New(errorsv1.Reason_INTERACTION_NOT_FOUND, "none")
	}
	if d, decided := made()[r.GetInteractionId()]; decided && d != r.GetDecision() {
		return nil, errs.New(errorsv1.Reason_INTERACTION_DECIDED, "otherwise")
	}
	return &oidcv1.DecideInteractionResponse{ContinueUrl: continueURL}, nil
}

// made are the decisions that were made before.
func made() map[string]oidcv1.Decision {
	return map[string]oidcv1.Decision{"i8": oidcv1.Decision_ALLOW, "i9": oidcv1.Decision_LEVEL_UNMET}
}

// A form that is sent twice, or a page that is asked for again, goes where the first went; another answer does not.
func TestADecisionMadeAgainLeadsOn(t *testing.T) {
	s := start(t)
	c := s.browser()
	for _, id := range []string{"i1", "i8", "i9"} {
		s.cookie(c, "interaction-"+id, "mine")
	}
	form := url.Values{"login": {"x"}, "password": {"right"}, "csrf_token": {s.get(c, "/sign-in").csrf(t)}}
	s.post(c, "/sign-in", form)
	form.Set("csrf_token", s.get(c, "/interactions/i1").csrf(t))
	for _, id := range []string{"i8", "i9"} {
		a := s.get(c, "/interactions/"+id)
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != continueURL {
			t.Errorf("%s asked for again: %d %s", id, a.StatusCode, a.Header.Get("Location"))
		}
	}
	for _, again := range []struct {
		id, action string
		same       bool
	}{{"i8", "allow", true}, {"i8", "deny", false}, {"i8", "", true}, {"i9", "deny", true}, {"i9", "allow", false}} {
		form.Set("action", again.action)
		a := s.post(c, "/interactions/"+again.id, form)
		if again.same {
			s.wantOnward(c, a, continueURL)
		} else if a.StatusCode != http.StatusConflict || a.Header.Get("Refresh") != "" {
			t.Errorf("%s %s: %d", again.id, again.action, a.StatusCode)
		}
	}
	if a := s.get(s.stranger("interaction-i8"), "/interactions/i8"); a.StatusCode != http.StatusConflict {
		t.Errorf("to another session: %d", a.StatusCode)
	}
}

// stranger is a browser with the cookie of an interaction that nobody is signed in in.
func (s *site) stranger(cookie string) *http.Client {
	c := s.browser()
	s.cookie(c, cookie, "mine")
	return c
}

func (s *site) cookie(c *http.Client, name, value string) {
	s.t.Helper()
	u, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	c.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// wantOnward leads to a page that the browser leaves for the path by itself, so that no redirect to a partner follows the form.
func (s *site) wantOnward(c *http.Client, a answer, path string) {
	s.t.Helper()
	to := "/onward?" + url.Values{"next": {path}}.Encode()
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != to {
		s.t.Errorf("%d to %q, want %s", a.StatusCode, a.Header.Get("Location"), to)
		return
	}
	a = s.get(c, to)
	if a.StatusCode != http.StatusOK || a.Header.Get("Refresh") != "0; url="+path ||
		!strings.Contains(a.body, strings.ReplaceAll(path, "&", "&amp;")) {
		s.t.Errorf("%d, Refresh %q, want the way to %s: %s", a.StatusCode, a.Header.Get("Refresh"), path, a.body)
	}
}

func TestFormsStayHereOnTheWayToAPartner(t *testing.T) {
	s := start(t)
	c := s.browser()
	s.cookie(c, "interaction-i1", "mine")
	form := url.Values{"login": {"x"}, "password": {"right"}}
	for _, path := range []string{
		"/sign-in?interaction=i1", "/sign-in?next=%2Finteractions%2Fi1", "/sign-up?interaction=i1", "/interactions/i1",
	} {
		a := s.get(c, path)
		if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "; form-action 'self'; ") {
			t.Errorf("%s: policy %q", path, policy)
		}
		form.Set("csrf_token", a.csrf(t))
	}
	s.wantOnward(c, s.post(c, "/sign-in?interaction=i1", form), "/interactions/i1")
	page := s.get(c, "/interactions/i1")
	if !strings.Contains(page.body, "The Bank asks for your details") {
		t.Errorf("the partner's language and name: %s", page.body)
	}
	decision := url.Values{"csrf_token": {page.csrf(t)}, "action": {"allow"}}
	s.wantOnward(c, s.post(c, "/interactions/i1", decision), continueURL)
}

// Who is signed in cannot become the other person by proving his password again.
func TestAnotherPersonSignsIn(t *testing.T) {
	s := start(t)
	c := s.browser()
	s.cookie(c, "interaction-i2", "mine")
	s.cookie(c, "session", pageToken)
	page := s.get(c, "/interactions/i2")
	if !strings.Contains(page.body, "The Bank expects someone else") || !strings.Contains(page.body, `name="login"`) ||
		!strings.Contains(page.body, `value="deny"`) {
		t.Errorf("the page: %s", page.body)
	}
	form := url.Values{"csrf_token": {page.csrf(t)}, "login": {"they"}, "password": {"right"}}
	s.wantOnward(c, s.post(c, "/interactions/i2", form), "/interactions/i2")
	s.back.mu.Lock()
	defer s.back.mu.Unlock()
	if s.back.session.GetLogin() != "they" || len(s.back.ended) != 1 {
		t.Errorf("signed in %v, sessions ended %v", s.back.session, s.back.ended)
	}
}

// A consent whose session has ended is no sign-in with a wrong password: it comes back when its person has signed in.
func TestAConsentOutlivesTheSession(t *testing.T) {
	s := start(t)
	c := s.signedIn()
	s.cookie(c, "interaction-i1", "mine")
	form := url.Values{"csrf_token": {s.get(c, "/interactions/i1").csrf(t)}, "action": {"allow"}}
	s.back.set(func() { s.back.over = true })
	a := s.post(c, "/interactions/i1", form)
	to := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in?next=%2Finteractions%2Fi1%3Fkept%3D") {
		t.Errorf("%d to %q", a.StatusCode, to)
	}
	s.back.mu.Lock()
	defer s.back.mu.Unlock()
	if s.back.session != nil {
		t.Errorf("it was tried to sign in: %v", s.back.session)
	}
}

func TestInteractionsAreTheirBrowsers(t *testing.T) {
	s := start(t)
	c := s.browser()
	for _, cookie := range []string{"", "other"} {
		s.cookie(c, "interaction-i1", cookie)
		if a := s.get(c, "/interactions/i1"); a.StatusCode != http.StatusNotFound || strings.Contains(a.body, "<form") {
			t.Errorf("with cookie %q: %d", cookie, a.StatusCode)
		}
	}
}

func TestOIDCsRefusalsAreOurPages(t *testing.T) {
	s := start(t)
	c := s.browser()
	wantPage := func(path, lang, text string) {
		t.Helper()
		a := s.get(c, path)
		if a.StatusCode != http.StatusBadRequest || a.Header.Get("Content-Language") != lang || !strings.Contains(a.body, text) ||
			!strings.Contains(a.body, `class="skip"`) || !strings.Contains(a.body, `class="ribbon"`) ||
			strings.Contains(a.body, "for developers") || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d in %q: %s", path, a.StatusCode, a.Header.Get("Content-Language"), a.body)
		}
	}
	wantPage("/oauth2/authorize?x=1", "ru", "Неверный адрес возврата")
	wantPage("/oauth2/authorize?ui_locales=en", "en", "Wrong return address")
	s.get(c, "/language?lang=ru")
	wantPage("/oauth2/authorize?ui_locales=en", "ru", `href="/language?lang=en&amp;next=`)
	if a := s.get(c, "/oauth2/token"); a.StatusCode != http.StatusUnauthorized || a.body != "as it is" {
		t.Errorf("an answer for a program: %d %s", a.StatusCode, a.body)
	}
}

// TestAServiceThatIsAwayHasAPage has no sandbox behind it.
func TestAServiceThatIsAwayHasAPage(t *testing.T) {
	s := start(t)
	page := s.get(s.browser(), "/phone")
	if page.StatusCode != http.StatusServiceUnavailable || page.Header.Get("Retry-After") != "3" ||
		!strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") || !strings.Contains(page.body, `class="skip"`) {
		t.Errorf("%d %v %s", page.StatusCode, page.Header, page.body)
	}
}

func TestWhatTheEdgeRefusesHasAPage(t *testing.T) {
	s := startWith(t, map[string]string{"PROPUSK_GATEWAY_REQUESTS_PER_MINUTE": "1"})
	s.get(s.browser(), "/sign-in")
	a := s.get(s.browser(), "/sign-in")
	if a.StatusCode != http.StatusTooManyRequests || !strings.Contains(a.body, `class="skip"`) {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestAPageWhosePathIsNoText(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/sign-up/%FF/code", "/interactions/%FF"} {
		if a := s.get(s.browser(), path); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, `class="skip"`) {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
}
