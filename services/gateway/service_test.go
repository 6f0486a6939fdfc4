package gateway_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"
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
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	restToken = "rest-token"
	pageToken = "page-token"
	account   = "0190f8a0-0000-7000-8000-000000000001"
)

// neighbours plays the services behind the gateway and keeps what they were asked.
type neighbours struct {
	accountv1.UnimplementedAccountServiceServer
	profilev1.UnimplementedProfileServiceServer
	mu      sync.Mutex
	email   string
	person  *profilev1.UpdatePersonRequest
	session *accountv1.CreateSessionRequest
	ended   *accountv1.DeleteSessionRequest
	// metadata and deadline are what came with a call.
	metadata metadata.MD
	deadline time.Time
}

func (n *neighbours) ResolveSession(
	_ context.Context, r *accountv1.ResolveSessionRequest,
) (*accountv1.Session, error) {
	want := map[accountv1.Surface]string{accountv1.Surface_REST: restToken, accountv1.Surface_PAGES: pageToken}
	if r.GetToken() != want[r.GetSurface()] {
		return nil, errs.New(errorsv1.Reason_SESSION_ENDED, "no such session")
	}
	return &accountv1.Session{
		Id: "s1", AccountId: account, Level: accountv1.Level_SIMPLIFIED, AuthTime: timestamppb.Now(),
	}, nil
}

func (n *neighbours) CreateSession(_ context.Context, r *accountv1.CreateSessionRequest) (*accountv1.Session, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.session = r
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
	n.ended = r
	return &emptypb.Empty{}, nil
}

func (n *neighbours) CheckPassword(
	context.Context, *accountv1.CheckPasswordRequest,
) (*accountv1.CheckPasswordResponse, error) {
	return &accountv1.CheckPasswordResponse{Violations: []*accountv1.PasswordViolation{{Code: "PASSWORD_TOO_SHORT"}}}, nil
}

func (n *neighbours) GetAccount(context.Context, *accountv1.GetAccountRequest) (*accountv1.Account, error) {
	return &accountv1.Account{AccountId: account, Oid: 1_000_000_007, Level: accountv1.Level_SIMPLIFIED}, nil
}

func anna() *profilev1.Person {
	return &profilev1.Person{
		LastName: "Петрова", FirstName: "Анна", BirthDate: "1990-03-08", Snils: "00000060010", Etag: `"7"`, State: profilev1.DataState_UNVERIFIED,
	}
}

func (n *neighbours) GetPerson(context.Context, *profilev1.GetPersonRequest) (*profilev1.Person, error) {
	return anna(), nil
}

func (n *neighbours) GetContacts(context.Context, *accountv1.GetContactsRequest) (*accountv1.Contacts, error) {
	return &accountv1.Contacts{Phone: "+79001112233", Email: n.email}, nil
}

func (n *neighbours) GetCard(_ context.Context, r *profilev1.GetCardRequest) (*profilev1.Card, error) {
	if r.GetAccountId() != account || !slices.Equal(r.GetReadMask().GetPaths(), []string{"person", "unproven_phone", "unproven_email"}) {
		return nil, errs.New(errorsv1.Reason_VALIDATION_FAILED, "more is read than is shown")
	}
	return &profilev1.Card{Person: anna(), UnprovenEmail: "anna@example.ru"}, nil
}

func (n *neighbours) UpdatePerson(_ context.Context, r *profilev1.UpdatePersonRequest) (*profilev1.Person, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.person = r
	if r.GetPerson().GetSnils() == "bad" {
		var f errs.Fields
		f.Add("person.snils", errorsv1.Reason_FIELD_MALFORMED)
		f.Add("person.birth_date", errorsv1.Reason_DATE_IN_FUTURE)
		f.Add("document.issue_date", errorsv1.Reason_FIELD_REQUIRED)
		return nil, f.Err()
	}
	return &profilev1.Person{Etag: `"8"`, Snils: "00000060010"}, nil
}

func (n *neighbours) CreateDocument(context.Context, *profilev1.CreateDocumentRequest) (*profilev1.Document, error) {
	return nil, errs.New(errorsv1.Reason_VERIFIED_DATA_LOCKED, "locked")
}

func (n *neighbours) DeleteAddress(context.Context, *profilev1.DeleteAddressRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (n *neighbours) ListDocuments(
	context.Context, *profilev1.ListDocumentsRequest,
) (*profilev1.ListDocumentsResponse, error) {
	return nil, errs.New(errorsv1.Reason_RATE_LIMITED, "slow down").After(1500 * time.Millisecond)
}

// registrations knows no right code.
type registrations struct {
	registrationv1.UnimplementedRegistrationServiceServer
}

func (registrations) VerifyCode(context.Context, *registrationv1.VerifyCodeRequest) (*registrationv1.VerifyCodeResponse, error) {
	return nil, errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(3)
}

type site struct {
	*testkit.Env
	t    *testing.T
	url  string
	back *neighbours
}

func start(t *testing.T) *site { return startWith(t, nil) }

// startWith has the services run beside the fakes that every test has.
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
		"PROPUSK_GATEWAY_LISTEN": addr, "PUBLIC_URL": "http://" + addr, "PROPUSK_GATEWAY_ORIGINS": "https://app.example",
	}
	for k, v := range vars {
		all[k] = v
	}
	n := &neighbours{}
	e := testkit.Start(t, testkit.Options{Vars: all, Services: append(more,
		gateway.Service(),
		testkit.Fake("account", &accountv1.AccountService_ServiceDesc, n),
		testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, n),
		testkit.Fake("registration", &registrationv1.RegistrationService_ServiceDesc, registrations{}),
		testkit.Fake("verification", &verificationv1.VerificationService_ServiceDesc,
			verificationv1.UnimplementedVerificationServiceServer{}),
		testkit.Fake("confirmation", &confirmationv1.ConfirmationService_ServiceDesc,
			confirmationv1.UnimplementedConfirmationServiceServer{}),
		testkit.Fake("notification", &notificationv1.NotificationService_ServiceDesc,
			notificationv1.UnimplementedNotificationServiceServer{}),
	)})
	return &site{Env: e, t: t, url: "http://" + addr, back: n}
}

type answer struct {
	*http.Response
	body string
}

func (s *site) call(method, path, body string, headers ...string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s.do(client, req)
}

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
	return answer{resp, string(content)}
}

type problem struct {
	Type, Title, Detail, Instance, Code, RequestID string
	Status, RetryAfter                             int
	AttemptsLeft                                   *int
	Errors                                         []struct {
		Pointer, Code, Detail, Pattern string
		Limit                          int
	}
}

func (a answer) problem(t *testing.T, status int, code string) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("%d %s: %v", a.StatusCode, a.body, err)
	}
	if a.StatusCode != status || p.Status != status || p.Code != code {
		t.Fatalf("got %d %s, want %d %s: %s", a.StatusCode, p.Code, status, code, a.body)
	}
	if a.Header.Get("Content-Type") != "application/problem+json" || p.Type != "urn:propusk:problem:"+code ||
		p.Title == "" || p.RequestID == "" || p.RequestID != a.Header.Get("X-Request-Id") {
		t.Errorf("not a whole problem document: %s", a.body)
	}
	return p
}

func bearer() []string { return []string{"Authorization", "Bearer " + restToken} }

func TestMe(t *testing.T) {
	s := start(t)
	a := s.call("GET", "/v1/me", "", bearer()...)
	var me struct {
		AccountID, Level string
		OID              int32
		Person           struct{ LastName string }
	}
	if err := json.Unmarshal([]byte(a.body), &me); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(a.body, `"contacts":[{"kind":"PHONE","value":"+79001112233","state":"PROVEN"},`+
		`{"kind":"EMAIL","value":"anna@example.ru","state":"UNPROVEN"}]`) {
		t.Errorf("contacts of %s", a.body)
	}
	s.back.email = "Anna@example.ru" // proven since
	if a := s.call("GET", "/v1/me", "", bearer()...); !strings.Contains(a.body, `{"kind":"EMAIL","value":"Anna@example.ru","state":"PROVEN"}]`) {
		t.Errorf("contacts of %s", a.body)
	}
	if me.AccountID != account || me.OID != 1_000_000_007 || me.Level != "SIMPLIFIED" || me.Person.LastName != "Петрова" {
		t.Errorf("me is %s", a.body)
	}
}

func TestWithoutATokenOrWithABadOne(t *testing.T) {
	s := start(t)
	const none, invalid = `Bearer realm="propusk"`, `Bearer realm="propusk", error="invalid_token"`
	for name, c := range map[string]struct {
		headers         []string
		code, challenge string
	}{
		"none":    {nil, "UNAUTHENTICATED", none},
		"bad":     {[]string{"Authorization", "Bearer nonsense"}, "SESSION_ENDED", invalid},
		"long":    {[]string{"Authorization", "Bearer " + strings.Repeat("x", 5000)}, "SESSION_ENDED", invalid},
		"no text": {[]string{"Authorization", "Bearer \xff"}, "SESSION_ENDED", invalid},
		"page's":  {[]string{"Authorization", "Bearer " + pageToken}, "SESSION_ENDED", invalid},
		"basic":   {[]string{"Authorization", "Basic eDp5"}, "UNAUTHENTICATED", none},
		"cookie":  {[]string{"Cookie", "session=" + pageToken}, "UNAUTHENTICATED", none},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.call("GET", "/v1/me", "", c.headers...)
			a.problem(t, 401, c.code)
			if got := a.Header.Get("WWW-Authenticate"); got != c.challenge {
				t.Errorf("challenge %s, want %s", got, c.challenge)
			}
		})
	}
}

func TestFieldErrorsHavePointersAndWords(t *testing.T) {
	s := start(t)
	h := append(bearer(), "Accept-Language", "en")
	p := s.call("PATCH", "/v1/me/person", `{"snils":"bad"}`, h...).problem(t, 400, "VALIDATION_FAILED")
	if len(p.Errors) != 3 || p.Errors[0].Pointer != "/snils" || p.Errors[1].Pointer != "/birthDate" ||
		p.Errors[1].Code != "DATE_IN_FUTURE" || p.Errors[1].Detail == "" || p.Errors[2].Pointer != "/document/issueDate" {
		t.Errorf("errors are %+v", p.Errors)
	}
	ru := s.call("PATCH", "/v1/me/person", `{"snils":"bad"}`, bearer()...).problem(t, 400, "VALIDATION_FAILED")
	if ru.Title == p.Title {
		t.Errorf("%q in both languages", p.Title)
	}
}

func TestMeIsWhoIsSignedIn(t *testing.T) {
	s := start(t)
	h := append(bearer(), "If-Match", `"7"`)
	a := s.call("PATCH", "/v1/me/person", `{"lastName":"Иванова"}`, h...)
	if a.StatusCode != http.StatusOK || a.Header.Get("ETag") != `"8"` {
		t.Fatalf("got %d, ETag %s: %s", a.StatusCode, a.Header.Get("ETag"), a.body)
	}
	if got := s.back.person; got.GetAccountId() != account || got.GetIfMatch() != `"7"` ||
		len(got.GetUpdateMask().GetPaths()) != 1 {
		t.Errorf("profile was asked %v", got)
	}
	if a := s.call("DELETE", "/v1/sessions/current", "", bearer()...); a.StatusCode != http.StatusNoContent ||
		s.back.ended.GetAccountId() != account || s.back.ended.GetSessionId() != "s1" {
		t.Errorf("got %d, account was asked %v", a.StatusCode, s.back.ended)
	}
}

// What means the caller is not the caller's to send, under any spelling.
func TestNobodySaysWhoHeIs(t *testing.T) {
	s := start(t)
	for call, field := range map[string]string{
		"PATCH /v1/me/person?accountId=else {}":                                             "accountId",
		"PATCH /v1/me/person?account_id=else {}":                                            "account_id",
		"PATCH /v1/me/person?ifMatch=7 {}":                                                  "ifMatch",
		"DELETE /v1/sessions/current?sessionId=else ":                                       "sessionId",
		`POST /v1/sessions {"login":"x","password":"right","surface":"PAGES"}`:              "surface",
		`POST /v1/sessions/current:reauthenticate {"session_id":"else","password":"x"}`:     "session_id",
		`POST /v1/sessions/current:reauthenticate {"account\u0049d":"else","password":"x"}`: "accountId",
	} {
		method, rest, _ := strings.Cut(call, " ")
		path, body, _ := strings.Cut(rest, " ")
		p := s.call(method, path, body, bearer()...).problem(t, 400, "VALIDATION_FAILED")
		if len(p.Errors) != 1 || p.Errors[0].Pointer != "/"+field || p.Errors[0].Code != "FIELD_UNKNOWN" {
			t.Errorf("%s: %+v", call, p.Errors)
		}
	}
	if s.back.person != nil || s.back.session != nil || s.back.ended != nil {
		t.Error("a service was asked")
	}
}

func TestRESTSessionsAreOnlyRESTSessions(t *testing.T) {
	s := start(t)
	a := s.call("POST", "/v1/sessions", `{"login":"x","password":"right"}`)
	if a.StatusCode != http.StatusCreated || s.back.session.GetSurface() != accountv1.Surface_REST {
		t.Errorf("got %d for surface %s", a.StatusCode, s.back.session.GetSurface())
	}
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a token may be cached: %s", a.Header.Get("Cache-Control"))
	}
}

func TestRefusalsKeepTheirStatus(t *testing.T) {
	s := start(t)
	s.call("POST", "/v1/me/documents", `{}`, bearer()...).problem(t, 409, "VERIFIED_DATA_LOCKED")
	a := s.call("GET", "/v1/me/documents", "", bearer()...)
	if p := a.problem(t, 429, "RATE_LIMITED"); a.Header.Get("Retry-After") != "2" || p.RetryAfter != 2 {
		t.Errorf("Retry-After %s and %d, want 2", a.Header.Get("Retry-After"), p.RetryAfter)
	}
	if a := s.call("DELETE", "/v1/me/addresses/1", "", bearer()...); a.StatusCode != http.StatusNoContent || a.body != "" {
		t.Errorf("got %d %q, want 204 without a body", a.StatusCode, a.body)
	}
	s.call("POST", "/v1/sessions", `{"login":"x","password":"wrong"}`).problem(t, 401, "SIGN_IN_FAILED")
}

func TestRequestsThatCannotBeRead(t *testing.T) {
	s := start(t)
	s.call("GET", "/v1/nothing", "").problem(t, 404, "NOT_FOUND")
	p := s.call("POST", "/v1/sessions", `{"login`).problem(t, 400, "MALFORMED_JSON")
	if strings.Contains(p.Detail, "proto") || strings.Contains(p.Detail, "unexpected") {
		t.Errorf("the parser's words reach the caller: %s", p.Detail)
	}
	for body, want := range map[string]string{
		`{"nickname":"x"}`:          "/nickname FIELD_UNKNOWN",
		`{"login":7}`:               "/login FIELD_TYPE",
		`{"login":"x","login":"y"}`: "/login FIELD_REPEATED",
		"{\"login\":\"\xff\"}":      "/login FIELD_ENCODING",
		`{"a~b/c":1}`:               "/a~0b~1c FIELD_UNKNOWN",
		`{"login":"x"} trailing`:    " TRAILING_DATA",
		`{"login":"x"}{}`:           " TRAILING_DATA",
		`[]`:                        " FIELD_TYPE",
		`7`:                         " FIELD_TYPE",
	} {
		p := s.call("POST", "/v1/sessions", body).problem(t, 400, "VALIDATION_FAILED")
		if len(p.Errors) != 1 || p.Errors[0].Pointer+" "+p.Errors[0].Code != want || p.Errors[0].Detail == "" {
			t.Errorf("%s: %+v, want %s", body, p.Errors, want)
		}
	}
	a := s.call("POST", "/v1/sessions", "login=x", "Content-Type", "application/x-www-form-urlencoded")
	a.problem(t, 415, "UNSUPPORTED_MEDIA_TYPE")
	const mergePatch = "application/merge-patch+json"
	s.call("POST", "/v1/sessions", `{"login":"x"}`, "Content-Type", mergePatch).problem(t, 415, "UNSUPPORTED_MEDIA_TYPE")
	edit := s.call("PATCH", "/v1/me/person", `{"middleName":null}`, append(bearer(), "Content-Type", mergePatch)...)
	if got := s.back.person; edit.StatusCode != http.StatusOK || got.GetPerson().GetMiddleName() != "" ||
		!slices.Equal(got.GetUpdateMask().GetPaths(), []string{"middle_name"}) {
		t.Errorf("null is %d, asked as %v", edit.StatusCode, got)
	}
	s.call("POST", "/v1/sessions", `{"login":"`+strings.Repeat("x", 2<<20)+`"}`).problem(t, 413, "PAYLOAD_TOO_LARGE")
	s.call("POST", "/v1/sessions", `{"login":"`+strings.Repeat("x", 400)+`"}`).problem(t, 400, "VALIDATION_FAILED")
}

func TestMethodsOfAPath(t *testing.T) {
	s := start(t)
	for call, allow := range map[string]string{
		"PUT /v1/sessions": "POST", "POST /v1/me": "GET", "OPTIONS /v1/me/person": "GET, PATCH",
		"POST /v1/me/addresses/1": "DELETE, GET, PATCH", "GET /v1/registrations/1:verifyCode": "",
		"POST /v1/registrations/1:nope": "", "POST /v1/nothing": "",
	} {
		method, path, _ := strings.Cut(call, " ")
		a := s.call(method, path, "", bearer()...)
		if a.Header.Get("Allow") != allow || (a.StatusCode == http.StatusMethodNotAllowed) != (allow != "") {
			t.Errorf("%s: %d, Allow %s, want %s: %s", call, a.StatusCode, a.Header.Get("Allow"), allow, a.body)
		}
	}
	s.call("POST", "/v1/registrations/1:nope", "{}").problem(t, 404, "NOT_FOUND")
	s.call("PUT", "/v1/sessions", "{}").problem(t, 405, "METHOD_NOT_ALLOWED")
	if a := s.call("HEAD", "/v1/me/person", "", bearer()...); a.StatusCode != http.StatusOK || a.Header.Get("ETag") != `"7"` {
		t.Errorf("HEAD: %d %v", a.StatusCode, a.Header)
	}
}

func TestLogsNameTheRoute(t *testing.T) {
	s := start(t)
	s.call("POST", "/v1/registrations/0190f8a0:verifyCode", "{}")
	s.call("GET", "/v1/me", "", bearer()...)
	s.call("GET", "/v1/nothing", "")
	for _, route := range []string{"POST /v1/registrations/{registration_id}:verifyCode", "GET /v1/me", "/v1/"} {
		if !strings.Contains(s.Logs(), `"route":"`+route+`"`) {
			t.Errorf("the log has no route %s", route)
		}
	}
}

func TestParametersThatCannotBeRead(t *testing.T) {
	s := start(t)
	for call, want := range map[string]string{
		"GET /v1/me/notifications?pageSize=abc":                "/pageSize FIELD_TYPE",
		"GET /v1/me/notifications?pageSize=99999999999":        "/pageSize FIELD_OUT_OF_RANGE",
		"GET /v1/me/notifications?pagesize=5":                  "/pagesize FIELD_UNKNOWN",
		"GET /v1/me/notifications?kind=NEWS":                   "/kind FIELD_UNKNOWN_VALUE",
		"GET /v1/me?fields=level":                              "/fields FIELD_UNKNOWN",
		"POST /v1/sessions?login=x":                            "/login FIELD_UNKNOWN",
		"PATCH /v1/me/person?person=x":                         "/person FIELD_UNKNOWN",
		"GET /v1/me/documents/1?documentId=2":                  "/documentId FIELD_UNKNOWN",
		"GET /v1/me/notifications?page_size=1&pageSize=2":      "/pageSize FIELD_REPEATED",
		"GET /v1/me/notifications?sort=x":                      "/sort FIELD_UNKNOWN",
		"PATCH /v1/me/person?updateMask=snils&updateMask=type": "/updateMask FIELD_REPEATED",
		"PATCH /v1/me/person?mask=snils":                       "/mask FIELD_UNKNOWN",
		"DELETE /v1/me/addresses/1?force=true":                 "/force FIELD_UNKNOWN",
	} {
		method, path, _ := strings.Cut(call, " ")
		p := s.call(method, path, "", bearer()...).problem(t, 400, "VALIDATION_FAILED")
		if len(p.Errors) != 1 || p.Errors[0].Pointer+" "+p.Errors[0].Code != want {
			t.Errorf("%s: %+v, want %s", call, p.Errors, want)
		}
	}
}

func TestPasswordRulesAreInWords(t *testing.T) {
	s := start(t)
	a := s.call("POST", "/v1/passwords:check", `{"password":"x"}`, "Accept-Language", "en")
	if !strings.Contains(a.body, `"acceptable":false`) || !strings.Contains(a.body, "PASSWORD_TOO_SHORT") ||
		strings.Contains(a.body, `"detail":""`) {
		t.Errorf("got %s", a.body)
	}
}

func TestOneAddressIsSlowedDown(t *testing.T) {
	s := startWith(t, map[string]string{"PROPUSK_GATEWAY_REQUESTS_PER_MINUTE": "5"})
	for range 5 {
		s.call("GET", "/v1/me", "")
	}
	s.call("GET", "/v1/me", "").problem(t, 429, "RATE_LIMITED")
	if a := s.call("GET", "/sign-in", ""); a.StatusCode != http.StatusTooManyRequests ||
		!strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		t.Errorf("a page answered %d %s", a.StatusCode, a.Header.Get("Content-Type"))
	}
	if err := s.Redis.FlushAll(context.Background()).Err(); err != nil {
		t.Fatal(err)
	}
	s.call("GET", "/v1/me", "").problem(t, 401, "UNAUTHENTICATED")
}

func TestLogsHoldNoSecrets(t *testing.T) {
	s := start(t)
	s.call("POST", "/v1/sessions", `{"login":"+79001112233","password":"canary-password"}`)
	s.call("GET", "/v1/me?token=canary-query", "", bearer()...)
	for _, secret := range []string{"canary-password", "canary-query", "+79001112233", restToken} {
		if strings.Contains(s.Logs(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}
