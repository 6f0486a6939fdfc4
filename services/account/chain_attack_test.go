package account_test

import (
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
)

// What a recovery rests on is asked again at its end: a contact that the account has no more proves nothing, however long was waited.
func TestARecoveryRestsOnNoContactThatHasGone(t *testing.T) {
	w := start(t)
	h := w.holderByEmail()
	h.have(phone)
	thief, _ := w.recover(phone)
	thief.prove("SMS_CODE")
	thief.must(thief.complete(""))
	h.have(otherPhone) // takes the stolen one's place at once
	w.Clock.Advance(day)
	_, err := thief.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)
	w.wantPassword(otherPhone, password, nextPassword)
}

// Where the stolen phone is the only contact, and cannot be replaced at once, a second factor keeps the thief out at once.
func TestASecondFactorStopsARecoveryByTheOnlyContact(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	thief, _ := w.recover(phone)
	thief.prove("SMS_CODE")
	thief.must(thief.complete(""))
	if c := h.have(otherPhone); c.GetState() != accountv1.Contact_WAITING {
		t.Errorf("%v", c)
	}
	w.bindTOTP(h.session)
	w.Clock.Advance(day)
	_, err := thief.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_STEPS_LEFT)
	_, err = w.signIn(phone, nextPassword)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
}

// Nor does a factor that was taken off the account since, or backup codes that were made anew.
func TestARecoveryRestsOnNoFactorThatHasGone(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	d := w.withPasskey(h.session)
	thief, begun := w.recover(phone)
	out := thief.must(w.recoveries().CompleteRecoveryStep(w.ctx, &accountv1.CompleteRecoveryStepRequest{
		RecoveryToken: thief.token, StepId: "PASSKEY", Credential: d.get(begun.GetSteps()[1].GetOptions()),
	}))
	wantSteps(t, out, accountv1.Recovery_READY)
	for _, f := range w.listFactors(h.session) {
		if f.GetKind() == accountv1.StepKind_PASSKEY {
			w.removeFactor(h.session, f.GetId())
		}
	}
	_, err := thief.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)

	_, f := w.bindTOTP(h.session)
	codes, _ := w.recover(phone)
	codes.must(codes.step("BACKUP_CODE", f.GetBackupCodes()[0]))
	codes.must(codes.complete("")) // a simplified account waits for it
	if _, err := w.enrol(h.session, accountv1.StepKind_BACKUP_CODE); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(day)
	_, err = codes.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)
}

func (w *world) removeFactor(s *accountv1.Session, id string) {
	w.t.Helper()
	_, err := w.factors.DeleteSecondFactor(w.in(s), &accountv1.DeleteSecondFactorRequest{AccountId: s.GetAccountId(), FactorId: id})
	if err != nil {
		w.t.Fatal(err)
	}
}

// Whoever was in a standard account for an hour gets it by no contact that he has added: such a recovery waits, and its person is told.
func TestANewContactRecoversNoStandardAccountAtOnce(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	w.mustApply(standard(h.id, 1))
	snils, _ := person(1)
	h.have(email)
	r, _ := w.recover(email)
	wantSteps(t, r.prove("EMAIL_CODE"), accountv1.Recovery_STEP_REQUIRED, "SNILS")
	out := r.must(r.step("SNILS", snils))
	wantSteps(t, out, accountv1.Recovery_STEP_REQUIRED)
	if !out.GetCanWait() {
		t.Errorf("%v", out)
	}
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_WAITING)
	w.cancelToken(phone, "recovery_cancel")
	w.mustSignIn(phone)
}

// The phone stands in for a factor only while there is none: what is bound after a step-up was begun is asked for.
func TestThePhoneStandsInForNoFactorThatIsBoundMeanwhile(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	ask := func(s *accountv1.Session) (string, error) {
		t.Helper()
		half, err := w.signIns.StepUp(w.in(s), &accountv1.StepUpRequest{AccountId: s.GetAccountId(), SessionId: s.GetId(), Factors: 2})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.signIns.SendStepCode(w.in(s), &accountv1.SendStepCodeRequest{SignInToken: half.GetSignInToken(), StepId: "SMS_CODE"})
		return half.GetSignInToken(), err
	}
	byPhone := func(token string) error {
		_, err := w.completeIn(w.in(s), &accountv1.CompleteStepRequest{SignInToken: token, StepId: "SMS_CODE", Code: rightCode})
		return err
	}
	token, err := ask(s)
	if err != nil {
		t.Fatal(err)
	}
	w.bindTOTP(s)
	wantReason(t, byPhone(token), errorsv1.Reason_STEP_NOT_OPEN)

	sms, err := w.enrol(s, accountv1.StepKind_SMS_CODE)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.activate(s, sms.GetId(), rightCode); err != nil {
		t.Fatal(err)
	}
	if token, err = ask(s); err != nil {
		t.Fatal(err)
	}
	w.removeFactor(s, sms.GetId())
	wantReason(t, byPhone(token), errorsv1.Reason_STEP_NOT_OPEN)
}

// A token that somebody has left in a browser, or knows, is none of the account's: whoever signs in there gets one of his own.
func TestAnothersDeviceTokenBecomesNobodyElses(t *testing.T) {
	w := start(t)
	w.create(phone)
	w.create(otherPhone)
	planted := w.mustSignIn(otherPhone).GetDeviceToken()
	made := strings.Repeat("A", len(planted))
	a, _ := w.withTOTP(phone)
	for _, known := range []string{planted, made} {
		half, err := w.gateway.CreateSession(w.ctx, &accountv1.CreateSessionRequest{Login: phone, Password: password, DeviceToken: known})
		if err != nil {
			t.Fatal(err)
		}
		s, err := w.completeIn(w.ctx, &accountv1.CompleteStepRequest{
			SignInToken: half.GetSignInToken(), StepId: "TOTP", Code: a.fresh(), RememberDevice: true,
		})
		if err != nil || s.GetDeviceToken() == "" || s.GetDeviceToken() == known {
			t.Fatalf("%v, %v", s, err)
		}
		stolen, err := w.gateway.CreateSession(w.ctx, &accountv1.CreateSessionRequest{Login: phone, Password: password, DeviceToken: known})
		if err != nil || stolen.GetState() != accountv1.Session_STEP_REQUIRED {
			t.Errorf("%v, %v", stolen, err)
		}
		mine, err := w.gateway.CreateSession(w.ctx, &accountv1.CreateSessionRequest{
			Login: phone, Password: password, DeviceToken: known + "." + s.GetDeviceToken(),
		})
		if err != nil || mine.GetState() != accountv1.Session_ACTIVE || mine.GetDeviceToken() != "" {
			t.Errorf("a browser that several people use: %v, %v", mine, err)
		}
		w.Clock.Advance(time.Minute)
	}
}

// A device that an intruder had remembered stands for nothing any more once the password or a factor is another.
func TestChangesForgetRememberedDevices(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	a, f := w.bindTOTP(h.session)
	remember := func(pass string) string {
		t.Helper()
		half, err := w.signIn(phone, pass)
		if err != nil {
			t.Fatal(err)
		}
		s, err := w.completeIn(w.ctx, &accountv1.CompleteStepRequest{
			SignInToken: half.GetSignInToken(), StepId: "TOTP", Code: a.fresh(), RememberDevice: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		h = w.holding(s)
		return s.GetDeviceToken()
	}
	asks := func(pass, device string) {
		t.Helper()
		s, err := w.gateway.CreateSession(w.ctx, &accountv1.CreateSessionRequest{Login: phone, Password: pass, DeviceToken: device})
		if err != nil || s.GetState() != accountv1.Session_STEP_REQUIRED {
			t.Errorf("%v, %v", s, err)
		}
	}
	device := remember(password)
	if err := h.changePassword(password, nextPassword); err != nil {
		t.Fatal(err)
	}
	asks(nextPassword, device)

	device = remember(nextPassword)
	w.withPasskey(h.session)
	w.removeFactor(h.session, f.GetId())
	asks(nextPassword, device)
}

// A code by SMS that is the second factor of a recovery counts as one: guesses disable it as they do in a sign-in.
func TestASecondFactorBySMSIsOneInARecoveryToo(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	h.have(email)
	sms, err := w.enrol(h.session, accountv1.StepKind_SMS_CODE)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.activate(h.session, sms.GetId(), rightCode); err != nil {
		t.Fatal(err)
	}
	r, _ := w.recover(email)
	wantSteps(t, r.prove("EMAIL_CODE"), accountv1.Recovery_STEP_REQUIRED, "SMS_CODE", "BACKUP_CODE")
	wantSteps(t, r.prove("SMS_CODE"), accountv1.Recovery_READY)
	if sent := w.otp.last(); sent.GetPurpose() != otpv1.Purpose_SECOND_FACTOR {
		t.Errorf("the code is for %s", sent.GetPurpose())
	}
	r.must(r.complete(nextPassword))
}

// The links of earlier notices shut out nobody who has recovered the account, and show no partners of later.
func TestARecoveryEndsTheLinksOfNotices(t *testing.T) {
	w := start(t)
	w.holder(phone)
	w.stranger()
	w.stranger()
	testkit.Eventually(t, "both links", func() bool { return len(w.told.to(phone, "new_device")) == 2 })
	links := w.told.to(phone, "new_device")
	used, open := links[0].GetParams()["token"], links[1].GetParams()["token"]
	w.Clock.Advance(2 * time.Minute)
	if _, err := w.disown(used, false); err != nil {
		t.Fatal(err)
	}
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	r.must(r.complete(""))
	w.Clock.Advance(day)
	r.must(r.complete(nextPassword))
	_, err := w.disown(open, false)
	wantReason(t, err, errorsv1.Reason_LINK_INVALID)
	w.partners.signedIn(w.Clock.Now())
	if out, err := w.disown(used, false); err != nil || len(out.GetPartners()) != 0 {
		t.Errorf("%v, %v", out, err)
	}
	testkit.Eventually(t, "the account opens", func() bool { _, err := w.signIn(phone, nextPassword); return err == nil })
}
