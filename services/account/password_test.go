package account_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const newPassword = "Zx9?rT-4bN"

// containsAny finds a secret as text and as Postgres shows bytes.
func containsAny(text, secret string) bool {
	return strings.Contains(text, secret) || strings.Contains(text, hex.EncodeToString([]byte(secret)))
}

func (h *holder) changePassword(current, fresh string) error {
	_, err := h.gateway.ChangePassword(h.request(), &accountv1.ChangePasswordRequest{
		AccountId: h.id, SessionId: h.session.GetId(), CurrentPassword: current, NewPassword: fresh,
	})
	return err
}

func TestPasswordIsChangedAndOtherSessionsEnd(t *testing.T) {
	w := start(t)
	changed, ended := testkit.Watch[eventsv1.PasswordChanged](w.Env), testkit.Watch[eventsv1.SignedOut](w.Env)
	h := w.holder(phone)
	other := w.mustSignIn(phone)
	w.Clock.Advance(30 * time.Minute)
	if err := h.changePassword(password, newPassword); err != nil {
		t.Fatal(err)
	}
	if _, err := w.resolve(h.session.GetToken()); err != nil {
		t.Errorf("the person's own session: %v", err)
	}
	_, err := w.resolve(other.GetToken())
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	_, err = w.signIn(phone, password)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
	if _, err := w.signIn(phone, newPassword); err != nil {
		t.Error(err)
	}
	if e := changed.Wait(1); len(e) != 1 || e[0].GetAccountId() != h.id {
		t.Errorf("events %v", e)
	}
	if e := ended.Wait(1); len(e) != 1 || e[0].GetSessionId() != other.GetId() {
		t.Errorf("events %v", e)
	}
}

func TestFreshProofStandsInForThePassword(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	w.Clock.Advance(20 * time.Minute)
	if err := h.changePassword("", newPassword); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Second)
	wantReason(t, h.changePassword("", password), errorsv1.Reason_REAUTHENTICATION_REQUIRED)
}

// Who has no password sets one, proven by what they sign in with.
func TestFirstPasswordIsSetWithAFreshProof(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	w.exec(`DELETE FROM account.credentials`)
	wantReason(t, h.changePassword(password, newPassword), errorsv1.Reason_SIGN_IN_FAILED)
	if err := h.changePassword("", newPassword); err != nil {
		t.Fatal(err)
	}
	if _, err := w.signIn(phone, newPassword); err != nil {
		t.Error(err)
	}
}

func TestWrongPresentPasswordsCountLikeASignIns(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	for range 5 {
		wantReason(t, h.changePassword("Wrong-1-password", newPassword), errorsv1.Reason_SIGN_IN_FAILED)
	}
	wantReason(t, h.changePassword(password, newPassword), errorsv1.Reason_SIGN_IN_THROTTLED)
	_, err := w.signIn(phone, password)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_THROTTLED)
}

func TestBadNewPasswordsAreRefused(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	h.have(email)
	hashed := w.hashed()
	wantField(t, h.changePassword(password, "petr"), "new_password", errorsv1.Reason_PASSWORD_TOO_SHORT)
	wantField(t, h.changePassword(password, "Tel-9001234567"), "new_password", errorsv1.Reason_PASSWORD_PERSONAL)
	if n := w.hashed(); n != hashed {
		t.Errorf("%d passwords were hashed for nothing", n-hashed)
	}
}

// Whoever lost the answer asks again: with the present password of before, which is wrong by now and counts as such.
func TestRepeatedChangeIsOneAndNoWayToGuess(t *testing.T) {
	w := start(t)
	changed := testkit.Watch[eventsv1.PasswordChanged](w.Env)
	h := w.holder(phone)
	h.key = "change-password-1"
	for range 2 {
		if err := h.changePassword(password, newPassword); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(changed.Wait(1)); n != 1 {
		t.Errorf("%d changes", n)
	}
	for range 4 {
		wantReason(t, h.changePassword("Wrong-1-password", newPassword), errorsv1.Reason_IDEMPOTENCY_KEY_REUSED)
	}
	wantReason(t, h.changePassword("Wrong-1-password", newPassword), errorsv1.Reason_SIGN_IN_THROTTLED)
}

func TestPasswordIsChangedInOnesOwnSession(t *testing.T) {
	w := start(t)
	a, b := w.holder(phone), w.holder(otherPhone)
	a.session = b.session
	wantReason(t, a.changePassword(password, newPassword), errorsv1.Reason_PERMISSION_DENIED)
	b.signedIn = a.signedIn
	wantReason(t, b.changePassword(password, newPassword), errorsv1.Reason_PERMISSION_DENIED)
}

// Who proved the password of before, and has a step left, does not come in by it.
func TestASignInUnderWayEndsWithThePassword(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	a, _ := w.withTOTP(phone)
	half := w.half(phone)
	h = w.holding(h.session)
	if err := h.changePassword(password, newPassword); err != nil {
		t.Fatal(err)
	}
	_, err := w.complete(half.GetSignInToken(), "TOTP", a.fresh())
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
}

// A password that was compared, and is changed before the session begins, is wrong.
func TestAPasswordChangedWhileItIsComparedIsWrong(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	tx, err := w.Pool().Begin(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(w.ctx) }()
	if _, err := tx.Exec(w.ctx, `LOCK TABLE account.sign_in_failures IN EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	signedIn := make(chan error)
	go func() {
		_, err := w.signIn(phone, password)
		signedIn <- err
	}()
	testkit.Eventually(t, "the sign-in waits, its password compared", func() bool {
		var waiting int
		err := w.Pool().QueryRow(w.ctx, `SELECT count(*) FROM pg_locks
			WHERE NOT granted AND relation = 'account.sign_in_failures'::regclass`).Scan(&waiting)
		return err == nil && waiting > 0
	})
	if err := h.changePassword("", newPassword); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(w.ctx); err != nil {
		t.Fatal(err)
	}
	wantReason(t, <-signedIn, errorsv1.Reason_SIGN_IN_FAILED)
}
