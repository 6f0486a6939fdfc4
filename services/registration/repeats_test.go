package registration_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
)

// stored is all that there is, in a word that two states share only when they are the same.
func (w *world) stored() (text string) {
	w.t.Helper()
	err := w.Pool().QueryRow(w.ctx, `SELECT concat_ws(' ',
		(SELECT md5(string_agg(r::text, ' ' ORDER BY r.id)) FROM registration.registrations r),
		(SELECT count(*) FROM registration.idempotency_keys), (SELECT count(*) FROM registration.outbox),
		(SELECT count(*) FROM registration.river_job WHERE kind <> 'purge'))`).Scan(&text)
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

func TestARefusedRequestLeavesNothing(t *testing.T) {
	w := start(t)
	id := w.start(form()).GetId()
	before := w.stored()
	w.otp.refuseWith(errorsv1.Reason_CODE_SEND_LIMIT)
	for i := range 30 {
		ctx := testkit.WithKey(w.ctx, fmt.Sprint("start-key-", i))
		_, err := w.reg.StartRegistration(ctx, byEmail())
		wantReason(t, err, errorsv1.Reason_CODE_SEND_LIMIT)
		_, err = w.resend(ctx, id)
		wantReason(t, err, errorsv1.Reason_CODE_SEND_LIMIT)
		_, err = w.verify(ctx, id, "000000")
		wantReason(t, err, errorsv1.Reason_CODE_WRONG)
		_, err = w.complete(ctx, id, "token", password)
		wantReason(t, err, errorsv1.Reason_COMPLETION_TOKEN_INVALID)
	}
	if after := w.stored(); after != before {
		t.Errorf("before and after:\n%s\n%s", before, after)
	}
	w.otp.refuseWith(0)
	if _, err := w.reg.StartRegistration(testkit.WithKey(w.ctx, "start-key-0"), byEmail()); err != nil {
		t.Errorf("the refused request, repeated later: %v", err)
	}
}

// The key of a proof that succeeded may be seen by others than who presented it; the code is asked for nevertheless.
func TestTheKeyOfAProofIsNoWayToGuessTheCode(t *testing.T) {
	w := start(t)
	id := w.start(form()).GetId()
	ctx := testkit.WithKey(w.ctx, "verify-key")
	first, err := w.verify(ctx, id, rightCode)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		_, err := w.verify(ctx, id, fmt.Sprintf("%06d", i))
		wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
	}
	if again, err := w.verify(ctx, id, rightCode); err != nil || again != first {
		t.Errorf("the repeated request: %q, %v, want %q", again, err, first)
	}
	_, err = w.verify(ctx, id, "000004")
	wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
	_, err = w.verify(ctx, id, rightCode)
	wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
}

func TestAProofIsNotRepeatedUnderAnotherKeyOrNone(t *testing.T) {
	w := start(t)
	id := w.start(form()).GetId()
	if _, err := w.verify(testkit.WithKey(w.ctx, "verify-key"), id, rightCode); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"another-key", ""} {
		_, err := w.verify(testkit.WithKey(w.ctx, key), id, rightCode)
		wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
	}
	_, err := w.verify(testkit.WithKey(w.ctx, "short"), id, rightCode)
	wantReason(t, err, errorsv1.Reason_IDEMPOTENCY_KEY_INVALID)
}

func TestCompletingAgainWithAnotherPasswordIsRefused(t *testing.T) {
	w := start(t)
	id, token := w.verified()
	ctx := testkit.WithKey(w.ctx, "complete-key")
	account, err := w.complete(ctx, id, token, password)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"", "Another7-horse"} {
		for _, key := range []string{"complete-key", "another-key"} {
			_, err := w.complete(testkit.WithKey(w.ctx, key), id, token, other)
			wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
		}
	}
	if again, err := w.complete(ctx, id, token, password); err != nil || again != account {
		t.Errorf("the repeated request: %q, %v, want %q", again, err, account)
	}
	if got := w.profile.of(account).GetPerson().GetLastName(); got != "Канарейкина" {
		t.Errorf("the card was put again with %q", got)
	}
}

func TestTheCompletionTokenIsNoWayToGuessThePassword(t *testing.T) {
	w := start(t)
	id, token := w.verified()
	if _, err := w.complete(w.ctx, id, token, password); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		_, err := w.complete(w.ctx, id, token, fmt.Sprint("Guess-number-", i))
		wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
	}
	_, err := w.complete(w.ctx, id, token, password)
	wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
}

// The account may exist before the sign-up has ended: then too, another password is no repeat.
func TestAnInterruptedCompletionGoesOnWithItsPasswordOnly(t *testing.T) {
	w := start(t)
	id, token := w.verified()
	w.account.set("CreateAccount", lost)
	_, err := w.complete(w.ctx, id, token, password)
	wantReason(t, err, errorsv1.Reason_UNAVAILABLE)
	_, err = w.complete(w.ctx, id, token, "Another7-horse")
	wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
	if got := w.get(id).GetState(); got != registrationv1.State_CONTACT_VERIFIED {
		t.Errorf("state %s", got)
	}
	if _, err := w.complete(w.ctx, id, token, password); err != nil {
		t.Error(err)
	}
}

// A key names its request for a day, whatever time of the day that is.
func TestARepeatedStartHasItsAnswerForADay(t *testing.T) {
	w := start(t)
	w.ctx = testkit.WithKey(w.ctx, "start-key")
	first := w.start(form())
	w.Clock.Advance(24*time.Hour - time.Second)
	if again := w.start(form()); again.GetId() != first.GetId() {
		t.Errorf("repeated: %s, want %s", again.GetId(), first.GetId())
	}
}

func TestContactsAreReadWithoutWhatNobodySees(t *testing.T) {
	w := start(t)
	f := byEmail()
	f.Channel, f.Phone, f.Email = registrationv1.Channel_SMS, "\u20668\u2009900\u202f123-45\u200b-67\u2069", "\ufeffAnna@exa\u200bmple.ru\u00a0"
	id := w.start(f).GetId()
	if got := w.otp.all()[0].GetDestination(); got != phone {
		t.Errorf("the code goes to %q", got)
	}
	token, err := w.verify(w.ctx, id, "\u200e123\u2009456\u200b")
	if err != nil {
		t.Fatal(err)
	}
	account, err := w.complete(w.ctx, id, token, password)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.profile.of(account).GetUnprovenEmail(); got != "Anna@example.ru" {
		t.Errorf("the card has %q", got)
	}
}
