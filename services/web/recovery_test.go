package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const recoveryToken = "the-recovery-token"

// forgetful plays account for a person who has lost the password, and has a phone, an email address and backup codes.
type forgetful struct {
	*neighbours
	accountv1.UnimplementedRecoveryServiceServer

	mu    sync.Mutex
	now   func() time.Time
	state accountv1.Recovery_State
	// met are the steps that were proven.
	met       []string
	effective time.Time
	over      bool
	cancelled []string
	completed *accountv1.CompleteRecoveryRequest
}

func forgotten(t *testing.T) (*site, *forgetful, *http.Client) {
	t.Helper()
	f := &forgetful{neighbours: &neighbours{account: account}, state: accountv1.Recovery_STEP_REQUIRED}
	s := startWith(t, nil, testkit.FakeAll("account", map[*grpc.ServiceDesc]any{
		&accountv1.AccountService_ServiceDesc: f, &accountv1.RecoveryService_ServiceDesc: f,
	}))
	s.back, f.now = f.neighbours, s.Clock.Now
	return s, f, s.browser()
}

func (f *forgetful) with(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

func (f *forgetful) view() *accountv1.Recovery {
	out := &accountv1.Recovery{State: f.state, ExpireTime: timestamppb.New(f.now().Add(96 * time.Hour)), CanWait: len(f.met) > 0 && f.effective.IsZero()}
	if !f.effective.IsZero() {
		out.EffectiveTime = timestamppb.New(f.effective)
		if out.State = accountv1.Recovery_WAITING; !f.now().Before(f.effective) {
			out.State = accountv1.Recovery_READY
		}
	}
	kinds := []accountv1.StepKind{accountv1.StepKind_SMS_CODE, accountv1.StepKind_PASSKEY, accountv1.StepKind_BACKUP_CODE}
	if len(f.met) > 0 {
		kinds = []accountv1.StepKind{accountv1.StepKind_EMAIL_CODE}
	}
	if len(f.met) > 1 {
		kinds, out.State, out.CanWait = nil, accountv1.Recovery_READY, false
	}
	for _, k := range kinds {
		out.Steps = append(out.Steps, &accountv1.Step{
			StepId: k.String(), Kind: k, Destination: "+7 900 ***-**-67", CodeExpireTime: timestamppb.New(f.now().Add(5 * time.Minute)),
		})
	}
	return out
}

func (f *forgetful) StartRecovery(_ context.Context, r *accountv1.StartRecoveryRequest) (*accountv1.Recovery, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if strings.HasPrefix(r.GetLogin(), "000") {
		return nil, errs.Fields{{Name: "login", Reason: errorsv1.Reason_LOGIN_NOT_CONTACT}}.Err()
	}
	out := f.view()
	out.RecoveryToken = recoveryToken
	return out, nil
}

func (f *forgetful) mine(token string, surface accountv1.Surface) error {
	if f.over || token != recoveryToken || surface != accountv1.Surface_PAGES {
		return errs.New(errorsv1.Reason_RECOVERY_NOT_FOUND, "no such recovery")
	}
	return nil
}

func (f *forgetful) GetRecovery(_ context.Context, r *accountv1.GetRecoveryRequest) (*accountv1.Recovery, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.view(), f.mine(r.GetRecoveryToken(), r.GetSurface())
}

func (f *forgetful) SendRecoveryCode(
	_ context.Context, r *accountv1.SendRecoveryCodeRequest,
) (*accountv1.SendStepCodeResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &accountv1.SendStepCodeResponse{ResendTime: timestamppb.New(f.now().Add(time.Minute))}, f.mine(r.GetRecoveryToken(), r.GetSurface())
}

func (f *forgetful) CompleteRecoveryStep(
	_ context.Context, r *accountv1.CompleteRecoveryStepRequest,
) (*accountv1.Recovery, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.mine(r.GetRecoveryToken(), r.GetSurface()); err != nil {
		return nil, err
	}
	if r.GetCode() != rightCode {
		return nil, errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(4)
	}
	f.met = append(f.met, r.GetStepId())
	return f.view(), nil
}

func (f *forgetful) CompleteRecovery(_ context.Context, r *accountv1.CompleteRecoveryRequest) (*accountv1.Recovery, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.mine(r.GetRecoveryToken(), r.GetSurface()); err != nil {
		return nil, err
	}
	out := f.view()
	switch {
	case out.GetState() == accountv1.Recovery_READY && r.GetNewPassword() == "weak":
		return nil, errs.Fields{{Name: "new_password", Reason: errorsv1.Reason_PASSWORD_COMMON}}.Err()
	case out.GetState() == accountv1.Recovery_READY:
		f.completed, f.over = r, true
		return &accountv1.Recovery{State: accountv1.Recovery_COMPLETED}, nil
	case f.effective.IsZero():
		f.effective = f.now().Add(24 * time.Hour)
	}
	return f.view(), nil
}

func (f *forgetful) CancelRecovery(_ context.Context, r *accountv1.CancelRecoveryRequest) (*emptypb.Empty, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.GetCancelToken() != "good" {
		return nil, errs.New(errorsv1.Reason_LINK_INVALID, "no such link")
	}
	f.cancelled = append(f.cancelled, r.GetCancelToken())
	return &emptypb.Empty{}, nil
}

func (f *forgetful) GetPasswordPolicy(context.Context, *accountv1.GetPasswordPolicyRequest) (*accountv1.PasswordPolicy, error) {
	return &accountv1.PasswordPolicy{MinLength: 8, MaxLength: 128}, nil
}

func (f *forgetful) GeneratePassword(context.Context, *accountv1.GeneratePasswordRequest) (*accountv1.GeneratePasswordResponse, error) {
	return &accountv1.GeneratePasswordResponse{Password: "Kd7-mWq2.xPz9"}, nil
}

func TestAForgottenPasswordIsRecoveredOnPages(t *testing.T) {
	s, f, c := forgotten(t)
	s.wants(s.open(c, "/sign-in"), `href="/recover"`)
	s.wants(s.submit(c, "/recover", url.Values{"recovery_login": {"000-000-600 01"}}), "recovery_login-error", `value="000-000-600 01"`)
	a := s.submit(c, "/recover", url.Values{"recovery_login": {"+7 900 123-45-67"}})
	s.wants(a, `name="code"`, "***-**-67", "/recover/step?step=BACKUP_CODE", "/recover/step?step=PASSKEY")
	if strings.Contains(a.body, recoveryToken) {
		t.Error("the page shows the recovery's token")
	}
	s.wants(s.open(c, "/recover/step?step=BACKUP_CODE"), `name="backup_code"`)
	s.wants(s.open(c, "/recover/password"), `name="code"`) // out of order leads back
	s.wants(s.submit(c, "/recover/step", url.Values{"step": {"SMS_CODE"}, "code": {"654321"}}), "code-error")
	a = s.submit(c, "/recover/step", url.Values{"step": {"SMS_CODE"}, "code": {rightCode}})
	s.wants(a, "Введите код из письма", `value="wait"`)
	a = s.submit(c, "/recover/step", url.Values{"step": {"EMAIL_CODE"}, "code": {rightCode}})
	s.wants(a, `name="password"`, `value="+7 900 123-45-67"`)
	form := func(fresh, repeat string) url.Values {
		return url.Values{"password": {fresh}, "password_repeat": {repeat}, "end_offline": {"on"}}
	}
	s.wants(s.submit(c, "/recover/password", form("", "")), `id="password-error"`)
	s.wants(s.submit(c, "/recover/password", form("one", "two")), "password_repeat-error")
	s.wants(s.submit(c, "/recover/password", form("weak", "weak")), `id="password-error"`)
	s.wants(s.submit(c, "/recover/password", url.Values{"action": {"generate"}}), "Kd7-mWq2.xPz9")
	s.wants(s.submit(c, "/recover/password", form("fresh", "fresh")), "Доступ восстановлен", `href="/sign-in"`)
	f.with(func() {
		if f.completed.GetNewPassword() != "fresh" || !f.completed.GetEndOfflineAccess() {
			t.Errorf("completed by %v", f.completed)
		}
	})
	s.wants(s.open(c, "/recover/step"), "Доступ восстановлен") // in another tab
	s.Clock.Advance(16 * time.Minute)
	s.wants(s.open(c, "/recover/step"), `name="recovery_login"`)
}

// The form of a step that another tab has proven is no guess at the next one.
func TestAFormOfARecoveryThatIsBehindIsNoGuess(t *testing.T) {
	s, f, c := forgotten(t)
	s.submit(c, "/recover", url.Values{"recovery_login": {"+7 900 123-45-67"}})
	s.submit(c, "/recover/step", url.Values{"step": {"SMS_CODE"}, "code": {rightCode}})
	s.submit(c, "/recover/step", url.Values{"step": {"SMS_CODE"}, "code": {rightCode}})
	f.with(func() {
		if !slices.Equal(f.met, []string{"SMS_CODE"}) {
			t.Errorf("it was asked to complete %v", f.met)
		}
	})
}

func TestARecoveryWaitsOnPages(t *testing.T) {
	s, _, c := forgotten(t)
	s.submit(c, "/recover", url.Values{"recovery_login": {"+7 900 123-45-67"}})
	s.submit(c, "/recover/step", url.Values{"step": {"SMS_CODE"}, "code": {rightCode}})
	s.wants(s.submit(c, "/recover/step", url.Values{"action": {"wait"}}), "Нужно подождать", "/recover/step?step=EMAIL_CODE")
	s.wants(s.open(c, "/recover/step?step=EMAIL_CODE"), "Введите код из письма")
	s.wants(s.open(c, "/recover/password"), "Нужно подождать")
	s.Clock.Advance(24 * time.Hour)
	s.wants(s.open(c, "/recover/wait"), `name="password"`)
}

// Without its cookie, or once it is over, a recovery begins anew and says why.
func TestARecoveryThatIsOverBeginsAnew(t *testing.T) {
	s, f, c := forgotten(t)
	for _, path := range []string{"/recover/step", "/recover/password", "/recover/wait"} {
		s.wants(s.open(c, path), `name="recovery_login"`)
	}
	s.submit(c, "/recover", url.Values{"recovery_login": {"+7 900 123-45-67"}})
	f.with(func() { f.over = true })
	s.wants(s.open(c, "/recover/step"), `name="recovery_login"`, "Начните заново")
	s.wants(s.open(c, "/recover/lost"), "Если ничего не осталось")
}

// Mail scanners open links: that stops nothing. A button does, without a sign-in.
func TestOpeningARecoverysLinkStopsNothing(t *testing.T) {
	s, f, c := forgotten(t)
	s.wants(s.open(c, "/recover/cancel?token=good"), "<form")
	f.with(func() {
		if len(f.cancelled) != 0 {
			t.Error("opening it has stopped the recovery")
		}
	})
	s.wants(s.submit(c, "/recover/cancel?token=good", url.Values{}), "Восстановление отменено")
	f.with(func() {
		if len(f.cancelled) != 1 {
			t.Errorf("stopped %v", f.cancelled)
		}
	})
	s.wants(s.submit(c, "/recover/cancel?token=bad", url.Values{}), "Ссылка неверна")
}
