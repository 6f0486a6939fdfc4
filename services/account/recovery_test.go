package account_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
)

const (
	nextPassword = "Zx4!kPq-8Tn"
	day          = 24 * time.Hour
)

// recovery is one under way, as whoever has its token makes it go on.
type recovery struct {
	*world
	token string
}

func (w *world) recoveries() accountv1.RecoveryServiceClient {
	return accountv1.NewRecoveryServiceClient(w.Dial("gateway", "account"))
}

func (w *world) recover(login string) (recovery, *accountv1.Recovery) {
	w.t.Helper()
	r, err := w.recoveries().StartRecovery(w.ctx, &accountv1.StartRecoveryRequest{Login: login})
	if err != nil {
		w.t.Fatal(err)
	}
	return recovery{w, r.GetRecoveryToken()}, r
}

func (r recovery) send(step string) error {
	_, err := r.recoveries().SendRecoveryCode(r.ctx, &accountv1.SendRecoveryCodeRequest{RecoveryToken: r.token, StepId: step})
	return err
}

// step completes a step with what it asks for.
func (r recovery) step(step, what string) (*accountv1.Recovery, error) {
	req := &accountv1.CompleteRecoveryStepRequest{RecoveryToken: r.token, StepId: step, Code: what}
	switch step {
	case "SNILS":
		req.Code, req.Snils = "", what
	case "CONTROL_QUESTION":
		req.Code, req.Answer = "", what
	}
	return r.recoveries().CompleteRecoveryStep(r.ctx, req)
}

// prove has a code sent, and types it.
func (r recovery) prove(step string) *accountv1.Recovery {
	r.t.Helper()
	if err := r.send(step); err != nil {
		r.t.Fatal(err)
	}
	return r.must(r.step(step, rightCode))
}

func (r recovery) complete(fresh string) (*accountv1.Recovery, error) {
	return r.recoveries().CompleteRecovery(r.ctx, &accountv1.CompleteRecoveryRequest{RecoveryToken: r.token, NewPassword: fresh})
}

func (r recovery) must(out *accountv1.Recovery, err error) *accountv1.Recovery {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

func (r recovery) cancel(token string) error {
	_, err := r.recoveries().CancelRecovery(r.ctx, &accountv1.CancelRecoveryRequest{CancelToken: token})
	return err
}

// wantSteps holds what is asked for against the kinds, in their order.
func wantSteps(t *testing.T, r *accountv1.Recovery, state accountv1.Recovery_State, want ...string) {
	t.Helper()
	var got []string
	for _, s := range r.GetSteps() {
		got = append(got, s.GetKind().String())
	}
	if r.GetState() != state || !slices.Equal(got, want) {
		t.Errorf("%s with %v, want %s with %v", r.GetState(), got, state, want)
	}
}

// wantPassword says that the account opens with the password, and did not keep the other.
func (w *world) wantPassword(login, right, wrong string) *accountv1.Session {
	w.t.Helper()
	_, err := w.signIn(login, wrong)
	wantReason(w.t, err, errorsv1.Reason_SIGN_IN_FAILED)
	s, err := w.signIn(login, right)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// aged makes the contacts old enough to count beside one another.
func (w *world) aged() { w.Clock.Advance(3*day + time.Minute) }

func TestSimplifiedAccountIsRecoveredByBothContacts(t *testing.T) {
	w := start(t)
	started, recovered := testkit.Watch[eventsv1.RecoveryStarted](w.Env), testkit.Watch[eventsv1.AccountRecovered](w.Env)
	h := w.holder(phone)
	h.have(email)
	w.aged()
	before := w.mustSignIn(phone)
	r, begun := w.recover(phone)
	wantSteps(t, begun, accountv1.Recovery_STEP_REQUIRED, "SMS_CODE", "PASSKEY", "BACKUP_CODE")
	if to := begun.GetSteps()[0].GetDestination(); !strings.Contains(to, "***") {
		t.Errorf("the code goes to %q", to)
	}
	if e := started.Wait(1); e[0].GetAccountId() != h.id {
		t.Errorf("event %v", e)
	}
	one := r.prove("SMS_CODE")
	wantSteps(t, one, accountv1.Recovery_STEP_REQUIRED, "EMAIL_CODE")
	if sent := w.otp.last(); sent.GetPurpose() != otpv1.Purpose_RECOVERY || sent.GetDecoy() || !one.GetCanWait() {
		t.Errorf("sent %v, then %v", sent, one)
	}
	_, err := r.complete("weak")
	if err != nil {
		t.Fatal("the call that begins a wait reads no password:", err)
	}
	wantSteps(t, r.prove("EMAIL_CODE"), accountv1.Recovery_READY)
	_, err = r.complete("weak")
	wantField(t, err, "new_password", errorsv1.Reason_PASSWORD_TOO_SHORT)
	_, err = r.complete("")
	wantField(t, err, "new_password", errorsv1.Reason_FIELD_REQUIRED)
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_COMPLETED)
	_, err = w.resolve(before.GetToken())
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	w.wantPassword(phone, nextPassword, password)
	e := recovered.Wait(1)[0]
	if e.GetAccountId() != h.id || len(e.GetKinds()) != 2 {
		t.Errorf("event %v", e)
	}
	_, err = r.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)
}

func TestSimplifiedAccountIsRecoveredByOneContactAfterADay(t *testing.T) {
	w := start(t)
	waiting := testkit.Watch[eventsv1.RecoveryWaiting](w.Env)
	w.holder(phone).have(email)
	r, _ := w.recover(email)
	wantSteps(t, r.prove("EMAIL_CODE"), accountv1.Recovery_STEP_REQUIRED) // the contacts are new
	out := r.must(r.complete(""))
	due := w.Clock.Now().Add(day)
	wantSteps(t, out, accountv1.Recovery_WAITING)
	timeIs(t, "the end of the wait", out.GetEffectiveTime().AsTime(), due)
	w.cancelToken(phone, "recovery_cancel")
	if n := len(w.told.to(email, "recovery_cancel")); n != 0 {
		t.Error("the new contact can stop it")
	}
	timeIs(t, "the end of the wait in the event", waiting.Wait(1)[0].GetEffectiveTime().AsTime(), due)
	w.restart()
	w.Clock.Advance(day - time.Second)
	again := r.must(r.complete(nextPassword))
	wantSteps(t, again, accountv1.Recovery_WAITING)
	timeIs(t, "the end of the wait", again.GetEffectiveTime().AsTime(), due)
	w.Clock.Advance(time.Second)
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_COMPLETED)
	w.wantPassword(phone, nextPassword, password)
}

func TestAWaitIsStoppedByItsLink(t *testing.T) {
	w := start(t)
	stopped := testkit.Watch[eventsv1.RecoveryCancelled](w.Env)
	h := w.holder(phone)
	h.have(email)
	w.aged()
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	r.must(r.complete(""))
	link := w.cancelToken(email, "recovery_cancel")
	wantReason(t, r.cancel(r.token), errorsv1.Reason_LINK_INVALID)
	wantReason(t, w.cancel(link), errorsv1.Reason_LINK_INVALID)
	for range 2 {
		if err := r.cancel(link); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Advance(day)
	_, err := r.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)
	if n := len(stopped.Wait(1)); n != 1 {
		t.Errorf("%d events", n)
	}
	w.wantPassword(phone, password, nextPassword)
	next, _ := w.recover(phone)
	next.prove("SMS_CODE")
	next.must(next.complete(""))
	testkit.Eventually(t, "the second link", func() bool { return len(w.told.to(email, "recovery_cancel")) == 2 })
	w.Clock.Advance(day)
	next.must(next.complete(nextPassword))
	late := w.told.to(email, "recovery_cancel")[1].GetParams()["token"]
	wantReason(t, r.cancel(late), errorsv1.Reason_RECOVERY_COMPLETED)
}

func (h *holder) ask(question, answer string) error {
	_, err := accountv1.NewControlQuestionServiceClient(h.Dial("gateway", "account")).SetControlQuestion(h.request(),
		&accountv1.SetControlQuestionRequest{AccountId: h.id, Question: question, Answer: answer})
	return err
}

func TestStandardAccountIsRecoveredBySNILSOrQuestion(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	w.mustApply(standard(h.id, 1))
	if err := h.ask("Как звали первую собаку?", "Ёлка, рыжая"); err != nil {
		t.Fatal(err)
	}
	right, _ := person(1)
	wrong, _ := person(2)
	r, _ := w.recover(phone)
	out := r.prove("SMS_CODE")
	wantSteps(t, out, accountv1.Recovery_STEP_REQUIRED, "SNILS", "CONTROL_QUESTION")
	if q := out.GetSteps()[1].GetQuestion(); q != "Как звали первую собаку?" || out.GetCanWait() {
		t.Errorf("%v", out)
	}
	_, err := r.step("SNILS", "12345")
	wantField(t, err, "snils", errorsv1.Reason_FIELD_MALFORMED)
	_, err = r.step("SNILS", wrong)
	if e := wantReason(t, err, errorsv1.Reason_RECOVERY_ANSWER_WRONG); e.AttemptsLeft == nil || *e.AttemptsLeft != 9 {
		t.Errorf("%v are left", e.AttemptsLeft)
	}
	wantSteps(t, r.must(r.step("SNILS", right)), accountv1.Recovery_READY)
	r.must(r.complete(nextPassword))
	w.wantPassword(phone, nextPassword, password)

	r, _ = w.recover(phone)
	r.prove("SMS_CODE")
	_, err = r.step("CONTROL_QUESTION", "Белка")
	wantReason(t, err, errorsv1.Reason_RECOVERY_ANSWER_WRONG)
	r.must(r.step("CONTROL_QUESTION", "  елка РЫЖАЯ!"))
	r.must(r.complete(password))
	w.wantPassword(phone, password, nextPassword)
}

func TestConfirmedAccountIsRecoveredByMoreThanOneContact(t *testing.T) {
	w := start(t)
	w.confirmedHolder(phone)
	snils, _ := person(1)
	r, _ := w.recover(phone)
	out := r.prove("SMS_CODE")
	wantSteps(t, out, accountv1.Recovery_STEP_REQUIRED, "SNILS") // the email is new
	_, err := r.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_STEPS_LEFT)
	out = r.must(r.step("SNILS", snils))
	wantSteps(t, out, accountv1.Recovery_STEP_REQUIRED)
	if !out.GetCanWait() {
		t.Errorf("%v", out)
	}
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_WAITING)
	w.aged()
	r, _ = w.recover(email)
	wantSteps(t, r.prove("EMAIL_CODE"), accountv1.Recovery_STEP_REQUIRED, "SNILS", "SMS_CODE")
	wantSteps(t, r.prove("SMS_CODE"), accountv1.Recovery_READY)
	r.must(r.complete(nextPassword))
	w.wantPassword(phone, nextPassword, password)
}

func TestRecoveryNeedsTheSecondFactor(t *testing.T) {
	w := start(t)
	h := w.confirmedHolder(phone)
	a, f := w.bindTOTP(h.session)
	w.aged()
	r, begun := w.recover(phone)
	wantSteps(t, begun, accountv1.Recovery_STEP_REQUIRED, "SMS_CODE", "PASSKEY", "BACKUP_CODE")
	out := r.prove("SMS_CODE")
	if out.GetCanWait() || len(out.GetSteps()) != 2 {
		t.Errorf("%v", out)
	}
	_, err := r.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_STEPS_LEFT)
	for _, step := range []string{"EMAIL_CODE", "SNILS", "PASSWORD", "CONTROL_QUESTION"} {
		_, err := r.step(step, rightCode)
		wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
	}
	wantSteps(t, r.must(r.step("TOTP", a.fresh())), accountv1.Recovery_READY)
	r.must(r.complete(nextPassword))
	s := w.wantPassword(phone, nextPassword, password)
	if s.GetState() != accountv1.Session_STEP_REQUIRED || len(f.GetBackupCodes()) != 10 {
		t.Errorf("the second factor is gone: %v", s)
	}
}

// Who has lost every contact has a backup code or a passkey.
func TestRecoveryWithoutAnyContact(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	w.mustApply(standard(h.id, 1))
	snils, _ := person(1)
	_, f := w.bindTOTP(h.session)
	r, _ := w.recover(phone)
	_, err := r.step("BACKUP_CODE", "00000-00000")
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	wantSteps(t, r.must(r.step("BACKUP_CODE", f.GetBackupCodes()[0])), accountv1.Recovery_STEP_REQUIRED, "SNILS")
	r.must(r.step("SNILS", snils))
	r.must(r.complete(nextPassword))
	s := w.wantPassword(phone, nextPassword, password)
	_, err = w.complete(s.GetSignInToken(), "BACKUP_CODE", f.GetBackupCodes()[0])
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	done, err := w.complete(s.GetSignInToken(), "BACKUP_CODE", f.GetBackupCodes()[1])
	if err != nil {
		t.Fatal(err)
	}
	d := w.withPasskey(done)
	r, begun := w.recover(phone)
	out, err := w.recoveries().CompleteRecoveryStep(w.ctx, &accountv1.CompleteRecoveryStepRequest{
		RecoveryToken: r.token, StepId: "PASSKEY", Credential: d.get(begun.GetSteps()[1].GetOptions()),
	})
	if err != nil || out.GetState() != accountv1.Recovery_READY || !out.GetPasswordOptional() {
		t.Fatalf("%v, %v", out, err)
	}
	r.must(r.complete("")) // and does without a password
	_, err = w.signIn(phone, nextPassword)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
	p := w.beginPasskey()
	s, err = w.show(p.GetSignInToken(), d.get(p.GetOptions()))
	if err != nil || s.GetState() != accountv1.Session_ACTIVE {
		t.Fatalf("%v, %v", s, err)
	}
	w.wantLastPasskeyKept(s)
}

// wantLastPasskeyKept asks that the only way in is not taken off an account that has no password, and is once there is one.
func (w *world) wantLastPasskeyKept(s *accountv1.Session) {
	w.t.Helper()
	list, err := w.factors.ListSecondFactors(w.in(s), &accountv1.ListSecondFactorsRequest{AccountId: s.GetAccountId()})
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(list.GetSecondFactors(), func(f *accountv1.SecondFactor) bool { return f.GetKind() == accountv1.StepKind_PASSKEY })
	remove := &accountv1.DeleteSecondFactorRequest{AccountId: s.GetAccountId(), FactorId: list.GetSecondFactors()[i].GetId()}
	_, err = w.factors.DeleteSecondFactor(w.in(s), remove)
	wantReason(w.t, err, errorsv1.Reason_FACTOR_LAST)
	_, err = w.gateway.ChangePassword(w.in(s), &accountv1.ChangePasswordRequest{
		AccountId: s.GetAccountId(), SessionId: s.GetId(), NewPassword: password,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.factors.DeleteSecondFactor(w.in(s), remove); err != nil {
		w.t.Error(err)
	}
}

// Codes by SMS are no second factor for who has begun with the phone; with nothing else left, the account is not recovered here.
func TestTheSamePhoneIsNoSecondFactor(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	h.have(email)
	f, err := w.enrol(h.session, accountv1.StepKind_SMS_CODE)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.activate(h.session, f.GetId(), rightCode); err != nil {
		t.Fatal(err)
	}
	w.exec(`UPDATE account.backup_codes SET spent_at = now()`)
	w.aged()
	r, _ := w.recover(phone)
	wantSteps(t, r.prove("SMS_CODE"), accountv1.Recovery_IMPOSSIBLE)
	_, err = r.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_STEPS_LEFT)
	r, _ = w.recover(email)
	wantSteps(t, r.prove("EMAIL_CODE"), accountv1.Recovery_STEP_REQUIRED, "SMS_CODE")
	wantSteps(t, r.prove("SMS_CODE"), accountv1.Recovery_READY)
}

func TestASNILSBeginsNoRecovery(t *testing.T) {
	w := start(t)
	snils, _ := person(1)
	for login, want := range map[string]errorsv1.Reason{
		snils: errorsv1.Reason_LOGIN_NOT_CONTACT, "who": errorsv1.Reason_FIELD_MALFORMED, "+375291234567": errorsv1.Reason_PHONE_COUNTRY,
	} {
		_, err := w.recoveries().StartRecovery(w.ctx, &accountv1.StartRecoveryRequest{Login: login})
		wantField(t, err, "login", want)
	}
}

func TestControlQuestion(t *testing.T) {
	w := start(t)
	changed := testkit.Watch[eventsv1.ControlQuestionChanged](w.Env)
	h := w.holder(phone)
	service := accountv1.NewControlQuestionServiceClient(w.Dial("gateway", "account"))
	get := func() (*accountv1.ControlQuestion, error) {
		return service.GetControlQuestion(h.request(), &accountv1.GetControlQuestionRequest{AccountId: h.id})
	}
	_, err := get()
	wantReason(t, err, errorsv1.Reason_CONTROL_QUESTION_NOT_SET)
	wantField(t, h.ask(" ", "Ёлка"), "question", errorsv1.Reason_FIELD_REQUIRED)
	wantField(t, h.ask("Кто?", " "), "answer", errorsv1.Reason_FIELD_REQUIRED)
	wantField(t, h.ask("Кто?", "…а1"), "answer", errorsv1.Reason_ANSWER_TOO_SHORT)
	wantField(t, h.ask("Собаку звали Ёлка?", "елка"), "answer", errorsv1.Reason_ANSWER_IN_QUESTION)
	if err := h.ask("Как звали собаку?", "Ёлка"); err != nil {
		t.Fatal(err)
	}
	q, err := get()
	if err != nil || q.GetQuestion() != "Как звали собаку?" {
		t.Fatalf("%v, %v", q, err)
	}
	timeIs(t, "set", q.GetSetTime().AsTime(), w.Clock.Now())
	remove := func() error {
		_, err := service.DeleteControlQuestion(h.request(), &accountv1.DeleteControlQuestionRequest{AccountId: h.id})
		return err
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	wantReason(t, remove(), errorsv1.Reason_CONTROL_QUESTION_NOT_SET)
	if e := changed.Wait(2); !e[1].GetRemoved() {
		t.Errorf("events %v", e)
	}
	w.Clock.Advance(21 * time.Minute)
	wantReason(t, h.ask("Как звали собаку?", "Ёлка"), errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	wantReason(t, remove(), errorsv1.Reason_REAUTHENTICATION_REQUIRED)
}
