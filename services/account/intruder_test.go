package account_test

import (
	"context"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// What somebody who has come into an account leaves there must neither let him back in nor shut its person out for good.

func TestADisownedIntrudersPasskeyRecoversNothing(t *testing.T) {
	w := start(t)
	w.holder(phone)
	s, link := w.stranger()
	d := w.withPasskey(s)
	w.Clock.Advance(time.Minute)
	if _, err := w.disown(link, true); err != nil {
		t.Fatal(err)
	}
	thief, begun := w.recover(phone)
	_, err := w.recoveries().CompleteRecoveryStep(w.ctx, &accountv1.CompleteRecoveryStepRequest{
		RecoveryToken: thief.token, StepId: "PASSKEY", Credential: d.get(begun.GetSteps()[1].GetOptions()),
	})
	if err == nil {
		t.Error("the intruder's passkey is taken")
	}
	own, _ := w.recover(phone)
	if out := own.prove("SMS_CODE"); !out.GetCanWait() {
		t.Errorf("the person is asked for %v", kindsOf(out))
	}
}

func kindsOf(r *accountv1.Recovery) (out []string) {
	for _, s := range r.GetSteps() {
		out = append(out, s.GetKind().String())
	}
	return out
}

// Whoever knows the password of an account without second factor binds one: its person is not shut out for good.
func TestAnIntrudersTOTPShutsNobodyOutForGood(t *testing.T) {
	w := start(t)
	w.holder(phone)
	s, link := w.stranger()
	w.bindTOTP(s)
	w.Clock.Advance(time.Minute)
	if _, err := w.disown(link, true); err != nil {
		t.Fatal(err)
	}
	w.aged()
	own, _ := w.recover(phone)
	out := own.prove("SMS_CODE")
	if !out.GetCanWait() && out.GetState() != accountv1.Recovery_READY {
		t.Errorf("the person, who has bound no factor, is asked for %v, and cannot wait", kindsOf(out))
	}
	w.Clock.Advance(40 * day)
	own, _ = w.recover(phone)
	if out = own.prove("SMS_CODE"); !out.GetCanWait() && out.GetState() != accountv1.Recovery_READY {
		t.Errorf("after 43 days: %v", kindsOf(out))
	}
}

// Whoever knows the password makes an accomplice the trusted contact: no recovery waits for him.
func TestAnIntrudersAccompliceShutsNobodyOutForGood(t *testing.T) {
	w := start(t)
	accomplice := w.adult(trustedPhone, 1)
	w.holder(phone)
	s, link := w.stranger()
	thief := w.holding(s)
	if err := thief.changePassword(password, newPassword); err != nil {
		t.Fatal(err)
	}
	thief.trustsIn(accomplice, trustedPhone)
	w.Clock.Advance(time.Minute)
	if _, err := w.disown(link, true); err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{0, 4 * day, 60 * day} {
		w.Clock.Advance(after)
		own, _ := w.recover(phone)
		own.prove("SMS_CODE")
		if _, err := own.complete(""); err != nil {
			t.Errorf("after %s: %v", after, err)
		}
	}
	if _, err := w.signIn(phone, newPassword); err == nil {
		t.Error("signed in")
	}
}

// The answer of a question that was set anew since proves nothing.
func TestARecoveryRestsOnNoAnswerOfAnOldQuestion(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	w.mustApply(standard(h.id, 1))
	if err := h.ask("Кличка?", "Шарик"); err != nil {
		t.Fatal(err)
	}
	w.aged()
	h = w.holding(w.mustSignIn(phone))
	thief, _ := w.recover(phone)
	thief.prove("SMS_CODE")
	wantSteps(t, thief.must(thief.step("CONTROL_QUESTION", "шарик")), accountv1.Recovery_READY)
	if err := h.ask("Девичья фамилия?", "Нечто"); err != nil {
		t.Fatal(err)
	}
	if _, err := thief.complete(nextPassword); err == nil {
		t.Error("recovered by the answer to a question that the account has not any more")
	}
}

// Whoever knows the password only, from which a second factor is to protect, guesses at all of them until each is disabled: its person
// is not shut out for good.
func TestGuessesShutNobodyOutForGood(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	a, f := w.bindTOTP(h.session)
	for range 10 {
		w.Clock.Advance(16 * time.Minute)
		half, err := w.signInFrom(testkit.From(context.Background(), "203.0.113.50"), phone, password)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			_, _ = w.complete(half.GetSignInToken(), "TOTP", "000000")
			_, _ = w.complete(half.GetSignInToken(), "BACKUP_CODE", "00000-00000")
		}
	}
	w.Clock.Advance(day)
	half := w.half(phone)
	_, byApp := w.complete(half.GetSignInToken(), "TOTP", a.fresh())
	_, byCode := w.complete(half.GetSignInToken(), "BACKUP_CODE", f.GetBackupCodes()[0])
	wantReason(t, byApp, errorsv1.Reason_FACTOR_DISABLED)
	if byCode != nil {
		t.Errorf("shut out for good by 100 guesses of who knows the password: %v", byCode)
	}
}

// A second factor alone is no fresh sign-in: whoever has stolen the session and the phone does not get round a partner's max_age.
func TestASecondFactorAloneMakesNoFreshSignIn(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	w.Clock.Advance(50 * time.Minute)
	half, err := w.signIns.StepUp(w.in(s), &accountv1.StepUpRequest{AccountId: s.GetAccountId(), SessionId: s.GetId(), Factors: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.signIns.SendStepCode(w.in(s), &accountv1.SendStepCodeRequest{SignInToken: half.GetSignInToken(), StepId: "SMS_CODE"}); err != nil {
		t.Fatal(err)
	}
	s2, err := w.completeIn(w.in(s), &accountv1.CompleteStepRequest{SignInToken: half.GetSignInToken(), StepId: "SMS_CODE", Code: rightCode})
	if err != nil {
		t.Fatal(err)
	}
	up, err := w.signIns.StepUp(w.in(s2), &accountv1.StepUpRequest{AccountId: s.GetAccountId(), SessionId: s.GetId(), Factors: 2, MaxAge: 60})
	if err != nil || up.GetState() != accountv1.Session_STEP_REQUIRED {
		t.Errorf("max_age of a minute is met though the password is 50 minutes old: %v %v, auth_time %v", up.GetState(), err, up.GetAuthTime().AsTime())
	}
}

// Whoever knows the password forbids the person's devices: a recovery lets the person in on them.
func TestAnIntruderForbidsNoDeviceForGood(t *testing.T) {
	w := start(t)
	w.create(phone)
	own := w.mustBeOn("", firefox)
	device := w.deviceOf(own).GetId()
	thief, _ := w.stranger()
	w.forbid(thief, device)
	_, err := w.on(own.GetDeviceToken(), firefox)
	wantReason(t, err, errorsv1.Reason_DEVICE_FORBIDDEN)
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	r.must(r.complete(""))
	w.Clock.Advance(day)
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_COMPLETED)
	_, err = w.gateway.CreateSession(with(w.ctx, firefox), &accountv1.CreateSessionRequest{
		Login: phone, Password: nextPassword, DeviceToken: own.GetDeviceToken(),
	})
	if err != nil {
		t.Error("the person's own device:", err)
	}
}

// Strangers can use up what a phone is sent in a day: the addresses that its person has signed in from have some codes more.
func TestAKnownAddressHasCodesOfItsOwn(t *testing.T) {
	w := start(t)
	w.create(phone)
	known := testkit.From(w.ctx, "192.0.2.7")
	if _, err := w.signInFrom(known, phone, password); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{"192.0.2.7": true, "192.0.2.8": false} {
		ctx := testkit.From(w.ctx, address)
		begun, err := w.recoveries().StartRecovery(ctx, &accountv1.StartRecoveryRequest{Login: phone})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.recoveries().SendRecoveryCode(ctx, &accountv1.SendRecoveryCodeRequest{RecoveryToken: begun.GetRecoveryToken(), StepId: "SMS_CODE"})
		if got := w.otp.last().GetKnownAddress(); err != nil || got != want {
			t.Errorf("%s is known: %t (%v)", address, got, err)
		}
	}
}

// A contact that somebody else has added with the password neither stops the person's recoveries nor outlives the word that it was not the
// person who signed in.
func TestAnIntrudersContactStopsNoRecovery(t *testing.T) {
	w := start(t)
	w.create(phone)
	w.mustBeOn("", firefox)
	s, link := w.stranger()
	w.holding(s).have(email)
	own, _ := w.recover(phone)
	own.prove("SMS_CODE")
	own.must(own.complete(""))
	w.cancelToken(phone, "recovery_cancel")
	if n := len(w.told.to(email, "recovery_cancel")); n != 0 {
		t.Error("the intruder has the link that stops the recovery")
	}
	if _, err := w.disown(link, true); err != nil {
		t.Fatal(err)
	}
	begun, err := w.recoveries().StartRecovery(w.ctx, &accountv1.StartRecoveryRequest{Login: email})
	if err != nil {
		t.Fatal(err)
	}
	thief := recovery{w, begun.GetRecoveryToken()}
	if err := thief.send("EMAIL_CODE"); err != nil || !w.otp.last().GetDecoy() {
		t.Errorf("the intruder's address still begins recoveries: %v", err)
	}
	w.Clock.Advance(day)
	wantSteps(t, own.must(own.complete(nextPassword)), accountv1.Recovery_COMPLETED)
}

// A contact that is on its way out is none that stays.
func TestALeavingContactHoldsNoPlace(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	h.have(email)
	if err := h.remove(h.find(phone).GetId()); err != nil {
		t.Fatal(err)
	}
	if !h.find(email).GetChangeWaits() {
		t.Error("the other goes at once while the first leaves")
	}
}

// What the version before stores of a recovery that waits, and of a contact that it adds, is neither sooner over nor older than it is.
func TestRowsOfTheVersionBefore(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	h.have(email)
	r, _ := w.recover(phone)
	w.Clock.Advance(50 * time.Minute)
	r.prove("SMS_CODE")
	due := r.must(r.complete("")).GetEffectiveTime().AsTime()
	w.exec(`UPDATE account.sign_ins SET waits_since = NULL`)
	w.Clock.Advance(day - time.Second)
	out := r.must(r.complete(nextPassword))
	wantSteps(t, out, accountv1.Recovery_WAITING)
	timeIs(t, "the end of the wait", out.GetEffectiveTime().AsTime(), due)
	var young bool
	err := w.Pool().QueryRow(w.ctx, `INSERT INTO account.identifiers (id, account_id, kind, index_key_id, index_value, sealed)
		VALUES (gen_random_uuid(), $1, 'snils', 1, 'x', 'x') RETURNING added_at IS NOT NULL`, h.id).Scan(&young)
	if err != nil || !young {
		t.Errorf("what the version before adds has no age: %v", err)
	}
}
