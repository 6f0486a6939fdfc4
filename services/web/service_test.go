package web_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/gateway"
	"github.com/propusk-id/propusk/services/web"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	pageToken = "page-token"
	account   = "0190f8a0-0000-7000-8000-000000000001"
)

// neighbours plays the services that pages call and keeps what they were asked.
type neighbours struct {
	accountv1.UnimplementedAccountServiceServer
	profilev1.UnimplementedProfileServiceServer
	mu      sync.Mutex
	session *accountv1.CreateSessionRequest
	ended   []string
	// over says that the page's session has ended elsewhere.
	over bool
	// account is whose session it is.
	account string
}

func (n *neighbours) set(change func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change()
}

func (n *neighbours) ResolveSession(
	_ context.Context, r *accountv1.ResolveSessionRequest,
) (*accountv1.Session, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.GetToken() != pageToken || r.GetSurface() != accountv1.Surface_PAGES || n.over {
		return nil, errs.New(errorsv1.Reason_SESSION_ENDED, "no such session")
	}
	return &accountv1.Session{
		Id: "s1", AccountId: n.account, Level: accountv1.Level_SIMPLIFIED, AuthTime: timestamppb.Now(),
	}, nil
}

func (n *neighbours) CreateSession(_ context.Context, r *accountv1.CreateSessionRequest) (*accountv1.Session, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.session = r
	if r.GetLogin() == "throttled" {
		return nil, errs.New(errorsv1.Reason_SIGN_IN_THROTTLED, "wait").After(90 * time.Second)
	}
	if r.GetPassword() != "right" {
		return nil, errs.New(errorsv1.Reason_SIGN_IN_FAILED, "wrong")
	}
	return &accountv1.Session{
		Id: "s1", Token: pageToken, State: accountv1.Session_ACTIVE, ExpireTime: timestamppb.New(time.Now().Add(time.Hour)),
	}, nil
}

func (n *neighbours) DeleteSession(_ context.Context, r *accountv1.DeleteSessionRequest) (*emptypb.Empty, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ended = append(n.ended, r.GetSessionId())
	return &emptypb.Empty{}, nil
}

func (n *neighbours) GetPerson(context.Context, *profilev1.GetPersonRequest) (*profilev1.Person, error) {
	return &profilev1.Person{LastName: "Петрова", FirstName: "Анна", Etag: `"7"`, State: profilev1.DataState_UNVERIFIED}, nil
}

type site struct {
	*testkit.Env
	t    *testing.T
	url  string
	back *neighbours
	// asked is what oidc was asked for.
	asked *asked
}

func start(t *testing.T) *site { return startWith(t, nil) }

func startWith(t *testing.T, vars map[string]string, more ...boot.Service) *site {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{
		"PROPUSK_GATEWAY_LISTEN": addr, "PUBLIC_URL": "http://" + addr,
	}
	for k, v := range vars {
		all[k] = v
	}
	n, a := &neighbours{account: account}, &asked{}
	e := testkit.Start(t, testkit.Options{Vars: all, Services: instead(more, []boot.Service{
		gateway.Service(), web.Service(),
		testkit.Fake("account", &accountv1.AccountService_ServiceDesc, n),
		testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, n),
		testkit.Fake("registration", &registrationv1.RegistrationService_ServiceDesc,
			registrations{asked: a}),
		testkit.Fake("verification", &verificationv1.VerificationService_ServiceDesc,
			verificationv1.UnimplementedVerificationServiceServer{}),
		testkit.Fake("confirmation", &confirmationv1.ConfirmationService_ServiceDesc,
			confirmationv1.UnimplementedConfirmationServiceServer{}),
		testkit.Fake("notification", &notificationv1.NotificationService_ServiceDesc,
			notificationv1.UnimplementedNotificationServiceServer{}),
		authorizationServer(a),
	})})
	return &site{Env: e, t: t, url: "http://" + addr, back: n, asked: a}
}

// instead are all services, those of a test in the place of the usual ones.
func instead(own, usual []boot.Service) []boot.Service {
	all := slices.Clone(own)
	for _, s := range usual {
		if !slices.ContainsFunc(own, func(o boot.Service) bool { return o.Name == s.Name }) {
			all = append(all, s)
		}
	}
	return all
}

type answer struct {
	*http.Response
	// body is plain.
	body string
}

// plain is a text as it was before it was typeset.
func plain(text string) string { return strings.NewReplacer("\u00a0", " ", "\u2060", "").Replace(text) }

func (s *site) do(client *http.Client, req *http.Request) answer {
	s.t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp, plain(string(content))}
}

// browser keeps cookies, as browsers do.
func (s *site) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (s *site) get(c *http.Client, path string) answer {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do(c, req)
}

func (s *site) post(c *http.Client, path string, form url.Values, headers ...string) answer {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return s.do(c, req)
}

// csrf takes the token out of a form.
func (a answer) csrf(t *testing.T) string {
	t.Helper()
	_, rest, ok := strings.Cut(a.body, `name="csrf_token" value="`)
	if !ok {
		t.Fatalf("no form on the page: %s", a.body)
	}
	token, _, _ := strings.Cut(rest, `"`)
	return token
}

func TestSignInByPageAndOut(t *testing.T) {
	s := start(t)
	c := s.browser()
	form := url.Values{"csrf_token": {s.get(c, "/sign-in").csrf(t)}, "login": {"x"}, "password": {"wrong"}}
	s.post(c, "/sign-in", form)
	form.Set("password", "right")
	a := s.post(c, "/sign-in?next=/cabinet/person", form)
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/cabinet/person" {
		t.Fatalf("got %d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	for _, cookie := range a.Cookies() {
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %s is not protected", cookie.Name)
		}
	}
	page := s.get(c, "/sign-out")
	if a := s.post(c, "/sign-out", url.Values{"csrf_token": {page.csrf(t)}}); a.Header.Get("Location") != "/signed-out" || len(s.back.ended) != 1 {
		t.Errorf("sign-out got %d, %d sessions ended", a.StatusCode, len(s.back.ended))
	}
	if a := s.get(c, "/cabinet"); a.Header.Get("Location") != "/sign-in?next=%2Fcabinet" {
		t.Errorf("the cabinet went to %q", a.Header.Get("Location"))
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	s := start(t)
	c := s.browser()
	token := s.get(c, "/sign-in").csrf(t)
	good := url.Values{"csrf_token": {token}, "login": {"x"}, "password": {"right"}}
	for name, a := range map[string]answer{
		"no token":        s.post(c, "/sign-in", url.Values{"login": {"x"}, "password": {"right"}}),
		"another's token": s.post(s.browser(), "/sign-in", good),
		"foreign origin":  s.post(c, "/sign-in", good, "Origin", "https://evil.example"),
		"foreign site":    s.post(c, "/sign-in", good, "Sec-Fetch-Site", "cross-site"),
	} {
		if a.StatusCode != http.StatusForbidden || !strings.Contains(a.body, "Страница устарела") {
			t.Errorf("%s: got %d %s", name, a.StatusCode, a.body)
		}
	}
	if s.back.session != nil {
		t.Error("a forged form reached account")
	}
}

func TestBytesThatAreNoTextAreRefused(t *testing.T) {
	s := start(t)
	c := s.browser()
	token := s.get(c, "/sign-in").csrf(t)
	for name, form := range map[string]url.Values{
		"login": {"csrf_token": {token}, "login": {"\xff"}, "password": {"right"}},
		"key":   {"csrf_token": {token}, "idempotency_key": {"line\nbreak-key"}, "login": {"x"}, "password": {"right"}},
	} {
		if a := s.post(c, "/sign-in", form); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: got %d", name, a.StatusCode)
		}
	}
	if a := s.get(c, "/sign-up?interaction=%FF"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("query: got %d", a.StatusCode)
	}
}

func TestNextStaysHere(t *testing.T) {
	s := start(t)
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "/sign-out"} {
		c := s.browser()
		form := url.Values{"csrf_token": {s.get(c, "/sign-in").csrf(t)}, "login": {"x"}, "password": {"right"}}
		a := s.post(c, "/sign-in?"+url.Values{"next": {next}}.Encode(), form)
		if got := a.Header.Get("Location"); got != "/cabinet" {
			t.Errorf("next=%s led to %s", next, got)
		}
	}
}

func TestPagesAreProtected(t *testing.T) {
	s := start(t)
	h := s.get(s.browser(), "/sign-in").Header
	if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") ||
		!strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
}

func TestLanguageIsRemembered(t *testing.T) {
	s := start(t)
	c := s.browser()
	if a := s.get(c, "/language?lang=en&next=/sign-in"); a.Header.Get("Location") != "/sign-in" {
		t.Fatalf("got %d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	if a := s.get(c, "/sign-in"); a.Header.Get("Content-Language") != "en" {
		t.Errorf("the page is in %s", a.Header.Get("Content-Language"))
	}
}

// A session that has ended elsewhere is taken from the browser, and its token is of no use to the pages.
func TestADeadSessionLeavesTheBrowser(t *testing.T) {
	s := start(t)
	c := s.browser()
	s.cookie(c, "session", pageToken)
	if a := s.get(c, "/"); !strings.Contains(a.body, "Анна П.") {
		t.Fatalf("not signed in: %s", a.body)
	}
	s.back.mu.Lock()
	s.back.over = true
	s.back.mu.Unlock()
	a := s.get(c, "/")
	cookie := a.Header.Get("Set-Cookie")
	if strings.Contains(a.body, "Анна П.") || !strings.HasPrefix(cookie, "session=; ") || !strings.Contains(cookie, "Max-Age=0") {
		t.Errorf("Set-Cookie %q: %s", cookie, a.body)
	}
}
