package otp_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
)

const address = "anna@example.ru"

// of is a code of a purpose by a channel.
type of struct {
	purpose otpv1.Purpose
	channel otpv1.Channel
	to      string
}

func (w *world) issueOf(c of, flow string, decoy bool) (*otpv1.IssueCodeResponse, error) {
	return w.otp.IssueCode(w.ctx, &otpv1.IssueCodeRequest{
		Purpose: c.purpose, FlowId: flow, Channel: c.channel, Destination: c.to, Decoy: decoy,
	})
}

func (w *world) verifyOf(c of, flow, code string) error { return w.guessOf(c, flow, code, "") }

func (w *world) guessOf(c of, flow, code, name string) error {
	_, err := w.otp.VerifyCode(w.ctx, &otpv1.VerifyCodeRequest{
		Purpose: c.purpose, FlowId: flow, Channel: c.channel, Destination: c.to, Code: code, AttemptId: name,
	})
	return err
}

func contactBySMS() of   { return of{otpv1.Purpose_CONTACT, otpv1.Channel_SMS, phone} }
func contactByEmail() of { return of{otpv1.Purpose_CONTACT, otpv1.Channel_EMAIL, address} }

// By email a contact gets a code to type, that lives as long as one by SMS; only a sign-up gets a link.
func TestContactsAreProvenByCodesOnEitherWay(t *testing.T) {
	w := start(t)
	for template, c := range map[string]of{
		"contact_code":         contactByEmail(),
		"contact_claim_code":   {otpv1.Purpose_CONTACT_CLAIM, otpv1.Channel_SMS, phone},
		"recovery_code":        {otpv1.Purpose_RECOVERY, otpv1.Channel_EMAIL, address},
		"trusted_contact_code": {otpv1.Purpose_TRUSTED_CONTACT, otpv1.Channel_SMS, phone},
	} {
		out, err := w.issueOf(c, "flow", false)
		if err != nil {
			t.Fatal(err)
		}
		m := w.out.last(t)
		if m.GetTemplate() != template || len(w.out.code(t)) != 6 || len(m.GetParams()) != 1 {
			t.Errorf("sent %s with %d parameters", m.GetTemplate(), len(m.GetParams()))
		}
		if life := out.GetExpireTime().AsTime().Sub(w.Clock.Now()); life != 5*time.Minute {
			t.Errorf("%s lives %s", template, life)
		}
		if err := w.verifyOf(c, "flow", w.out.code(t)); err != nil {
			t.Error(err)
		}
	}
}

// An email address is no second factor: NIST SP 800-63B-4 §3.1.3.
func TestNoSecondFactorGoesByEmail(t *testing.T) {
	w := start(t)
	_, err := w.issueOf(of{otpv1.Purpose_SECOND_FACTOR, otpv1.Channel_EMAIL, address}, "flow", false)
	wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
}

func TestOwnerOfAContactIsToldAndNoCodeIsRight(t *testing.T) {
	w := start(t)
	if _, err := w.issueOf(contactByEmail(), "flow", true); err != nil {
		t.Fatal(err)
	}
	if m := w.out.last(t); m.GetTemplate() != "contact_in_use" || len(m.GetParams()) != 0 {
		t.Errorf("sent %s with %d parameters", m.GetTemplate(), len(m.GetParams()))
	}
	wantReason(t, w.verifyOf(contactByEmail(), "flow", "123456"), errorsv1.Reason_CODE_WRONG)
}

// Whoever has no account is told so in the place of a recovery's code: only the contact's holder learns it.
func TestARecoveryOfNobodysContactIsToldThere(t *testing.T) {
	w := start(t)
	if _, err := w.issueOf(of{otpv1.Purpose_RECOVERY, otpv1.Channel_SMS, phone}, "flow", true); err != nil {
		t.Fatal(err)
	}
	if m := w.out.last(t); m.GetTemplate() != "recovery_unknown" || len(m.GetParams()) != 0 {
		t.Errorf("sent %s with %d parameters", m.GetTemplate(), len(m.GetParams()))
	}
}

// A code is its purpose's: one that proves a contact ends no sign-up under the same id, nor the other way round.
func TestACodeOfOnePurposeIsNoneOfAnother(t *testing.T) {
	w := start(t)
	if _, err := w.issueOf(contactBySMS(), "flow", false); err != nil {
		t.Fatal(err)
	}
	contact := w.out.code(t)
	wantReason(t, w.verify("flow", contact), errorsv1.Reason_CODE_EXPIRED)
	signUp := w.mustIssue("flow")
	if signUp != contact {
		wantReason(t, w.verifyOf(contactBySMS(), "flow", signUp), errorsv1.Reason_CODE_WRONG)
	}
	wantReason(t, w.verifyFactor("flow", contact), errorsv1.Reason_CODE_EXPIRED)
	if err := w.verifyOf(contactBySMS(), "flow", contact); err != nil {
		t.Error(err)
	}
	if err := w.verify("flow", signUp); err != nil {
		t.Error(err)
	}
}

// What people cause at contacts of others neither locks nor starves a sign-up or a second factor.
func TestContactsHaveLimitsOfTheirOwn(t *testing.T) {
	w := start(t)
	for range 20 {
		if _, err := w.issueOf(contactBySMS(), "flow", false); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(61 * time.Second)
	}
	_, err := w.issueOf(contactBySMS(), "flow", false)
	wantReason(t, err, errorsv1.Reason_CODE_SEND_LIMIT)
	w.mustIssue("sign-up")
	w.mustFactor("sign-in")
}

func TestOfAHundredGuessesAtOnceFiveAreCompared(t *testing.T) {
	w := start(t)
	if _, err := w.issueOf(contactByEmail(), "flow", false); err != nil {
		t.Fatal(err)
	}
	guess := wrong(w.out.code(t))
	var compared atomic.Int32
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if err := w.verifyOf(contactByEmail(), "flow", guess); errs.Is(err, errorsv1.Reason_CODE_WRONG) {
				compared.Add(1)
			}
		})
	}
	all.Wait()
	if n := compared.Load(); n > 5 {
		t.Errorf("%d guesses were compared", n)
	}
	if err := w.verifyOf(contactByEmail(), "flow", w.out.code(t)); err == nil {
		t.Error("the code is still good")
	}
}

// A guess's name says which guess it is where it was made, and nothing elsewhere: within a recovery both contacts, and a trusted
// contact, have codes of one flow.
func TestARightGuessProvesNoOtherDestinationOrPurpose(t *testing.T) {
	w := start(t)
	first := of{otpv1.Purpose_RECOVERY, otpv1.Channel_SMS, phone}
	if _, err := w.issueOf(first, "flow", false); err != nil {
		t.Fatal(err)
	}
	code := w.out.code(t)
	if err := w.guessOf(first, "flow", code, "guess"); err != nil {
		t.Fatal(err)
	}
	for _, other := range []of{
		{otpv1.Purpose_RECOVERY, otpv1.Channel_EMAIL, address},
		{otpv1.Purpose_TRUSTED_CONTACT, otpv1.Channel_SMS, phone},
		{otpv1.Purpose_SECOND_FACTOR, otpv1.Channel_SMS, phone},
	} {
		w.Clock.Advance(time.Minute)
		if _, err := w.issueOf(other, "flow", false); err != nil {
			t.Fatal(err)
		}
		if w.out.code(t) == code {
			continue // one in a million
		}
		wantReason(t, w.guessOf(other, "flow", code, "guess"), errorsv1.Reason_CODE_WRONG)
		wantReason(t, w.guessOf(other, "flow", code, "guess"), errorsv1.Reason_CODE_WRONG)
	}
	if err := w.guessOf(first, "flow", code, "guess"); err != nil {
		t.Error(err)
	}
}
