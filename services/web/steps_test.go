package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	signInToken = "the-sign-in-token"
	deviceToken = "the-token-of-the-device"
)

// factored plays account for a person who has second factors: after the password one of them is asked for.
type factored struct {
	*neighbours
	accountv1.UnimplementedSignInServiceServer
	accountv1.UnimplementedSecondFactorServiceServer

	mu sync.Mutex
	// kinds are asked for after the password.
	kinds []accountv1.StepKind
	// begun by a password, by a passkey alone, or within a session; over: it has run out.
	begun string
	over  bool
	// refusal is what is said to any proof.
	refusal error
	sent    int
	expire  *timestamppb.Timestamp
	device  string
	// fresh is what the account gives a browser that it does not know, of those that have a token.
	fresh    string
	last     *accountv1.CompleteStepRequest
	now      func() time.Time
	bound    []*accountv1.SecondFactor
	enrolled []accountv1.StepKind
	removed  []string
}

// guarded is the site with such a person, whose second factors these are.
func guarded(t *testing.T, kinds ...accountv1.StepKind) (*site, *factored) {
	t.Helper()
	f := &factored{neighbours: &neighbours{account: account}, kinds: kinds}
	s := startWith(t, nil, testkit.FakeAll("account", map[*grpc.ServiceDesc]any{
		&accountv1.AccountService_ServiceDesc: f, &accountv1.SignInService_ServiceDesc: f,
		&accountv1.SecondFactorService_ServiceDesc: f,
	}))
	s.back, f.now = f.neighbours, s.Clock.Now
	return s, f
}

func (f *factored) with(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

func (f *factored) steps() *accountv1.Session {
	out := &accountv1.Session{State: accountv1.Session_STEP_REQUIRED, SignInToken: signInToken}
	kinds := f.kinds
	if f.begun == "passkey" {
		kinds = []accountv1.StepKind{accountv1.StepKind_PASSKEY}
	}
	for _, k := range kinds {
		step := &accountv1.Step{StepId: k.String(), Kind: k}
		switch k {
		case accountv1.StepKind_SMS_CODE:
			step.Destination, step.CodeExpireTime = "+7 900 ***-**-67", f.expire
		case accountv1.StepKind_PASSKEY:
			step.Options = &structpb.Struct{Fields: map[string]*structpb.Value{"challenge": structpb.NewStringValue("c2lnbg")}}
		default:
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

func (f *factored) CreateSession(ctx context.Context, r *accountv1.CreateSessionRequest) (*accountv1.Session, error) {
	if s, err := f.neighbours.CreateSession(ctx, r); err != nil || r.GetLogin() == "unguarded" {
		return s, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.device, f.begun = r.GetDeviceToken(), "password"
	return f.steps(), nil
}

func (f *factored) Reauthenticate(_ context.Context, r *accountv1.ReauthenticateRequest) (*accountv1.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.GetPassword() != "right" {
		return nil, errs.New(errorsv1.Reason_SIGN_IN_FAILED, "wrong")
	}
	f.begun = "again"
	return f.steps(), nil
}

func (f *factored) StepUp(_ context.Context, r *accountv1.StepUpRequest) (*accountv1.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.GetSessionId() != "s1" {
		return nil, errs.New(errorsv1.Reason_PERMISSION_DENIED, "not yours")
	}
	if len(f.kinds) == 0 {
		return nil, errs.New(errorsv1.Reason_SECOND_FACTOR_MISSING, "no phone")
	}
	f.begun = "again"
	return f.steps(), nil
}

func (f *factored) BeginPasskey(context.Context, *accountv1.BeginPasskeyRequest) (*accountv1.BeginPasskeyResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = "passkey"
	return &accountv1.BeginPasskeyResponse{SignInToken: signInToken, StepId: accountv1.StepKind_PASSKEY.String()}, nil
}

func (f *factored) GetSignIn(_ context.Context, r *accountv1.GetSignInRequest) (*accountv1.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over || r.GetSignInToken() != signInToken || r.GetSurface() != accountv1.Surface_PAGES {
		return nil, errs.New(errorsv1.Reason_SIGN_IN_EXPIRED, "no such sign-in")
	}
	return f.steps(), nil
}

func (f *factored) SendStepCode(_ context.Context, r *accountv1.SendStepCodeRequest) (*accountv1.SendStepCodeResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.expire != nil && f.now().Before(f.expire.AsTime().Add(-4*time.Minute)) {
		return nil, errs.New(errorsv1.Reason_CODE_RESEND_TOO_EARLY, "wait").After(time.Minute)
	}
	f.sent++
	f.expire = timestamppb.New(f.now().Add(5 * time.Minute))
	return &accountv1.SendStepCodeResponse{ResendTime: timestamppb.New(f.now().Add(time.Minute)), CodeExpireTime: f.expire}, nil
}

func (f *factored) CompleteStep(_ context.Context, r *accountv1.CompleteStepRequest) (*accountv1.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = r
	switch {
	case f.over:
		return nil, errs.New(errorsv1.Reason_SIGN_IN_EXPIRED, "no such sign-in")
	case f.refusal != nil:
		return nil, f.refusal
	case r.GetStepId() != accountv1.StepKind_PASSKEY.String() && r.GetCode() == "":
		return nil, errs.Fields{{Name: "code", Reason: errorsv1.Reason_FIELD_REQUIRED}}.Err()
	case r.GetStepId() != accountv1.StepKind_PASSKEY.String() && r.GetCode() != rightCode:
		return nil, errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(4)
	}
	f.over = true
	s := &accountv1.Session{
		Id: "s1", Token: pageToken, State: accountv1.Session_ACTIVE, ExpireTime: timestamppb.New(time.Now().Add(time.Hour)),
	}
	if f.device == "" && f.begun != "again" {
		s.DeviceToken = deviceToken
	} else if f.fresh != "" {
		s.DeviceToken, f.fresh = f.fresh, ""
	}
	return s, nil
}

// typed signs in by the password, and is the address that it leads to.
func (s *site) typed(c *http.Client, path string) string {
	s.t.Helper()
	page := s.get(c, path)
	form := page.filled(s.t, "login", "x", "password", "right")
	return s.post(c, path, form).Header.Get("Location")
}

// proves sends the page's form, and is the answer.
func (s *site) proves(c *http.Client, path string, fields ...string) answer {
	s.t.Helper()
	return s.post(c, path, s.get(c, path).filled(s.t, fields...))
}

func TestCodeIsAskedForAfterThePassword(t *testing.T) {
	s, f := guarded(t, accountv1.StepKind_BACKUP_CODE, accountv1.StepKind_SMS_CODE)
	c := s.browser()
	step := s.typed(c, "/sign-in?next=/cabinet/person")
	if !strings.HasPrefix(step, "/sign-in/step?flow=") || strings.Contains(step, signInToken) {
		t.Fatalf("the password led to %q", step)
	}
	page := s.get(c, step)
	page.shows(t, "***-**-67", `name="code"`, `name="remember"`, "way=BACKUP_CODE")
	if strings.Contains(page.body, signInToken) {
		t.Error("the page shows the token")
	}
	again := s.proves(c, step, "action", "resend").Header.Get("Location")
	s.get(c, again).shows(t, "Новый код можно запросить")
	wrong := s.proves(c, step, "step", "SMS_CODE", "code", "654321", "remember", "on").Header.Get("Location")
	s.get(c, wrong).shows(t, `value="654321"`, "code-error", `name="remember" value="on" checked`)
	if a := s.get(c, "/cabinet"); a.StatusCode == http.StatusOK {
		t.Error("the password alone has let in")
	}
	a := s.proves(c, wrong, "step", "SMS_CODE", "code", rightCode, "remember", "on")
	a.leads(t, "/cabinet/person")
	f.with(func() {
		if f.sent != 1 || !f.last.GetRememberDevice() || f.last.GetSignInToken() != signInToken || f.device != "" {
			t.Errorf("%d codes sent, last %v, device %q", f.sent, f.last, f.device)
		}
	})
	s.get(c, step).leads(t, "/cabinet/person") // the way back leads on
	f.with(func() { f.over = false })
	s.proves(c, "/sign-out")
	s.typed(c, "/sign-in")
	f.with(func() {
		if f.device != deviceToken {
			t.Errorf("the next sign-in is from the device %q", f.device)
		}
	})
}

// A browser that several people use keeps a token for each, the newest five, and sends all.
func TestABrowserKeepsATokenForEachPerson(t *testing.T) {
	s, f := guarded(t, accountv1.StepKind_TOTP)
	c := s.browser()
	s.cookie(c, "device", "a.b.c.d.e")
	s.proves(c, s.typed(c, "/sign-in"), "code", rightCode)
	f.with(func() {
		if f.device != "a.b.c.d.e" {
			t.Errorf("sent %q", f.device)
		}
		f.over, f.fresh = false, deviceToken
	})
	s.proves(c, "/sign-out")
	s.proves(c, s.typed(c, "/sign-in"), "code", rightCode)
	s.proves(c, "/sign-out")
	s.typed(c, "/sign-in")
	f.with(func() {
		if want := deviceToken + ".a.b.c.d"; f.device != want {
			t.Errorf("sent %q, want %q", f.device, want)
		}
	})
}

// The browser keeps its token for as long as browsers keep anything, and no script reads it.
func TestTheDevicesCookie(t *testing.T) {
	s, _ := guarded(t, accountv1.StepKind_TOTP)
	c := s.browser()
	a := s.proves(c, s.typed(c, "/sign-in"), "code", rightCode)
	for _, cookie := range a.Cookies() {
		if cookie.Name == "device" {
			if cookie.Value != deviceToken || !cookie.HttpOnly || cookie.MaxAge != 400*24*60*60 || cookie.SameSite != http.SameSiteLaxMode {
				t.Errorf("the cookie is %v", cookie)
			}
			return
		}
	}
	t.Errorf("there is none among %v", a.Cookies())
}

func TestAnotherWayIsChosen(t *testing.T) {
	s, f := guarded(t, accountv1.StepKind_TOTP, accountv1.StepKind_SMS_CODE, accountv1.StepKind_BACKUP_CODE)
	c := s.browser()
	step := s.typed(c, "/sign-in")
	s.get(c, step).shows(t, "Введите код из приложения", "way=SMS_CODE", "way=BACKUP_CODE")
	s.get(c, step+"&way=SMS_CODE").shows(t, "Отправить код")
	f.with(func() {
		if f.sent != 0 {
			t.Error("a code was sent that nobody has asked for")
		}
	})
	sent := s.proves(c, step+"&way=SMS_CODE", "step", "SMS_CODE", "action", "resend").Header.Get("Location")
	s.get(c, sent).shows(t, "Мы отправили код", `name="code"`)
	f.with(func() { f.refusal = errs.New(errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED, "dead") })
	dead := s.get(c, s.proves(c, sent, "step", "SMS_CODE", "code", "1").Header.Get("Location"))
	dead.shows(t, "Отправить новый код", "way=TOTP")
	if strings.Contains(dead.body, `name="code"`) {
		t.Error("a dead code is asked for")
	}
	f.with(func() { f.refusal = errs.New(errorsv1.Reason_FACTOR_LOCKED, "locked").After(time.Minute) })
	locked := s.get(c, s.proves(c, step, "step", "TOTP", "code", "1").Header.Get("Location"))
	locked.shows(t, "Временная блокировка", "way=BACKUP_CODE")
	if strings.Contains(locked.body, `name="code"`) {
		t.Error("a locked factor is asked for")
	}
	f.with(func() { f.refusal = nil })
	backup := step + "&way=BACKUP_CODE"
	s.get(c, s.proves(c, backup, "step", "BACKUP_CODE").Header.Get("Location")).shows(t, "backup_code-error", "Введите запасной код.")
	s.proves(c, backup, "step", "BACKUP_CODE", "backup_code", rightCode).leads(t, "/cabinet")
}

func TestASignInThatHasRunOutBeginsAnew(t *testing.T) {
	s, f := guarded(t, accountv1.StepKind_TOTP)
	c := s.browser()
	step := s.typed(c, "/sign-in?next=/cabinet/person")
	form := s.get(c, step).filled(t, "code", rightCode)
	f.with(func() { f.over = true })
	for name, a := range map[string]answer{"page": s.get(c, step), "form": s.post(c, step, form)} {
		to, err := url.Parse(a.Header.Get("Location"))
		if err != nil || to.Path != "/sign-in" {
			t.Fatalf("the %s led to %v %v", name, to, err)
		}
		if name == "page" && to.Query().Get("next") != "/cabinet/person" {
			t.Errorf("the way is lost: %v", to)
		}
		s.get(c, to.String()).shows(t, "Вход не был закончен вовремя", `name="login"`)
	}
}

// A cookie of another browser, or that somebody has made, is no sign-in under way.
func TestStepsAreTheirBrowsers(t *testing.T) {
	s, f := guarded(t, accountv1.StepKind_TOTP)
	c, thief := s.browser(), s.browser()
	step := s.typed(c, "/sign-in")
	flow := strings.TrimPrefix(step, "/sign-in/step?flow=")
	token := s.get(thief, "/sign-in").csrf(t)
	for _, forged := range []string{"", "c2lnbmVk", strings.Repeat("A", 300)} {
		s.cookie(thief, "step-"+flow, forged)
		a := s.post(thief, step, url.Values{"csrf_token": {token}, "code": {rightCode}})
		if to := a.Header.Get("Location"); !strings.HasPrefix(to, "/sign-in?") {
			t.Errorf("%q led to %d %q", forged, a.StatusCode, to)
		}
	}
	f.with(func() {
		if f.last != nil {
			t.Errorf("it was asked to complete %v", f.last)
		}
	})
}

// The form of a step that is behind, in another tab, is no guess at the one that is left.
func TestAFormThatIsBehindIsNoGuess(t *testing.T) {
	s, f := guarded(t, accountv1.StepKind_TOTP)
	c := s.browser()
	step := s.typed(c, "/sign-in")
	s.proves(c, step, "step", "SMS_CODE", "code", rightCode).leads(t, step)
	f.with(func() {
		if f.last != nil {
			t.Errorf("it was asked to complete %v", f.last)
		}
	})
}

func TestPasskeySignsIn(t *testing.T) {
	s, f := guarded(t, accountv1.StepKind_PASSKEY)
	c := s.browser()
	page := s.get(c, "/sign-in?next=/cabinet/person")
	page.shows(t, `autocomplete="username webauthn"`, "data-autofill", "нужен JavaScript", `action="/sign-in/passkey?next=%2Fcabinet%2Fperson"`)
	begin := "/sign-in/passkey?next=%2Fcabinet%2Fperson"
	step := s.post(c, begin, page.filled(t)).Header.Get("Location")
	s.get(c, step).shows(t, `data-options="{&#34;challenge&#34;:&#34;c2lnbg&#34;}"`, "нужен JavaScript")
	empty := s.proves(c, step, "step", "PASSKEY").Header.Get("Location")
	s.get(c, empty).shows(t, "Ключ доступа не подошёл")
	f.with(func() { f.refusal = errs.New(errorsv1.Reason_CREDENTIAL_REFUSED, "foreign") })
	const credential = `{"id":"a2V5","response":{}}`
	refused := s.proves(c, step, "step", "PASSKEY", "credential", credential)
	if kept := s.get(c, refused.Header.Get("Location")); strings.Contains(kept.body, "a2V5") {
		t.Error("what the passkey answered has come back")
	}
	f.with(func() { f.refusal = nil })
	s.proves(c, step, "step", "PASSKEY", "credential", credential).leads(t, "/cabinet/person")
	f.with(func() {
		if got := f.last.GetCredential().GetFields()["id"].GetStringValue(); got != "a2V5" {
			t.Errorf("account got the credential %q", got)
		}
	})
	s.get(c, "/sign-in/passkey?next=/cabinet").leads(t, "/sign-in?next=%2Fcabinet")
}

func TestStepOnTheWayToAPartner(t *testing.T) {
	s, f := guarded(t, accountv1.StepKind_TOTP)
	c := s.browser()
	s.cookie(c, "interaction-i1", "mine")
	step := s.typed(c, "/interactions/i1")
	page := s.get(c, step)
	page.shows(t, "The Bank", "Enter the code from the app", `action="/interactions/i1"`, `value="deny"`)
	f.with(func() { f.over = true })
	again := s.get(c, step).Header.Get("Location")
	if again != "/interactions/i1?again=1" {
		t.Errorf("a sign-in that has run out leads to %q", again)
	}
	s.get(c, again).shows(t, "not finished in time", `name="login"`)
	f.with(func() { f.over = false })
	s.wantOnward(c, s.proves(c, s.typed(c, "/interactions/i1"), "code", rightCode), "/interactions/i1")
}

func TestReauthenticationAsksForTheSecondFactor(t *testing.T) {
	s, f := guarded(t, accountv1.StepKind_PASSKEY, accountv1.StepKind_TOTP)
	c := s.signedIn()
	const path = "/reauthenticate?next=/cabinet/person"
	page := s.get(c, path)
	if strings.Contains(page.body, "/reauthenticate/passkey") {
		t.Error("a passkey is asked for that nobody has")
	}
	step := s.post(c, path, page.filled(t, "password", "right")).Header.Get("Location")
	if !strings.HasPrefix(step, "/sign-in/step?flow=") {
		t.Fatalf("the password led to %q", step)
	}
	byCode := s.get(c, step+"&way=TOTP")
	byCode.shows(t, "Анна П.", "Введите код из приложения", "Продолжить")
	if strings.Contains(byCode.body, `name="remember"`) {
		t.Error("a proof within a session remembers no device")
	}
	s.proves(c, step+"&way=TOTP", "step", "TOTP", "code", rightCode).leads(t, "/cabinet/person")
	s.back.set(func() {
		if len(s.back.ended) != 0 {
			t.Errorf("the sessions %v were ended", s.back.ended)
		}
	})
	f.with(func() {
		f.over, f.bound = false, []*accountv1.SecondFactor{{Id: "f1", Kind: accountv1.StepKind_PASSKEY, State: accountv1.SecondFactor_ACTIVE}}
	})
	page = s.get(c, path)
	page.shows(t, `action="/reauthenticate/passkey?next=%2Fcabinet%2Fperson"`)
	step = s.post(c, "/reauthenticate/passkey?next=%2Fcabinet%2Fperson", page.filled(t)).Header.Get("Location")
	s.get(c, step).shows(t, "Подтвердите вход ключом доступа", "data-options")
	f.with(func() { f.over = true })
	s.get(c, step).leads(t, "/reauthenticate?again=1&next=%2Fcabinet%2Fperson")
}

func (f *factored) GetContacts(context.Context, *accountv1.GetContactsRequest) (*accountv1.Contacts, error) {
	return &accountv1.Contacts{Phone: "+79001234567"}, nil
}

func (f *factored) ListSecondFactors(
	context.Context, *accountv1.ListSecondFactorsRequest,
) (*accountv1.ListSecondFactorsResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &accountv1.ListSecondFactorsResponse{SecondFactors: f.bound}, nil
}
