package account_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestASecondFactorCannotBeSkipped(t *testing.T) {
	w := start(t)
	w.create(phone)
	w.create("+79001234568")
	mine, _ := w.withTOTP(phone)
	w.withTOTP("+79001234568")
	half, theirs := w.half(phone), w.half("+79001234568")
	for name, token := range map[string]string{"the bearer token": half.GetSignInToken(), "nothing": ""} {
		_, err := w.resolve(token)
		if !errs.Is(err, errorsv1.Reason_SESSION_ENDED) {
			t.Errorf("%s as a session: %v", name, err)
		}
	}
	_, err := w.complete("", "TOTP", mine.fresh())
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
	_, err = w.complete(theirs.GetSignInToken(), "TOTP", mine.fresh())
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	_, err = w.completeIn(w.ctx, &accountv1.CompleteStepRequest{
		SignInToken: half.GetSignInToken(), StepId: "TOTP", Code: mine.fresh(), Surface: accountv1.Surface_PAGES,
	})
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
	_, err = w.completeIn(w.ctx, &accountv1.CompleteStepRequest{SignInToken: half.GetSignInToken(), StepId: "PASSWORD", Password: password})
	wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
	_, err = w.complete(half.GetSignInToken(), "EMAIL_CODE", "123456")
	wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
	w.Clock.Advance(15 * time.Minute)
	_, err = w.complete(half.GetSignInToken(), "TOTP", mine.code(0))
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
}

// A step-up is of the session that began it, whoever else has its token and the right code.
func TestAStepUpIsOfItsSession(t *testing.T) {
	w := start(t)
	w.create(phone)
	here, there := w.mustSignIn(phone), w.mustSignIn(phone)
	a, _ := w.withTOTP(phone)
	up, err := w.signIns.StepUp(w.in(here), &accountv1.StepUpRequest{
		AccountId: here.GetAccountId(), SessionId: here.GetId(), Factors: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.signIns.StepUp(w.in(there), &accountv1.StepUpRequest{
		AccountId: here.GetAccountId(), SessionId: here.GetId(), Factors: 2,
	})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	r := &accountv1.CompleteStepRequest{SignInToken: up.GetSignInToken(), StepId: "TOTP", Code: a.fresh()}
	_, err = w.completeIn(w.ctx, r)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
	_, err = w.completeIn(w.in(there), r)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
	if _, err := w.gateway.DeleteSession(w.in(here), &accountv1.DeleteSessionRequest{
		AccountId: here.GetAccountId(), SessionId: here.GetId(),
	}); err != nil {
		t.Fatal(err)
	}
	_, err = w.completeIn(w.in(here), r)
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
}

func TestATOTPCodeWorksOnce(t *testing.T) {
	w := start(t)
	w.create(phone)
	a, _ := w.withTOTP(phone)
	_, err := w.complete(w.half(phone).GetSignInToken(), "TOTP", a.code(0))
	wantReason(t, err, errorsv1.Reason_CODE_WRONG) // it bound the app
	code := a.fresh()
	if _, err := w.complete(w.half(phone).GetSignInToken(), "TOTP", code); err != nil {
		t.Fatal(err)
	}
	_, err = w.complete(w.half(phone).GetSignInToken(), "TOTP", code)
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	_, err = w.complete(w.half(phone).GetSignInToken(), "TOTP", a.code(-30*time.Second))
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	if _, err := w.complete(w.half(phone).GetSignInToken(), "TOTP", a.code(30*time.Second)); err != nil {
		t.Errorf("an app that is fast by 30 s: %v", err)
	}
	w.Clock.Advance(2 * time.Minute)
	_, err = w.complete(w.half(phone).GetSignInToken(), "TOTP", a.code(time.Minute))
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	_, err = w.complete(w.half(phone).GetSignInToken(), "TOTP", a.code(-time.Minute))
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
}

func TestParallelCodesAtMostTen(t *testing.T) {
	w := start(t)
	failed, locked := testkit.Watch[eventsv1.SecondFactorFailed](w.Env), testkit.Watch[eventsv1.SecondFactorLocked](w.Env)
	w.create(phone)
	a, _ := w.withTOTP(phone)
	half := w.half(phone)
	right := a.fresh()
	var compared, refused atomic.Int32
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			_, err := w.complete(half.GetSignInToken(), "TOTP", wrongCode(right, i))
			switch {
			case errs.Is(err, errorsv1.Reason_CODE_WRONG):
				compared.Add(1)
			case errs.Is(err, errorsv1.Reason_FACTOR_LOCKED):
				refused.Add(1)
			default:
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
	if compared.Load() != 9 || refused.Load() != 91 { // the tenth is told of the lock
		t.Errorf("%d were compared and %d refused", compared.Load(), refused.Load())
	}
	if e := locked.Wait(1); len(failed.Wait(10)) != 10 || e[0].GetDisabled() || e[0].GetKind() != accountv1.StepKind_TOTP {
		t.Errorf("%d failures, locked %v", len(failed.All()), e)
	}
	e := wantReason(t, last(w.complete(half.GetSignInToken(), "TOTP", right)), errorsv1.Reason_FACTOR_LOCKED)
	if e.RetryAfter != 15*time.Minute {
		t.Errorf("wait %s", e.RetryAfter)
	}
}

// wrongCode is one of many codes that are not the right one.
func wrongCode(right string, i int) string {
	if code := fmt.Sprintf("%06d", i); code != right {
		return code
	}
	return "999999"
}

func TestALockSurvivesAllButTime(t *testing.T) {
	w := start(t)
	w.create(phone)
	a, f := w.withTOTP(phone)
	fail := func(n int) {
		t.Helper()
		half := w.half(phone)
		for i := range n {
			_, err := w.complete(half.GetSignInToken(), "TOTP", wrongCode(a.code(0), i))
			if !errs.Is(err, errorsv1.Reason_CODE_WRONG) && !errs.Is(err, errorsv1.Reason_FACTOR_LOCKED) {
				t.Fatalf("guess %d: %v", i, err)
			}
		}
	}
	fail(4)
	_, err := w.complete(w.half(phone).GetSignInToken(), "TOTP", "12 34")
	wantField(t, err, "code", errorsv1.Reason_FIELD_MALFORMED)
	e := wantReason(t, last(w.complete(w.half(phone).GetSignInToken(), "TOTP", wrongCode(a.code(0), 7))), errorsv1.Reason_CODE_WRONG)
	if e.AttemptsLeft == nil || *e.AttemptsLeft != 5 {
		t.Errorf("left are %v", e.AttemptsLeft)
	}
	fail(5)
	w.restart()
	if err := w.Redis.FlushAll(w.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	_, err = w.completeIn(from(7), &accountv1.CompleteStepRequest{SignInToken: w.half(phone).GetSignInToken(), StepId: "TOTP", Code: a.fresh()})
	wantReason(t, err, errorsv1.Reason_FACTOR_LOCKED)
	// Backup codes are another thing that the person has.
	if _, err := w.complete(w.half(phone).GetSignInToken(), "BACKUP_CODE", f.GetBackupCodes()[0]); err != nil {
		t.Error(err)
	}
	w.Clock.Advance(15 * time.Minute)
	if _, err := w.complete(w.half(phone).GetSignInToken(), "TOTP", a.fresh()); err != nil {
		t.Error(err)
	}
	var failures int
	err = w.Pool().QueryRow(w.ctx, `SELECT sum(failures) FROM account.factors`).Scan(&failures)
	if err != nil || failures != 0 {
		t.Errorf("%d failures after success, %v", failures, err)
	}
}

func TestAHundredWrongCodesEndAFactorAndNotItsProtection(t *testing.T) {
	w := start(t)
	locked := testkit.Watch[eventsv1.SecondFactorLocked](w.Env)
	w.create(phone)
	a, f := w.withTOTP(phone)
	w.exec(`UPDATE account.factors SET failures = 99 WHERE id = $1`, f.GetId())
	_, err := w.complete(w.half(phone).GetSignInToken(), "TOTP", wrongCode(a.code(0), 1))
	wantReason(t, err, errorsv1.Reason_FACTOR_DISABLED)
	if e := locked.Wait(1)[0]; !e.GetDisabled() {
		t.Errorf("%v", e)
	}
	w.Clock.Advance(24 * time.Hour)
	half := w.half(phone)
	_, err = w.complete(half.GetSignInToken(), "TOTP", a.fresh())
	wantReason(t, err, errorsv1.Reason_FACTOR_DISABLED)
	s, err := w.complete(half.GetSignInToken(), "BACKUP_CODE", f.GetBackupCodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	if list := w.listFactors(s); list[0].GetState() != accountv1.SecondFactor_DISABLED {
		t.Errorf("%v", list)
	}
	anew, _ := w.bindTOTP(s)
	if _, err := w.complete(w.half(phone).GetSignInToken(), "TOTP", anew.fresh()); err != nil {
		t.Error(err)
	}
	if n := len(w.listFactors(s)); n != 2 {
		t.Errorf("%d factors", n)
	}
}

// Who does not know the password can neither guess at the second factor nor use up its tries.
func TestStrangersCannotLockAFactor(t *testing.T) {
	w := start(t)
	w.create(phone)
	a, _ := w.withTOTP(phone)
	for range 12 {
		s, err := w.signIn(phone, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.complete(s.GetSignInToken(), "TOTP", "123456")
		wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
	}
	if _, err := w.complete(w.half(phone).GetSignInToken(), "TOTP", a.fresh()); err != nil {
		t.Error(err)
	}
}

func TestABackupCodeIsSpentByOneOfFifty(t *testing.T) {
	w := start(t)
	w.create(phone)
	_, f := w.withTOTP(phone)
	tokens := make([]string, 5)
	for i := range tokens {
		tokens[i] = w.half(phone).GetSignInToken()
	}
	var won atomic.Int32
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			_, err := w.complete(tokens[i%len(tokens)], "BACKUP_CODE", f.GetBackupCodes()[0])
			switch {
			case err == nil:
				won.Add(1)
			case errs.Is(err, errorsv1.Reason_CODE_WRONG), errs.Is(err, errorsv1.Reason_FACTOR_LOCKED),
				errs.Is(err, errorsv1.Reason_SIGN_IN_EXPIRED):
			default:
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d signed in with one code", won.Load())
	}
}

func TestAFactorIsBoundWithAFreshProofOnly(t *testing.T) {
	w := start(t)
	w.create(phone)
	stolen := w.mustSignIn(phone)
	f, err := w.enrol(stolen, accountv1.StepKind_TOTP)
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(20*time.Minute + time.Second)
	_, err = w.enrol(stolen, accountv1.StepKind_PASSKEY)
	wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	_, err = w.activate(stolen, f.GetId(), "123456")
	wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	_, err = w.factors.DeleteSecondFactor(w.in(stolen), &accountv1.DeleteSecondFactorRequest{AccountId: stolen.GetAccountId(), FactorId: f.GetId()})
	wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	w.create("+79001234568")
	other := w.mustSignIn("+79001234568")
	_, err = w.factors.CreateSecondFactor(w.in(other), &accountv1.CreateSecondFactorRequest{AccountId: stolen.GetAccountId(), Kind: accountv1.StepKind_TOTP})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	mine, err := w.enrol(other, accountv1.StepKind_TOTP)
	if err != nil {
		t.Fatal(err)
	}
	fresh := w.mustSignIn(phone)
	_, err = w.activate(fresh, mine.GetId(), "123456")
	wantReason(t, err, errorsv1.Reason_FACTOR_NOT_FOUND)
}

func TestARestartEndsNoSignInUnderWay(t *testing.T) {
	w := start(t)
	w.create(phone)
	a, _ := w.withTOTP(phone)
	half := w.half(phone)
	w.restart()
	if err := w.Redis.FlushAll(w.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	s, err := w.complete(half.GetSignInToken(), "TOTP", a.fresh())
	if err != nil || s.GetState() != accountv1.Session_ACTIVE {
		t.Errorf("%v, %v", s, err)
	}
}

// A request whose answer was lost gets it again, for the same proof; a key is no way around the limits on guessing.
func TestARepeatedStepIsOneSession(t *testing.T) {
	w := start(t)
	w.create(phone)
	a, f := w.withTOTP(phone)
	half := w.half(phone)
	ctx := testkit.WithKey(w.ctx, "complete-step-1")
	r := &accountv1.CompleteStepRequest{SignInToken: half.GetSignInToken(), StepId: "TOTP", Code: a.fresh()}
	first, err := w.completeIn(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.completeIn(ctx, r); err != nil || again.GetToken() != first.GetToken() {
		t.Errorf("the repeated request: %v, %v", again, err)
	}
	_, err = w.completeIn(testkit.WithKey(w.ctx, "complete-step-2"), r)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
	for i := range 9 {
		_, err = w.completeIn(ctx, &accountv1.CompleteStepRequest{SignInToken: half.GetSignInToken(), StepId: "TOTP", Code: wrongCode(r.GetCode(), i)})
		wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	}
	_, err = w.completeIn(ctx, &accountv1.CompleteStepRequest{SignInToken: half.GetSignInToken(), StepId: "TOTP", Code: wrongCode(r.GetCode(), 9)})
	wantReason(t, err, errorsv1.Reason_FACTOR_LOCKED)
	if _, err := w.gateway.DeleteSession(w.in(first), &accountv1.DeleteSessionRequest{
		AccountId: first.GetAccountId(), SessionId: first.GetId(),
	}); err != nil {
		t.Fatal(err)
	}
	_, err = w.completeIn(ctx, r)
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	if !slices.Equal(first.GetAmr(), []string{"pwd", "otp", "mfa"}) || len(f.GetBackupCodes()) != 10 {
		t.Errorf("%v", first)
	}
}

// No token, code or secret is in a log or, readable, in a table.
func TestSecretsOfFactorsShowNowhere(t *testing.T) {
	w := start(t)
	w.create(phone)
	a, f := w.withTOTP(phone)
	half := w.half(phone)
	code := a.fresh()
	s, err := w.complete(half.GetSignInToken(), "TOTP", code)
	if err != nil {
		t.Fatal(err)
	}
	secrets := append([]string{a.secret, half.GetSignInToken(), s.GetToken(), s.GetDeviceToken()}, f.GetBackupCodes()...)
	for _, table := range []string{"factors", "backup_codes", "sign_ins", "devices", "sessions", "outbox"} {
		rows, err := w.Pool().Query(w.ctx, `SELECT t::text FROM account.`+table+` t`)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var row string
			if err := rows.Scan(&row); err != nil {
				t.Fatal(err)
			}
			if name, found := anyIn(row, secrets); found {
				t.Errorf("%s shows secret %d", table, name)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if n, found := anyIn(w.Logs(), append(secrets, phone)); found {
		t.Errorf("the log shows secret %d", n)
	}
}

func anyIn(text string, secrets []string) (int, bool) {
	i := slices.IndexFunc(secrets, func(s string) bool { return strings.Contains(text, s) })
	return i, i >= 0
}
