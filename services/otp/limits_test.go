package otp_test

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
)

// factor asks for a code that protects an account.
func (w *world) factor(flow string) error {
	_, err := w.otp.IssueCode(w.ctx, &otpv1.IssueCodeRequest{
		Purpose: otpv1.Purpose_SECOND_FACTOR, FlowId: flow, Channel: otpv1.Channel_SMS, Destination: phone,
	})
	return err
}

func (w *world) mustFactor(flow string) string {
	w.t.Helper()
	if err := w.factor(flow); err != nil {
		w.t.Fatal(err)
	}
	return w.out.code(w.t)
}

func (w *world) verifyFactor(flow, code string) error {
	_, err := w.otp.VerifyCode(w.ctx, &otpv1.VerifyCodeRequest{
		Purpose: otpv1.Purpose_SECOND_FACTOR, FlowId: flow, Channel: otpv1.Channel_SMS, Destination: phone, Code: code,
	})
	return err
}

func (w *world) link(flow, address string) (*otpv1.IssueCodeResponse, error) {
	return w.otp.IssueCode(w.ctx, &otpv1.IssueCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: flow, Channel: otpv1.Channel_EMAIL, Destination: address,
	})
}

// Anybody can sign up with anybody's phone: whatever that causes must not reach the codes that protect its owner's account.
func TestSignUpsNeitherLockNorStarveASecondFactor(t *testing.T) {
	w := startWith(t, map[string]string{"PROPUSK_OTP_SENDS_ALTOGETHER": "5", "PROPUSK_OTP_SENDS_PER_ADDRESS": "5"})
	w.fail(10)
	w.Clock.Advance(2 * time.Minute)
	wantReason(t, w.issue("stranger"), errorsv1.Reason_FACTOR_LOCKED)
	for i := 0; w.elsewhere(i, "192.0.2.1") == nil; i++ {
		w.Clock.Advance(time.Second)
	}
	wantReason(t, w.elsewhere(9, "192.0.2.9"), errorsv1.Reason_CODE_SEND_LIMIT)
	code := w.mustFactor("sign-in")
	if got := w.out.last(t).GetTemplate(); got != "second_factor_code" {
		t.Errorf("sent %s", got)
	}
	wantReason(t, w.verify("sign-in", code), errorsv1.Reason_CODE_EXPIRED)
	if err := w.verifyFactor("sign-in", code); err != nil {
		t.Error(err)
	}
	wantReason(t, w.issue("stranger"), errorsv1.Reason_FACTOR_LOCKED)
}

// NIST SP 800-63B-4 §3.2.2: what protects an account is disabled until it is bound anew.
func TestHundredWrongCodesDisableASecondFactorOnly(t *testing.T) {
	w := start(t)
	locked := testkit.Watch[eventsv1.FactorLocked](w.Env)
	var last error
	for i := range 20 {
		w.Clock.Advance(90 * time.Minute)
		flow := fmt.Sprint("sign-in", i)
		code := w.mustFactor(flow)
		for range 5 {
			last = w.verifyFactor(flow, wrong(code))
		}
	}
	wantReason(t, last, errorsv1.Reason_FACTOR_DISABLED)
	w.Clock.Advance(300 * 24 * time.Hour)
	wantReason(t, w.factor("later"), errorsv1.Reason_FACTOR_DISABLED)
	if err := w.verify("flow", w.mustIssue("flow")); err != nil {
		t.Errorf("a sign-up with the same phone: %v", err)
	}
	events := locked.Wait(10)
	if !events[len(events)-1].GetDisabled() {
		t.Error("the last lock is not for good")
	}
}

func TestASecondFactorHasNeitherLinksNorDecoys(t *testing.T) {
	w := start(t)
	for _, r := range []*otpv1.IssueCodeRequest{
		{Channel: otpv1.Channel_EMAIL, Destination: "i@example.ru"}, {Channel: otpv1.Channel_SMS, Destination: phone, Decoy: true},
	} {
		r.Purpose, r.FlowId = otpv1.Purpose_SECOND_FACTOR, "flow"
		_, err := w.otp.IssueCode(w.ctx, r)
		e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
		if want := []errs.Field{{Name: "purpose", Reason: errorsv1.Reason_FIELD_UNKNOWN_VALUE}}; !reflect.DeepEqual(e.Fields, want) {
			t.Errorf("fields %v", e.Fields)
		}
	}
}

func TestAStrangersSignUpLeavesTheHoldersCodeAlive(t *testing.T) {
	w := start(t)
	holders := w.mustIssue("holder")
	w.Clock.Advance(time.Minute)
	strangers := w.mustIssue("stranger")
	wantReason(t, w.verify("holder", wrong(holders)), errorsv1.Reason_CODE_WRONG)
	if err := w.verify("holder", holders); err != nil {
		t.Errorf("the holder's code: %v", err)
	}
	if err := w.verify("stranger", strangers); err != nil {
		t.Errorf("the stranger's code: %v", err)
	}
}

func TestAFourthFlowWaitsForTheOldestCode(t *testing.T) {
	w := start(t)
	for i := range 3 {
		w.mustIssue(fmt.Sprint("flow", i))
		w.Clock.Advance(time.Minute)
	}
	e := wantReason(t, w.issue("fourth"), errorsv1.Reason_CODE_SEND_LIMIT)
	if e.RetryAfter != 2*time.Minute {
		t.Errorf("wait %s, want two minutes", e.RetryAfter)
	}
	w.counts(3, `limit="live_codes" 1`)
	first := w.mustIssue("flow0") // a flow's own code makes room for its next one
	w.Clock.Advance(time.Minute)
	if e := wantReason(t, w.issue("fourth"), errorsv1.Reason_CODE_SEND_LIMIT); e.RetryAfter != 2*time.Minute {
		t.Errorf("wait %s for the second flow's code", e.RetryAfter)
	}
	if err := w.verify("flow0", first); err != nil {
		t.Error(err)
	}
	w.mustIssue("fourth")
}

func TestLinksAreNotCapped(t *testing.T) {
	w := start(t)
	for i := range 6 {
		if _, err := w.link(fmt.Sprint("flow", i), "i@example.ru"); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Minute)
	}
}

func TestMalformedCodesCostNothing(t *testing.T) {
	w := start(t)
	code := w.mustIssue("flow")
	for _, guess := range []string{"12", "abcdef", "1234567", "", " ", code + "x"} {
		e := wantReason(t, w.verify("flow", guess), errorsv1.Reason_VALIDATION_FAILED)
		if len(e.Fields) != 1 || e.Fields[0].Name != "code" {
			t.Errorf("%q: fields %v", guess, e.Fields)
		}
	}
	if e := wantReason(t, w.verify("flow", wrong(code)), errorsv1.Reason_CODE_WRONG); attemptsLeft(e) != 4 {
		t.Errorf("%d attempts left, want 4", attemptsLeft(e))
	}
	if err := w.verify("flow", "\u2060"+code[:3]+"\u2009"+code[3:]+"\u200b"); err != nil {
		t.Errorf("with characters that cannot be seen: %v", err)
	}
}

func TestMalformedLinksCostNothing(t *testing.T) {
	w := start(t)
	if _, err := w.link("flow", "i@example.ru"); err != nil {
		t.Fatal(err)
	}
	token := w.out.last(t).GetParams()["token"]
	for _, guess := range []string{token[1:], token + "=", "", "x", "\u200b" + token} {
		_, err := w.otp.VerifyCode(w.ctx, &otpv1.VerifyCodeRequest{
			Purpose: otpv1.Purpose_REGISTRATION, FlowId: "flow", Channel: otpv1.Channel_EMAIL, Destination: "i@example.ru", Code: guess,
		})
		if guess == "\u200b"+token {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		wantReason(t, err, errorsv1.Reason_CODE_EXPIRED)
	}
	if n := w.rows("attempts"); n != 1 {
		t.Errorf("%d tries were counted, want one", n)
	}
}

// rows counts a table's.
func (w *world) rows(table string) (n int) {
	w.t.Helper()
	if err := w.Pool().QueryRow(w.ctx, `SELECT count(*) FROM otp.`+table).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// stored is all that there is: how many rows each table has, and what the counters say.
func (w *world) stored() string {
	w.t.Helper()
	var text string
	err := w.Pool().QueryRow(w.ctx, `SELECT concat_ws(' ', (SELECT count(*) FROM otp.destinations), (SELECT count(*) FROM otp.sends),
		(SELECT count(*) FROM otp.attempts), (SELECT count(*) FROM otp.outbox),
		(SELECT string_agg(c::text, ' ' ORDER BY c::text) FROM otp.counters c))`).Scan(&text)
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

func TestARefusedSendLeavesNothing(t *testing.T) {
	w := startWith(t, map[string]string{"PROPUSK_OTP_SENDS_PER_ADDRESS": "1"})
	w.mustIssue("flow")
	before := w.stored()
	for i := range 30 {
		wantReason(t, w.elsewhere(i, "192.0.2.1"), errorsv1.Reason_CODE_SEND_LIMIT)
		wantReason(t, w.issue("another"), errorsv1.Reason_CODE_RESEND_TOO_EARLY)
	}
	if after := w.stored(); after != before {
		t.Errorf("before and after:\n%s\n%s", before, after)
	}
}

// at once makes n calls and says how many were accepted; the others must be refused for the reason.
func (w *world) atOnce(n int, reason errorsv1.Reason, call func(i int) error) int {
	w.t.Helper()
	var accepted atomic.Int32
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := call(i); err == nil {
				accepted.Add(1)
			} else if !errs.Is(err, reason) {
				w.t.Error(err)
			}
		})
	}
	all.Wait()
	return int(accepted.Load())
}

func TestSendsAtOnceNeverExceedTheLimits(t *testing.T) {
	t.Run("of an address", func(t *testing.T) {
		w := startWith(t, map[string]string{"PROPUSK_OTP_SENDS_PER_ADDRESS": "7"})
		n := w.atOnce(50, errorsv1.Reason_CODE_SEND_LIMIT, func(i int) error { return w.elsewhere(i, "192.0.2.1") })
		if n != 7 || w.rows("sends") != 7 {
			t.Errorf("%d accepted, want seven", n)
		}
	})
	t.Run("of the installation", func(t *testing.T) {
		w := startWith(t, map[string]string{"PROPUSK_OTP_SENDS_ALTOGETHER": "7"})
		n := w.atOnce(50, errorsv1.Reason_CODE_SEND_LIMIT, func(i int) error {
			return w.elsewhere(i, fmt.Sprintf("192.0.2.%d", i))
		})
		if n != 7 || w.rows("sends") != 7 {
			t.Errorf("%d accepted, want seven", n)
		}
	})
	t.Run("of a destination", func(t *testing.T) {
		w := start(t)
		n := w.atOnce(50, errorsv1.Reason_CODE_RESEND_TOO_EARLY, func(i int) error { return w.issue(fmt.Sprint("flow", i)) })
		if n != 1 || w.rows("sends") != 1 {
			t.Errorf("%d accepted, want one", n)
		}
	})
	t.Run("of live codes", func(t *testing.T) {
		w := startWith(t, map[string]string{"PROPUSK_OTP_RESEND_AFTER": "0s"})
		n := w.atOnce(50, errorsv1.Reason_CODE_SEND_LIMIT, func(i int) error { return w.issue(fmt.Sprint("flow", i)) })
		if n != 3 || w.rows("sends") != 3 {
			t.Errorf("%d accepted, want three", n)
		}
	})
}

// Guesses at several codes of one phone share its failures: ten of a hundred at once are compared, then it is locked.
func TestGuessesAtOnceAreNeverComparedBeyondTheLimits(t *testing.T) {
	w := start(t)
	codes := map[string]string{}
	for i := range 3 {
		flow := fmt.Sprint("flow", i)
		codes[flow] = w.mustIssue(flow)
		w.Clock.Advance(time.Minute)
	}
	var compared atomic.Int32
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			flow := fmt.Sprint("flow", i%3)
			if errs.Is(w.verify(flow, wrong(codes[flow])), errorsv1.Reason_CODE_WRONG) {
				compared.Add(1)
			}
		})
	}
	all.Wait()
	if n := w.rows("attempts"); n != 10 || compared.Load() > 10 {
		t.Errorf("%d guesses were decided and %d answered, want ten", n, compared.Load())
	}
	for flow, code := range codes {
		if err := w.verify(flow, code); err == nil {
			t.Errorf("%s: the right code is accepted at a locked phone", flow)
		}
	}
}

// A link lives for days: one that the version before has sent, under the key of its time, is still good.
func TestLinksOfTheVersionBeforeAreGood(t *testing.T) {
	w := start(t)
	if _, err := w.link("flow", "i@example.ru"); err != nil {
		t.Fatal(err)
	}
	kek, err := secret.LoadKEK(filepath.Join(w.secrets, "kek"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.LoadKeys(filepath.Join(w.secrets, "keys.json"), kek)
	if err != nil {
		t.Fatal(err)
	}
	old := "otp:code:REGISTRATION:" + hex.EncodeToString(keys.MAC("slot", []byte("i@example.ru")))
	if err := w.Redis.Rename(w.ctx, w.Redis.Keys(w.ctx, "otp:code:*").Val()[0], old).Err(); err != nil {
		t.Fatal(err)
	}
	verify := func(flow string) error {
		_, err := w.otp.VerifyCode(w.ctx, &otpv1.VerifyCodeRequest{
			Purpose: otpv1.Purpose_REGISTRATION, FlowId: flow, Channel: otpv1.Channel_EMAIL, Destination: "i@example.ru",
			Code: w.out.last(t).GetParams()["token"],
		})
		return err
	}
	wantReason(t, verify("another"), errorsv1.Reason_CODE_EXPIRED)
	if err := verify("flow"); err != nil {
		t.Error(err)
	}
	wantReason(t, verify("flow"), errorsv1.Reason_CODE_EXPIRED)
}

// Who knows the name of a guess that was right is asked for the code like anybody: five tries in all.
func TestARepeatedGuessIsNoWayAroundTheTries(t *testing.T) {
	w := start(t)
	code := w.mustIssue("flow")
	for range 2 {
		if err := w.verifyAs("flow", code, "attempt"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 4 {
		wantReason(t, w.verifyAs("flow", wrong(code), fmt.Sprint("guess", i)), errorsv1.Reason_CODE_EXPIRED)
	}
	if err := w.verifyAs("flow", code, "attempt"); err != nil {
		t.Errorf("the repeated guess within the tries: %v", err)
	}
	wantReason(t, w.verifyAs("flow", wrong(code), "guess4"), errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
	wantReason(t, w.verifyAs("flow", code, "attempt"), errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
}

// A phone that wrong codes have disabled as a second factor is bound again by a code of its own, whose failures only lock.
func TestAPhoneThatWasDisabledIsBoundAgain(t *testing.T) {
	w := startWith(t, map[string]string{"PROPUSK_OTP_FAILURES_TO_LOCK": "3", "PROPUSK_OTP_FAILURES_TO_DISABLE": "5"})
	for range 5 {
		code := w.mustFactor("sign-in")
		_ = w.verifyFactor("sign-in", wrong(code))
		w.Clock.Advance(time.Hour)
	}
	wantReason(t, w.factor("sign-in"), errorsv1.Reason_FACTOR_DISABLED)
	binding := of{otpv1.Purpose_FACTOR_BINDING, otpv1.Channel_SMS, phone}
	for range 5 {
		if _, err := w.issueOf(binding, "factor", false); err != nil {
			t.Fatal(err)
		}
		_ = w.verifyOf(binding, "factor", wrong(w.out.code(t)))
		w.Clock.Advance(25 * time.Hour)
	}
	wantReason(t, w.factor("sign-in"), errorsv1.Reason_FACTOR_DISABLED)
	if _, err := w.issueOf(binding, "factor", false); err != nil {
		t.Fatal(err)
	}
	if err := w.verifyOf(binding, "factor", w.out.code(t)); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Hour)
	if err := w.verifyFactor("sign-in", w.mustFactor("sign-in")); err != nil {
		t.Error(err)
	}
}
