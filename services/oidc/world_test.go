package oidc_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/oidc"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	issuer   = "http://localhost:8080"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	callback = "https://agency.example.ru/callback"
	goodbye  = "https://agency.example.ru/bye"
	theirKey = "s3cret with spaces & + % ключ 0123456789abcdef"
)

// accounts plays account.
type accounts struct {
	accountv1.UnimplementedAccountServiceServer
	mu       sync.Mutex
	sessions map[string]*accountv1.Session
	contacts *accountv1.Contacts
	down     bool
}

func (a *accounts) GetSession(_ context.Context, r *accountv1.GetSessionRequest) (*accountv1.Session, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.down {
		return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "down").After(2 * time.Second)
	}
	s, ok := a.sessions[r.GetSessionId()]
	if !ok {
		return nil, errs.New(errorsv1.Reason_SESSION_ENDED, "no such session")
	}
	return proto.CloneOf(s), nil
}

func (a *accounts) GetContacts(context.Context, *accountv1.GetContactsRequest) (*accountv1.Contacts, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.contacts == nil {
		return nil, errs.New(errorsv1.Reason_ACCOUNT_NOT_FOUND, "no such account")
	}
	return proto.CloneOf(a.contacts), nil
}

func (a *accounts) change(id string, f func(*accountv1.Session)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(a.sessions[id])
}

func (a *accounts) setDown(down bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.down = down
}

// profiles plays profile.
type profiles struct {
	profilev1.UnimplementedProfileServiceServer
	mu   sync.Mutex
	card *profilev1.Card
	// asked are the parts that the last call asked for.
	asked []string
}

func (p *profiles) GetCard(_ context.Context, r *profilev1.GetCardRequest) (*profilev1.Card, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = r.GetReadMask().GetPaths()
	if p.card == nil {
		return nil, errs.New(errorsv1.Reason_NOT_FOUND, "no card")
	}
	return proto.CloneOf(p.card), nil
}

type world struct {
	*testkit.Env
	t       *testing.T
	ctx     context.Context
	account *accounts
	profile *profiles
	pages   oidcv1.OIDCServiceClient
	sandbox oidcv1.OIDCServiceClient
	person  string
	session string
	// browsers has, by interaction, the cookie of the browser that began it.
	browsers map[string]string
}

func start(t *testing.T, vars ...string) *world {
	t.Helper()
	w := &world{
		t: t, ctx: context.Background(), person: secret.NewID().String(), profile: &profiles{},
		browsers: map[string]string{},
		account:  &accounts{sessions: map[string]*accountv1.Session{}, contacts: &accountv1.Contacts{Language: "ru"}},
	}
	env := map[string]string{}
	for i := 0; i < len(vars); i += 2 {
		env[vars[i]] = vars[i+1]
	}
	w.Env = testkit.Start(t, testkit.Options{Vars: env, Services: []boot.Service{
		oidc.Service(),
		testkit.Fake("account", &accountv1.AccountService_ServiceDesc, w.account),
		testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, w.profile),
	}})
	w.dial()
	w.session = w.signIn(accountv1.Level_CONFIRMED)
	return w
}

func (w *world) dial() {
	w.t.Helper()
	w.pages = oidcv1.NewOIDCServiceClient(w.Dial("web", "oidc"))
	w.sandbox = oidcv1.NewOIDCServiceClient(w.Dial("sandbox", "oidc"))
	testkit.Eventually(w.t, "HTTP", func() bool { return w.browser().get("/oauth2/jwks").Code == http.StatusOK })
}

// signIn gives the person a session of the pages, begun now.
func (w *world) signIn(level accountv1.Level) string {
	id := secret.NewRandomID()
	now := w.Clock.Now()
	w.account.mu.Lock()
	defer w.account.mu.Unlock()
	w.account.sessions[id] = &accountv1.Session{
		Id: id, State: accountv1.Session_ACTIVE, AccountId: w.person, Level: level, Amr: []string{"pwd"},
		AuthTime: timestamppb.New(now), ExpireTime: timestamppb.New(now.Add(24 * time.Hour)),
		Surface: accountv1.Surface_PAGES, Language: "ru",
	}
	return id
}

// signOut ends a session, as account does and then reports.
func (w *world) signOut(session string) {
	w.t.Helper()
	w.account.mu.Lock()
	delete(w.account.sessions, session)
	w.account.mu.Unlock()
	w.publishSignedOut(session)
}

func (w *world) publishSignedOut(session string) {
	w.t.Helper()
	w.Publish("account", "oidc", w.person, &accounteventsv1.SignedOut{AccountId: w.person, SessionId: session})
}

// registered is a client with its secret, if it has one.
type registered struct {
	*oidcv1.Client
	ClientSecret string
}

// client registers a confidential client, changed as the test likes.
func (w *world) client(change ...func(*registered)) *registered {
	w.t.Helper()
	r := &registered{ClientSecret: theirKey, Client: &oidcv1.Client{
		ClientId: "agency", Names: names("Агентство", "Agency"), RedirectUris: []string{callback},
		PostLogoutRedirectUris: []string{goodbye}, Scopes: allScopes(),
		Purposes: map[string]string{"snils.ru": "для записи", "snils.en": "to file it"},
		Policy:   &oidcv1.ClientPolicy{EssentialAcr: true},
	}}
	for _, f := range change {
		f(r)
	}
	if _, err := w.sandbox.ApplyClient(w.ctx, r.apply()); err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (r *registered) apply() *oidcv1.ApplyClientRequest {
	out := &oidcv1.ApplyClientRequest{Client: r.Client}
	if r.ClientSecret != "" {
		out.Secrets = []*oidcv1.NewClientSecret{{Value: r.ClientSecret}}
	}
	return out
}

func names(ru, en string) map[string]string { return map[string]string{"ru": ru, "en": en} }

func public(r *registered) {
	r.ClientId, r.ClientSecret, r.Type = "spa", "", oidcv1.Client_PUBLIC
}

func allScopes() []string {
	return []string{"openid", "profile", "email", "phone", "address", "snils", "id_doc", "offline_access"}
}

// browser is somebody's browser: it keeps cookies.
type browser struct {
	t       *testing.T
	h       http.Handler
	cookies map[string]*http.Cookie
	header  http.Header
	// person is who is signed in, as the gateway finds out for each request.
	person func() context.Context
}

func (w *world) browser() *browser {
	return &browser{t: w.t, h: w.HTTP("gateway", "oidc"), cookies: map[string]*http.Cookie{}, header: http.Header{}}
}

// at is a browser with a session of the pages.
func (w *world) at(session string) *browser {
	b := w.browser()
	b.person = func() context.Context {
		w.account.mu.Lock()
		defer w.account.mu.Unlock()
		s := w.account.sessions[session]
		if s == nil || !w.Clock.Now().Before(s.GetExpireTime().AsTime()) {
			return w.ctx
		}
		return w.AsUser(rpc.User{
			AccountID: s.GetAccountId(), SessionID: session, Level: s.GetLevel().Number(), AuthTime: s.GetAuthTime().AsTime(),
			AMR: s.GetAmr(),
		})
	}
	return b
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	if b.person != nil {
		r = r.WithContext(b.person())
	}
	for k, v := range b.header {
		r.Header[k] = v
	}
	for _, c := range b.cookies {
		if c.MaxAge >= 0 { // the others were removed
			r.AddCookie(c)
		}
	}
	rec := httptest.NewRecorder()
	b.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		b.cookies[c.Name] = c
	}
	return rec
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *browser) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// request is a good authorization request, changed by pairs; "" removes.
func request(clientID string, pairs ...string) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	v := url.Values{
		"client_id": {clientID}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid"},
		"state": {"st"}, "nonce": {"no"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])},
	}
	return change(v, pairs...)
}

func change(v url.Values, pairs ...string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	return v
}

// begin asks for a sign-in and gives the interaction's id.
func (w *world) begin(b *browser, v url.Values) string {
	w.t.Helper()
	rec := b.get("/oauth2/authorize?" + v.Encode())
	id, ok := strings.CutPrefix(rec.Header().Get("Location"), issuer+"/interactions/")
	if rec.Code != http.StatusSeeOther || !ok {
		w.t.Fatalf("authorize: %d %s %s", rec.Code, rec.Header().Get("Location"), rec.Body)
	}
	if c := b.cookies["interaction-"+id]; c != nil {
		w.browsers[id] = c.Value
	}
	return id
}

func (w *world) needs(id, session string) []oidcv1.Need {
	w.t.Helper()
	i, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{
		InteractionId: id, SessionId: session, Browser: w.browsers[id],
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return i.GetNeeds()
}

func (w *world) tryDecide(id, session string, d oidcv1.Decision, scopes ...string) (string, error) {
	r, err := w.pages.DecideInteraction(w.ctx, &oidcv1.DecideInteractionRequest{
		InteractionId: id, SessionId: session, Decision: d, Scopes: scopes, Browser: w.browsers[id],
	})
	return r.GetContinueUrl(), err
}

func (w *world) decide(id, session string, d oidcv1.Decision, scopes ...string) string {
	w.t.Helper()
	next, err := w.tryDecide(id, session, d, scopes...)
	if err != nil {
		w.t.Fatal(err)
	}
	return next
}

// partner follows to the partner and gives what it is told; the address without parameters is under "".
func (w *world) partner(b *browser, path string) url.Values {
	w.t.Helper()
	return answer(w.t, b.get(path))
}

func answer(t *testing.T, rec *httptest.ResponseRecorder) url.Values {
	t.Helper()
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("no redirect: %d %s", rec.Code, rec.Body)
	}
	u, err := url.Parse(rec.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.RawQuery = ""; q.Get("iss") != issuer && u.String() != goodbye {
		t.Errorf("iss is %q in %s", q.Get("iss"), rec.Header().Get("Location"))
	}
	q.Set("", u.String())
	return q
}

// code takes the person through everything and gives the partner's code.
func (w *world) code(v url.Values) string {
	w.t.Helper()
	b := w.browser()
	id := w.begin(b, v)
	shown, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{InteractionId: id, Browser: w.browsers[id]})
	if err != nil {
		w.t.Fatal(err)
	}
	var scopes []string
	for _, s := range shown.GetScopes() {
		scopes = append(scopes, s.GetScope())
	}
	a := w.partner(b, w.decide(id, w.session, oidcv1.Decision_ALLOW, scopes...))
	if a.Get("code") == "" || a.Get("state") != v.Get("state") {
		w.t.Fatalf("answer %v", a)
	}
	return a.Get("code")
}

// tokenAnswer is what the token endpoint says.
type tokenAnswer struct {
	status  int
	header  http.Header
	Access  string `json:"access_token"`
	Type    string `json:"token_type"`
	Life    int    `json:"expires_in"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
	Scope   string `json:"scope"`
	Error   string `json:"error"`
}

func (w *world) token(c *registered, form url.Values) tokenAnswer {
	w.t.Helper()
	b := w.browser()
	if c.ClientSecret == "" {
		form.Set("client_id", c.GetClientId())
	} else {
		b.header.Set("Authorization", basicAuth(c))
	}
	return readToken(w.t, b.post("/oauth2/token", form))
}

func basicAuth(c *registered) string {
	basic := url.QueryEscape(c.GetClientId()) + ":" + url.QueryEscape(c.ClientSecret)
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(basic))
}

func readToken(t *testing.T, rec *httptest.ResponseRecorder) tokenAnswer {
	t.Helper()
	a := tokenAnswer{status: rec.Code, header: rec.Header()}
	if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil {
		t.Fatalf("%d %s: %v", rec.Code, rec.Body, err)
	}
	if rec.Header().Get("Cache-Control") != "no-store" || rec.Header().Get("Pragma") != "no-cache" {
		t.Error("a token answer may be kept")
	}
	return a
}

func redemption(code string, pairs ...string) url.Values {
	return change(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier},
	}, pairs...)
}

func (w *world) redeem(c *registered, code string, pairs ...string) tokenAnswer {
	w.t.Helper()
	return w.token(c, redemption(code, pairs...))
}

func (w *world) refresh(c *registered, token string, pairs ...string) tokenAnswer {
	w.t.Helper()
	return w.token(c, change(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}, pairs...))
}

// tokens is a whole sign-in.
func (w *world) tokens(c *registered, pairs ...string) tokenAnswer {
	w.t.Helper()
	a := w.redeem(c, w.code(request(c.GetClientId(), pairs...)))
	if a.status != http.StatusOK {
		w.t.Fatalf("no tokens: %d %s", a.status, a.Error)
	}
	return a
}

func (w *world) userinfo(token string) (int, map[string]any) {
	w.t.Helper()
	b := w.browser()
	b.header.Set("Authorization", "Bearer "+token)
	rec := b.get("/oauth2/userinfo")
	var claims map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &claims); err != nil {
		w.t.Fatalf("%d %s: %v", rec.Code, rec.Body, err)
	}
	return rec.Code, claims
}

// mustDie waits for an event to reach the token.
func (w *world) mustDie(token string) {
	w.t.Helper()
	testkit.Eventually(w.t, "the token dies", func() bool {
		status, _ := w.userinfo(token)
		return status == http.StatusUnauthorized
	})
}

// claims reads a token without checking it: the test of the real client checks signatures.
func claims(t *testing.T, token string) jwt.MapClaims {
	t.Helper()
	c := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(token, c); err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) wantError(a tokenAnswer, status int, code string) {
	w.t.Helper()
	if a.status != status || a.Error != code || a.Access != "" {
		w.t.Errorf("%d %q, want %d %q", a.status, a.Error, status, code)
	}
}

func wantReason(t *testing.T, err error, want errorsv1.Reason) {
	t.Helper()
	if !errs.Is(err, want) {
		t.Errorf("got %v, want reason %s", err, want)
	}
}

// authorize is the path of a good authorization request, changed by pairs.
func authorize(clientID string, pairs ...string) string {
	return "/oauth2/authorize?" + request(clientID, pairs...).Encode()
}
