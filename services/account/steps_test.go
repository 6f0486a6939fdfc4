package account_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// app is a person's authenticator app.
type app struct {
	w      *world
	secret string
}

// now is the code that the app shows, at another time than now if it is asked to.
func (a app) code(later time.Duration) string {
	a.w.t.Helper()
	code, err := totp.GenerateCode(a.secret, a.w.Clock.Now().Add(later))
	if err != nil {
		a.w.t.Fatal(err)
	}
	return code
}

// fresh is a code that was not used yet: time passes for it.
func (a app) fresh() string {
	a.w.Clock.Advance(30 * time.Second)
	return a.code(0)
}

func (w *world) enrol(s *accountv1.Session, kind accountv1.StepKind) (*accountv1.SecondFactor, error) {
	return w.factors.CreateSecondFactor(w.in(s), &accountv1.CreateSecondFactorRequest{
		AccountId: s.GetAccountId(), Kind: kind, Name: "Мой телефон",
	})
}

func (w *world) activate(s *accountv1.Session, id, code string) (*accountv1.SecondFactor, error) {
	return w.factors.ActivateSecondFactor(w.in(s), &accountv1.ActivateSecondFactorRequest{
		AccountId: s.GetAccountId(), FactorId: id, Code: code,
	})
}

// withTOTP binds an authenticator app to the account with the phone, and gives it with its id and the backup codes.
func (w *world) withTOTP(number string) (app, *accountv1.SecondFactor) {
	w.t.Helper()
	return w.bindTOTP(w.mustSignIn(number))
}

func (w *world) bindTOTP(s *accountv1.Session) (app, *accountv1.SecondFactor) {
	w.t.Helper()
	f, err := w.enrol(s, accountv1.StepKind_TOTP)
	if err != nil {
		w.t.Fatal(err)
	}
	u, err := url.Parse(f.GetOtpauthUri())
	if err != nil {
		w.t.Fatal(err)
	}
	a := app{w, u.Query().Get("secret")}
	bound, err := w.activate(s, f.GetId(), a.code(0))
	if err != nil {
		w.t.Fatal(err)
	}
	return a, bound
}

func (w *world) listFactors(s *accountv1.Session) []*accountv1.SecondFactor {
	w.t.Helper()
	out, err := w.factors.ListSecondFactors(w.in(s), &accountv1.ListSecondFactorsRequest{AccountId: s.GetAccountId()})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.GetSecondFactors()
}

func kinds(s *accountv1.Session) []string {
	var out []string
	for _, step := range s.GetSteps() {
		out = append(out, step.GetKind().String())
	}
	return out
}

// complete completes a step with a code.
func (w *world) complete(token, step, code string) (*accountv1.Session, error) {
	return w.completeIn(w.ctx, &accountv1.CompleteStepRequest{SignInToken: token, StepId: step, Code: code})
}

func (w *world) completeIn(ctx context.Context, r *accountv1.CompleteStepRequest) (*accountv1.Session, error) {
	return w.signIns.CompleteStep(ctx, r)
}

// half signs in by the password alone, which is not enough.
func (w *world) half(number string) *accountv1.Session {
	w.t.Helper()
	s := w.mustSignIn(number)
	if s.GetState() != accountv1.Session_STEP_REQUIRED || s.GetToken() != "" || s.GetAccountId() != "" || s.GetSignInToken() == "" {
		w.t.Fatalf("%v", s)
	}
	return s
}

func TestSignInWithTOTP(t *testing.T) {
	w := start(t)
	begun, bound := testkit.Watch[eventsv1.SignedIn](w.Env), testkit.Watch[eventsv1.SecondFactorAdded](w.Env)
	w.create(phone)
	a, f := w.withTOTP(phone)
	if f.GetState() != accountv1.SecondFactor_ACTIVE || len(f.GetBackupCodes()) != 10 || f.GetName() != "Мой телефон" {
		t.Errorf("%v", f)
	}
	if e := bound.Wait(1); len(e) != 1 || e[0].GetKind() != accountv1.StepKind_TOTP || e[0].GetFactorId() != f.GetId() {
		t.Errorf("events %v", e)
	}
	half := w.half(phone)
	if got := kinds(half); !slices.Equal(got, []string{"TOTP", "BACKUP_CODE"}) && !slices.Equal(got, []string{"BACKUP_CODE", "TOTP"}) {
		t.Errorf("steps %v", got)
	}
	timeIs(t, "the time for the steps", half.GetExpireTime().AsTime(), w.Clock.Now().Add(15*time.Minute))
	if n := len(begun.All()); n != 1 {
		t.Errorf("%d sign-ins are told before the second factor", n-1)
	}
	before := w.Clock.Now()
	s, err := w.complete(half.GetSignInToken(), "TOTP", a.fresh())
	if err != nil {
		t.Fatal(err)
	}
	if s.GetState() != accountv1.Session_ACTIVE || s.GetAssurance() != accountv1.Assurance_TWO_FACTORS ||
		!slices.Equal(s.GetAmr(), []string{"pwd", "otp", "mfa"}) || len(s.GetDeviceToken()) < 43 {
		t.Errorf("%v", s)
	}
	timeIs(t, "proof time", s.GetProofTime().AsTime(), before)
	timeIs(t, "auth time", s.GetAuthTime().AsTime(), w.Clock.Now())
	if e := begun.Wait(2); !slices.ContainsFunc(e, func(e *eventsv1.SignedIn) bool { return slices.Equal(e.GetAmr(), s.GetAmr()) }) {
		t.Errorf("events %v", e)
	}
	found, err := w.resolve(s.GetToken())
	if err != nil || !slices.Equal(found.GetAmr(), s.GetAmr()) || found.GetAssurance() != s.GetAssurance() ||
		!found.GetProofTime().AsTime().Equal(before) {
		t.Errorf("%v, %v", found, err)
	}
	_, err = w.complete(half.GetSignInToken(), "TOTP", a.fresh())
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
}

func TestPasswordIsAStepOfItsOwn(t *testing.T) {
	w := start(t)
	w.create(phone)
	a, _ := w.withTOTP(phone)
	for _, login := range []string{phone, "+79007654321", "nobody@example.ru"} {
		s, err := w.signIn(login, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := kinds(s); !slices.Equal(got, []string{"PASSWORD", "PASSKEY"}) {
			t.Errorf("%s: steps %v", login, got)
		}
		_, err = w.completeIn(w.ctx, &accountv1.CompleteStepRequest{SignInToken: s.GetSignInToken(), StepId: "PASSWORD", Password: wrong})
		wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
		_, err = w.complete(s.GetSignInToken(), "TOTP", "123456")
		wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
		_, err = w.complete(s.GetSignInToken(), "nothing", "123456")
		wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
		s2, err := w.completeIn(w.ctx, &accountv1.CompleteStepRequest{SignInToken: s.GetSignInToken(), StepId: "PASSWORD", Password: password})
		if login != phone {
			wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
			continue
		}
		if err != nil || s2.GetState() != accountv1.Session_STEP_REQUIRED || s2.GetSignInToken() != "" {
			t.Fatalf("%v, %v", s2, err)
		}
		done, err := w.complete(s.GetSignInToken(), "TOTP", a.fresh())
		if err != nil || done.GetState() != accountv1.Session_ACTIVE {
			t.Errorf("%v, %v", done, err)
		}
	}
}

// What an account needs is decided when its password is proven, not when a stranger began to ask.
func TestAFactorBoundMeanwhileIsAskedFor(t *testing.T) {
	w := start(t)
	w.create(phone)
	early, err := w.signIn(phone, "")
	if err != nil {
		t.Fatal(err)
	}
	w.withTOTP(phone)
	s, err := w.completeIn(w.ctx, &accountv1.CompleteStepRequest{SignInToken: early.GetSignInToken(), StepId: "PASSWORD", Password: password})
	if err != nil || s.GetState() != accountv1.Session_STEP_REQUIRED {
		t.Errorf("%v, %v", s, err)
	}
}

func TestBackupCodes(t *testing.T) {
	w := start(t)
	used := testkit.Watch[eventsv1.BackupCodeUsed](w.Env)
	w.create(phone)
	_, f := w.withTOTP(phone)
	code := f.GetBackupCodes()[3]
	s, err := w.complete(w.half(phone).GetSignInToken(), "BACKUP_CODE", " "+strings.ToLower(code)+" ")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.GetAmr(), []string{"pwd", "rc", "mfa"}) {
		t.Errorf("%v", s)
	}
	if e := used.Wait(1)[0]; e.GetCodesLeft() != 9 {
		t.Errorf("event %v", e)
	}
	_, err = w.complete(w.half(phone).GetSignInToken(), "BACKUP_CODE", code)
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	_, err = w.complete(w.half(phone).GetSignInToken(), "BACKUP_CODE", "ABC")
	wantField(t, err, "code", errorsv1.Reason_FIELD_MALFORMED)
	list := w.listFactors(s)
	if len(list) != 2 || list[1].GetKind() != accountv1.StepKind_BACKUP_CODE || list[1].GetCodesLeft() != 9 || list[1].GetBackupCodes() != nil {
		t.Errorf("%v", list)
	}
	anew, err := w.enrol(s, accountv1.StepKind_BACKUP_CODE)
	if err != nil || len(anew.GetBackupCodes()) != 10 || anew.GetState() != accountv1.SecondFactor_ACTIVE {
		t.Fatalf("%v, %v", anew, err)
	}
	_, err = w.complete(w.half(phone).GetSignInToken(), "BACKUP_CODE", f.GetBackupCodes()[4])
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	for i, c := range anew.GetBackupCodes() {
		s, err := w.complete(w.half(phone).GetSignInToken(), "BACKUP_CODE", c)
		if err != nil || s.GetProofTime() == nil {
			t.Fatalf("code %d: %v, %v", i, s, err)
		}
	}
	if got := kinds(w.half(phone)); !slices.Equal(got, []string{"TOTP"}) {
		t.Errorf("steps %v when all codes are spent", got)
	}
}

func TestRememberedDevice(t *testing.T) {
	w := start(t)
	w.create(phone)
	first := w.mustSignIn(phone)
	token := first.GetDeviceToken()
	a, _ := w.withTOTP(phone)
	on := func(device string) *accountv1.Session {
		t.Helper()
		s, err := w.gateway.CreateSession(w.ctx, &accountv1.CreateSessionRequest{Login: phone, Password: password, DeviceToken: device})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	half := on(token)
	s, err := w.completeIn(w.ctx, &accountv1.CompleteStepRequest{
		SignInToken: half.GetSignInToken(), StepId: "TOTP", Code: a.fresh(), RememberDevice: true,
	})
	if err != nil || s.GetDeviceToken() != "" {
		t.Fatalf("%v, %v", s, err)
	}
	w.Clock.Advance(30*24*time.Hour - time.Second)
	remembered := on(token)
	if remembered.GetState() != accountv1.Session_ACTIVE || remembered.GetAssurance() != accountv1.Assurance_ONE_FACTOR ||
		remembered.GetProofTime() != nil || !slices.Equal(remembered.GetAmr(), []string{"pwd"}) {
		t.Errorf("%v", remembered)
	}
	_, err = w.factors.CreateSecondFactor(w.AsUser(userOf(remembered)), &accountv1.CreateSecondFactorRequest{
		AccountId: remembered.GetAccountId(), Kind: accountv1.StepKind_BACKUP_CODE,
	})
	wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	if other := on(""); other.GetState() != accountv1.Session_STEP_REQUIRED {
		t.Errorf("another device: %v", other)
	}
	w.create("+79001234568")
	w.Clock.Advance(time.Second)
	if late := on(token); late.GetState() != accountv1.Session_STEP_REQUIRED {
		t.Errorf("after 30 days: %v", late)
	}
}

func TestADeviceIsNotRememberedWithoutASecondFactor(t *testing.T) {
	w := start(t)
	w.create(phone)
	begun, err := w.signIn(phone, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.completeIn(w.ctx, &accountv1.CompleteStepRequest{
		SignInToken: begun.GetSignInToken(), StepId: "PASSWORD", Password: password, RememberDevice: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.withTOTP(phone)
	again, err := w.gateway.CreateSession(w.ctx, &accountv1.CreateSessionRequest{Login: phone, Password: password, DeviceToken: s.GetDeviceToken()})
	if err != nil || again.GetState() != accountv1.Session_STEP_REQUIRED {
		t.Errorf("%v, %v", again, err)
	}
}

func TestReauthenticationAsksForTheSecondFactor(t *testing.T) {
	w := start(t)
	w.create(phone)
	a, _ := w.withTOTP(phone)
	s, err := w.complete(w.half(phone).GetSignInToken(), "TOTP", a.fresh())
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(21 * time.Minute)
	_, err = w.enrol(s, accountv1.StepKind_BACKUP_CODE)
	wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	half := w.mustReauthenticate(s)
	if half.GetState() != accountv1.Session_STEP_REQUIRED {
		t.Fatalf("%v", half)
	}
	if _, err := w.resolve(s.GetToken()); err != nil {
		t.Errorf("the session ended on the way: %v", err)
	}
	r := &accountv1.CompleteStepRequest{SignInToken: half.GetSignInToken(), StepId: "TOTP", Code: a.fresh()}
	_, err = w.completeIn(w.ctx, r)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
	done, err := w.completeIn(w.in(s), r)
	if err != nil {
		t.Fatal(err)
	}
	if done.GetId() != s.GetId() || done.GetToken() == s.GetToken() || done.GetProofTime() == nil {
		t.Errorf("%v", done)
	}
	_, err = w.resolve(s.GetToken())
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	if _, err := w.enrol(done, accountv1.StepKind_BACKUP_CODE); err != nil {
		t.Error(err)
	}
}

func TestStepUp(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	up := func(s *accountv1.Session, factors, maxAge int32) (*accountv1.Session, error) {
		return w.signIns.StepUp(w.in(s), &accountv1.StepUpRequest{
			AccountId: s.GetAccountId(), SessionId: s.GetId(), Factors: factors, MaxAge: maxAge,
		})
	}
	if same, err := up(s, 1, 60); err != nil || same.GetState() != accountv1.Session_ACTIVE || same.GetId() != s.GetId() {
		t.Errorf("%v, %v", same, err)
	}
	a, _ := w.withTOTP(phone)
	half, err := up(s, 2, 0)
	if err != nil || !slices.Contains(kinds(half), "TOTP") || slices.Contains(kinds(half), "PASSWORD") {
		t.Fatalf("%v, %v", half, err)
	}
	r := &accountv1.CompleteStepRequest{SignInToken: half.GetSignInToken(), StepId: "TOTP", Code: a.fresh()}
	s2, err := w.completeIn(w.in(s), r)
	if err != nil || s2.GetId() != s.GetId() || s2.GetAssurance() != accountv1.Assurance_TWO_FACTORS {
		t.Fatalf("%v, %v", s2, err)
	}
	if same, err := up(s2, 2, 0); err != nil || same.GetState() != accountv1.Session_ACTIVE {
		t.Errorf("%v, %v", same, err)
	}
	w.Clock.Advance(10 * time.Minute)
	old, err := up(s2, 0, 300)
	if err != nil || !slices.Contains(kinds(old), "PASSWORD") {
		t.Errorf("%v, %v", old, err)
	}
}

// Who has bound nothing is asked for a code to the proven phone, once: the next sign-in asks for no more than before.
func TestAStepUpWithoutABoundFactorTakesThePhone(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	half, err := w.signIns.StepUp(w.in(s), &accountv1.StepUpRequest{AccountId: s.GetAccountId(), SessionId: s.GetId(), Factors: 2})
	if err != nil || !slices.Equal(kinds(half), []string{"SMS_CODE"}) || half.GetSteps()[0].GetDestination() != "+7 900 ***-**-67" {
		t.Fatalf("%v, %v", half, err)
	}
	r := &accountv1.CompleteStepRequest{SignInToken: half.GetSignInToken(), StepId: "SMS_CODE", Code: rightCode}
	_, err = w.completeIn(w.in(s), r)
	wantReason(t, err, errorsv1.Reason_CODE_EXPIRED)
	send := &accountv1.SendStepCodeRequest{SignInToken: half.GetSignInToken(), StepId: "SMS_CODE"}
	if _, err := w.signIns.SendStepCode(w.in(s), send); err != nil {
		t.Fatal(err)
	}
	r.Code = "111111"
	_, err = w.completeIn(w.in(s), r)
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	r.Code = rightCode
	s2, err := w.completeIn(w.in(s), r)
	if err != nil || s2.GetId() != s.GetId() || s2.GetAssurance() != accountv1.Assurance_TWO_FACTORS || !slices.Contains(s2.GetAmr(), "mfa") {
		t.Fatalf("%v, %v", s2, err)
	}
	if again := w.mustSignIn(phone); slices.Contains(again.GetAmr(), "mfa") {
		t.Errorf("%v", again)
	}
	_, err = w.complete(half.GetSignInToken(), "SMS_CODE", rightCode)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
}

func TestAStepUpWithoutAPhoneNeedsAFactorFirst(t *testing.T) {
	w := start(t)
	const email = "anna@example.ru"
	_, err := w.as("registration").CreateAccount(w.ctx, &accountv1.CreateAccountRequest{
		AccountId: secret.NewID().String(), Email: email, Password: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := w.mustSignIn(email)
	_, err = w.signIns.StepUp(w.in(s), &accountv1.StepUpRequest{AccountId: s.GetAccountId(), SessionId: s.GetId(), Factors: 2})
	wantReason(t, err, errorsv1.Reason_SECOND_FACTOR_MISSING)
}

func TestSMSCodes(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	f, err := w.enrol(s, accountv1.StepKind_SMS_CODE)
	if err != nil || f.GetDestination() != "+7 900 ***-**-67" || f.GetCodeExpireTime() == nil || w.otp.to != phone {
		t.Fatalf("%v, %v", f, err)
	}
	_, err = w.activate(s, f.GetId(), "111111")
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	if _, err := w.activate(s, f.GetId(), rightCode); err != nil {
		t.Fatal(err)
	}
	_, err = w.enrol(s, accountv1.StepKind_SMS_CODE)
	wantReason(t, err, errorsv1.Reason_FACTOR_EXISTS)
	half := w.half(phone)
	sends := w.otp.count
	if i := slices.Index(kinds(half), "SMS_CODE"); i < 0 || half.GetSteps()[i].GetDestination() != "+7 900 ***-**-67" {
		t.Fatalf("%v", half)
	}
	_, err = w.complete(half.GetSignInToken(), "SMS_CODE", rightCode)
	wantReason(t, err, errorsv1.Reason_CODE_EXPIRED)
	sent, err := w.signIns.SendStepCode(w.ctx, &accountv1.SendStepCodeRequest{SignInToken: half.GetSignInToken(), StepId: "SMS_CODE"})
	if err != nil || w.otp.count != sends+1 || sent.GetCodeExpireTime() == nil {
		t.Fatalf("%v, %v", sent, err)
	}
	under, err := accountv1.NewSignInServiceClient(w.Dial("web", "account")).GetSignIn(w.ctx, &accountv1.GetSignInRequest{
		SignInToken: half.GetSignInToken(),
	})
	if i := slices.Index(kinds(under), "SMS_CODE"); err != nil || !under.GetSteps()[i].GetCodeExpireTime().AsTime().Equal(sent.GetCodeExpireTime().AsTime()) {
		t.Errorf("%v, %v", under, err)
	}
	done, err := w.complete(half.GetSignInToken(), "SMS_CODE", rightCode)
	if err != nil || !slices.Equal(done.GetAmr(), []string{"pwd", "sms", "mfa"}) {
		t.Errorf("%v, %v", done, err)
	}
	_, err = w.signIns.SendStepCode(w.ctx, &accountv1.SendStepCodeRequest{SignInToken: w.half(phone).GetSignInToken(), StepId: "TOTP"})
	wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
	early, err := w.signIn(phone, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.signIns.SendStepCode(w.ctx, &accountv1.SendStepCodeRequest{SignInToken: early.GetSignInToken(), StepId: "SMS_CODE"})
	wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
}

func TestSMSNeedsAPhone(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	w.exec(`DELETE FROM account.identifiers`)
	_, err := w.enrol(s, accountv1.StepKind_SMS_CODE)
	wantReason(t, err, errorsv1.Reason_CONTACT_MISSING)
}

func TestBindingAndRemoving(t *testing.T) {
	w := start(t)
	removed := testkit.Watch[eventsv1.SecondFactorRemoved](w.Env)
	w.create(phone)
	s := w.mustSignIn(phone)
	_, err := w.enrol(s, accountv1.StepKind_BACKUP_CODE)
	wantReason(t, err, errorsv1.Reason_SECOND_FACTOR_MISSING)
	left, err := w.enrol(s, accountv1.StepKind_TOTP)
	if err != nil {
		t.Fatal(err)
	}
	if list := w.listFactors(s); len(list) != 0 {
		t.Errorf("%v is listed before it is proven", list)
	}
	if active := w.mustSignIn(phone); active.GetState() != accountv1.Session_ACTIVE {
		t.Errorf("a factor that was never proven is asked for: %v", active)
	}
	a, f := w.withTOTP(phone)
	_, err = w.activate(s, left.GetId(), "123456")
	wantReason(t, err, errorsv1.Reason_FACTOR_NOT_FOUND)
	_, err = w.activate(s, f.GetId(), a.fresh())
	wantReason(t, err, errorsv1.Reason_FACTOR_EXISTS)
	_, err = w.enrol(s, accountv1.StepKind_TOTP)
	wantReason(t, err, errorsv1.Reason_FACTOR_EXISTS)
	named, err := w.factors.UpdateSecondFactor(w.in(s), &accountv1.UpdateSecondFactorRequest{
		AccountId: s.GetAccountId(), FactorId: f.GetId(), Name: "Планшет",
	})
	if err != nil || named.GetName() != "Планшет" || w.listFactors(s)[0].GetName() != "Планшет" {
		t.Errorf("%v, %v", named, err)
	}
	remove := func(id string) error {
		_, err := w.factors.DeleteSecondFactor(w.in(s), &accountv1.DeleteSecondFactorRequest{AccountId: s.GetAccountId(), FactorId: id})
		return err
	}
	if err := remove(f.GetId()); err != nil {
		t.Fatal(err)
	}
	wantReason(t, remove(f.GetId()), errorsv1.Reason_FACTOR_NOT_FOUND)
	wantReason(t, remove("x"), errorsv1.Reason_FACTOR_NOT_FOUND)
	if e := removed.Wait(1); len(e) != 1 || e[0].GetKind() != accountv1.StepKind_TOTP || e[0].GetFactorId() != f.GetId() {
		t.Errorf("events %v", e)
	}
	if list := w.listFactors(s); len(list) != 0 {
		t.Errorf("left are %v", list)
	}
	if active := w.mustSignIn(phone); active.GetState() != accountv1.Session_ACTIVE {
		t.Errorf("%v", active)
	}
}

func TestWhatIsNotActivatedEnds(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	f, err := w.enrol(s, accountv1.StepKind_TOTP)
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(15 * time.Minute)
	_, err = w.activate(s, f.GetId(), "123456")
	wantReason(t, err, errorsv1.Reason_FACTOR_NOT_FOUND)
}

func TestASessionOfTheVersionBeforeIsOfAPassword(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	w.exec(`UPDATE account.sessions SET steps = '[]', proof_time = NULL`)
	found, err := w.resolve(s.GetToken())
	if err != nil || found.GetAssurance() != accountv1.Assurance_ONE_FACTOR || !found.GetProofTime().AsTime().Equal(s.GetAuthTime().AsTime()) {
		t.Errorf("%v, %v", found, err)
	}
}

// Whether a login is somebody's shows neither in the steps, nor in what is hashed, nor in when the next try may come.
func TestUnknownLoginsTakeTheSameCourseByStep(t *testing.T) {
	w := start(t)
	w.create(phone)
	w.withTOTP(phone)
	var answers []string
	for _, login := range []string{phone, "+79007654321", "nobody@example.ru"} {
		before := w.hashed()
		s, err := w.signIn(login, "")
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			_, err := w.completeIn(w.ctx, &accountv1.CompleteStepRequest{SignInToken: s.GetSignInToken(), StepId: "PASSWORD", Password: wrong})
			wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
		}
		if n := w.hashed() - before; n != 5 {
			t.Errorf("%s: %d passwords were hashed, want 5", login, n)
		}
		_, err = w.completeIn(w.ctx, &accountv1.CompleteStepRequest{SignInToken: s.GetSignInToken(), StepId: "PASSWORD", Password: wrong})
		step := wantReason(t, err, errorsv1.Reason_SIGN_IN_THROTTLED)
		_, err = w.signIn(login, "")
		begin := wantReason(t, err, errorsv1.Reason_SIGN_IN_THROTTLED)
		answers = append(answers, fmt.Sprint(kinds(s), step, step.RetryAfter, begin, begin.RetryAfter))
		if answers[0] != answers[len(answers)-1] {
			t.Errorf("%s is answered %s, a known one %s", login, answers[len(answers)-1], answers[0])
		}
	}
}
