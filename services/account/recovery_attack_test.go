package account_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/exaring/otelpgx"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const elsewhere = "198.51.100.7"

// from is a world whose requests come from another address.
func (w *world) from(ip string) *world {
	other := *w
	other.ctx = testkit.From(context.Background(), ip)
	return &other
}

func isPrepared(a attribute.KeyValue) bool { return a.Key == otelpgx.PrepareStmtNameKey }

// statements are the names of the service's statements that f runs.
func statements(spans *tracetest.SpanRecorder, f func()) []string {
	before := len(spans.Ended())
	f()
	var out []string
	for _, s := range spans.Ended()[before:] {
		if slices.ContainsFunc(s.Attributes(), isPrepared) { // by a connection that has not run it yet
			continue
		}
		for _, a := range s.Attributes() {
			if _, rest, found := strings.Cut(a.Value.AsString(), "-- name: "); found && strings.HasPrefix(string(a.Key), "db.") {
				name, _, _ := strings.Cut(rest, " ")
				out = append(out, name)
			}
		}
	}
	return out
}

// Whoever asks for the way into an account learns nothing of whether there is one: not from an answer, nor from what is done for it.
func TestRecoveryOfKnownAndUnknownIsAlike(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)))
	t.Cleanup(func() { otel.SetTracerProvider(before) })
	w := start(t)
	h := w.confirmedHolder(phone)
	w.bindTOTP(h.session)
	w.create("+79001234560") // has nothing but its phone
	type course struct {
		answers    string
		statements []string
		hashes     int
		sends      int
	}
	walk := func(login string) course {
		var answers []string
		say := func(r *accountv1.Recovery, err error) {
			if r != nil {
				r.RecoveryToken = ""
				for _, s := range r.GetSteps() {
					s.Destination, s.Options = "", nil
				}
			}
			e, _ := errs.As(err)
			if e != nil {
				answers = append(answers, e.Reason.String())
			}
			answers = append(answers, r.String())
		}
		hashes, sends := w.hashed(), w.otp.count
		ran := statements(spans, func() {
			r, begun := w.recover(login)
			say(begun, nil)
			say(nil, r.send("SMS_CODE"))
			_, err := r.step("SMS_CODE", "000000")
			say(nil, err)
			_, err = r.step("BACKUP_CODE", "00000-00000")
			say(nil, err)
			_, err = r.step("TOTP", "000000")
			say(nil, err)
			_, err = r.complete(nextPassword)
			say(nil, err)
		})
		return course{strings.Join(answers, "\n"), ran, w.hashed() - hashes, w.otp.count - sends}
	}
	unknown, poor, rich := walk("+79009999999"), walk("+79001234560"), walk(phone)
	if len(unknown.statements) < 10 || unknown.sends != 1 {
		t.Fatalf("not all is seen: %+v", unknown)
	}
	for name, known := range map[string]course{"with a phone only": poor, "with all there is": rich} {
		if known.answers != unknown.answers {
			t.Errorf("%s: answered\n%s\nwhere nobody is answered\n%s", name, known.answers, unknown.answers)
		}
		if known.hashes != unknown.hashes || known.sends != unknown.sends {
			t.Errorf("%s: %d hashes and %d sends, %d and %d for nobody", name, known.hashes, known.sends, unknown.hashes, unknown.sends)
		}
		if !slices.Equal(known.statements, unknown.statements) {
			t.Errorf("%s: statements\n%v\nfor nobody\n%v", name, known.statements, unknown.statements)
		}
	}
}

// A stranger can begin recoveries: he gets nowhere, the person is told of the first few, and can still do all that he could before.
func TestAStrangerCannotKeepAPersonOut(t *testing.T) {
	w := start(t)
	started := testkit.Watch[eventsv1.RecoveryStarted](w.Env)
	h := w.holder(phone)
	a, f := w.bindTOTP(h.session)
	stranger := w.from(elsewhere)
	for range 5 {
		r, _ := stranger.recover(phone)
		for range 3 {
			_, err := r.step("BACKUP_CODE", "00000-00000")
			if e, ok := errs.As(err); !ok || e.Reason != errorsv1.Reason_CODE_WRONG && e.Reason != errorsv1.Reason_RECOVERY_LIMIT {
				t.Fatal(err)
			}
		}
	}
	_, err := w.recoveries().StartRecovery(stranger.ctx, &accountv1.StartRecoveryRequest{Login: phone})
	if e := wantReason(t, err, errorsv1.Reason_RECOVERY_LIMIT); e.RetryAfter != day {
		t.Errorf("retry after %s", e.RetryAfter)
	}
	r, _ := w.recover(phone)
	wantSteps(t, r.must(r.step("BACKUP_CODE", f.GetBackupCodes()[0])), accountv1.Recovery_STEP_REQUIRED)
	if n := len(started.Wait(3)); n != 3 {
		t.Errorf("%d messages", n)
	}
	half := w.half(phone)
	if _, err := w.complete(half.GetSignInToken(), "TOTP", a.fresh()); err != nil {
		t.Error("the second factor:", err)
	}
	if _, err := w.resolve(h.session.GetToken()); err != nil {
		t.Error("the session:", err)
	}
	w.restart()
	_, err = w.recoveries().StartRecovery(stranger.ctx, &accountv1.StartRecoveryRequest{Login: phone})
	wantReason(t, err, errorsv1.Reason_RECOVERY_LIMIT)
}

// Backup codes at the beginning, where anybody can try them, slow an address down, and whatever else begins anew.
func TestGuessingAtBackupCodesSlowsDown(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	w.bindTOTP(h.session)
	var compared int
	for i := range 30 {
		if i%10 == 5 {
			w.restart()
		}
		r, err := w.recoveries().StartRecovery(w.ctx, &accountv1.StartRecoveryRequest{Login: phone})
		if err != nil {
			wantReason(t, err, errorsv1.Reason_RECOVERY_LIMIT)
			break
		}
		for range 5 {
			_, err := recovery{w, r.GetRecoveryToken()}.step("BACKUP_CODE", fmt.Sprintf("00000-%05d", i))
			if errs.Is(err, errorsv1.Reason_CODE_WRONG) {
				compared++
			} else {
				wantReason(t, err, errorsv1.Reason_RECOVERY_LIMIT)
			}
		}
	}
	if compared != 5 {
		t.Errorf("%d guesses were compared", compared)
	}
}

func TestStepsOfARecoveryOutOfOrder(t *testing.T) {
	w := start(t)
	h := w.confirmedHolder(phone)
	snils, _ := person(1)
	if err := h.ask("Как звали собаку?", "Ёлка"); err != nil {
		t.Fatal(err)
	}
	w.aged()
	r, _ := w.recover(phone)
	_, err := r.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_STEPS_LEFT)
	for step, what := range map[string]string{
		"EMAIL_CODE": rightCode, "SNILS": snils, "CONTROL_QUESTION": "Ёлка", "TOTP": "123456", "PASSWORD": password, "": "", "NONE": "x",
	} {
		wantReason(t, r.send(step), errorsv1.Reason_STEP_NOT_OPEN)
		_, err := r.step(step, what)
		wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
	}
	_, err = r.step("SMS_CODE", rightCode) // before it was sent
	wantReason(t, err, errorsv1.Reason_CODE_EXPIRED)
	r.prove("SMS_CODE")
	_, err = r.step("SMS_CODE", rightCode)
	wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
	_, err = r.step("CONTROL_QUESTION", "Ёлка") // opens no confirmed account
	wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
	_, err = r.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_STEPS_LEFT)
	w.Clock.Advance(time.Hour)
	_, err = r.step("SNILS", snils)
	wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)
	w.wantPassword(phone, password, nextPassword)
}

// A token is good for what it was given for and nothing else, on its surface.
func TestTokensOfRecoveriesAndSignInsAreApart(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	a, _ := w.bindTOTP(h.session)
	half := w.half(phone)
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	code := a.fresh()
	_, err := w.complete(r.token, "TOTP", code)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
	_, err = w.signIns.SendStepCode(w.ctx, &accountv1.SendStepCodeRequest{SignInToken: r.token, StepId: "SMS_CODE"})
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
	_, err = w.resolve(r.token)
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	for _, token := range []string{half.GetSignInToken(), h.session.GetToken(), "x", ""} {
		other := recovery{w, token}
		_, err := other.step("TOTP", code)
		wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)
		_, err = other.complete(nextPassword)
		wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)
		wantReason(t, other.send("SMS_CODE"), errorsv1.Reason_RECOVERY_NOT_FOUND)
	}
	_, err = w.recoveries().CompleteRecovery(w.ctx, &accountv1.CompleteRecoveryRequest{
		RecoveryToken: r.token, NewPassword: nextPassword, Surface: accountv1.Surface_PAGES,
	})
	wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)
	if _, err := w.complete(half.GetSignInToken(), "TOTP", code); err != nil {
		t.Error("the code is spent:", err)
	}
}

// A passkey recovers the account that it is of, by that account's login.
func TestAnothersPasskeyRecoversNothing(t *testing.T) {
	w := start(t)
	w.holder(phone)
	mallory := w.withPasskey(w.holder(otherPhone).session)
	for _, login := range []string{phone, "+79009999999"} {
		r, begun := w.recover(login)
		_, err := w.recoveries().CompleteRecoveryStep(w.ctx, &accountv1.CompleteRecoveryStepRequest{
			RecoveryToken: r.token, StepId: "PASSKEY", Credential: mallory.get(begun.GetSteps()[1].GetOptions()),
		})
		wantReason(t, err, errorsv1.Reason_CREDENTIAL_REFUSED)
		_, err = r.complete("")
		wantReason(t, err, errorsv1.Reason_RECOVERY_STEPS_LEFT)
	}
}

// Of a hundred guesses at once ten are judged, and a new recovery, a restart and another address change nothing about the lock.
func TestGuessesAtASNILSAreLimited(t *testing.T) {
	w := start(t)
	locked := testkit.Watch[eventsv1.RecoveryLocked](w.Env)
	h := w.holder(phone)
	w.mustApply(standard(h.id, 1))
	right, _ := person(1)
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	var judged, refused int
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			wrong, _ := person(2 + i)
			_, err := r.step("SNILS", wrong)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errs.Is(err, errorsv1.Reason_RECOVERY_ANSWER_WRONG):
				judged++
			case errs.Is(err, errorsv1.Reason_FACTOR_LOCKED):
				refused++
			default:
				t.Errorf("guess %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if judged != 9 || refused != 91 { // the tenth locks
		t.Errorf("%d were judged, %d refused", judged, refused)
	}
	if e := locked.Wait(1); len(e) != 1 || e[0].GetDisabled() {
		t.Errorf("events %v", e)
	}
	w.restart()
	again, _ := w.from(elsewhere).recover(phone)
	again.prove("SMS_CODE")
	_, err := again.step("SNILS", right)
	wantReason(t, err, errorsv1.Reason_FACTOR_LOCKED)
	w.Clock.Advance(15 * time.Minute)
	wantSteps(t, again.must(again.step("SNILS", right)), accountv1.Recovery_READY)
}

// A hundred wrong ones in a row, however slowly, end this way back; signing in goes on.
func TestAHundredWrongAnswersEndThatWayBack(t *testing.T) {
	w := startWith(t, map[string]string{"PROPUSK_ACCOUNT_RECOVERY_LIFE": "24h"})
	h := w.holder(phone)
	w.mustApply(standard(h.id, 1))
	if err := h.ask("Как звали собаку?", "Ёлка"); err != nil {
		t.Fatal(err)
	}
	right, _ := person(1)
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	for i := range 100 {
		wrong, _ := person(2 + i)
		if _, err := r.step("SNILS", wrong); err == nil {
			t.Fatal("a wrong one is right")
		}
		if i%10 == 9 {
			w.Clock.Advance(15 * time.Minute)
		}
	}
	w.Clock.Advance(time.Hour)
	_, err := r.step("SNILS", right)
	wantReason(t, err, errorsv1.Reason_FACTOR_DISABLED)
	wantSteps(t, r.must(r.step("CONTROL_QUESTION", "елка")), accountv1.Recovery_READY)
	w.mustSignIn(phone)
}

// Who has got hold of the phone, and of a session with the password, makes a confirmed account his own neither by a contact that he
// adds nor by one that he changes: the first is too new, the second waits, and the recovery of the person ends it.
func TestARecoveryIsNotChainedWithAContactChange(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	s := standard(h.id, 1)
	w.mustApply(s)
	w.mustApply(confirmed(h.id, s.GetSnapshotId()))
	w.aged()
	thief := w.holding(w.mustSignIn(phone))
	thief.have("mallory@example.ru") // beside the phone it shuts nobody out
	for login, step := range map[string]string{phone: "SMS_CODE", "mallory@example.ru": "EMAIL_CODE"} {
		r, _ := w.recover(login)
		wantSteps(t, r.prove(step), accountv1.Recovery_STEP_REQUIRED, "SNILS")
		_, err := r.complete(nextPassword)
		wantReason(t, err, errorsv1.Reason_RECOVERY_STEPS_LEFT)
	}
	change := thief.mustAdd(otherPhone)
	if c, err := thief.verify(change.GetId(), rightCode); err != nil || c.GetState() != accountv1.Contact_WAITING {
		t.Fatalf("%v, %v", c, err)
	}
	snils, _ := person(1)
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	r.must(r.step("SNILS", snils))
	r.must(r.complete(""))
	w.Clock.Advance(day - time.Minute) // the change has a minute less to wait
	w.exec(`UPDATE account.contact_changes SET effective_at = effective_at + interval '1 hour' WHERE state = 'WAITING'`)
	w.Clock.Advance(time.Minute)
	r.must(r.complete(nextPassword))
	_, err := w.resolve(thief.session.GetToken())
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	person := w.holding(w.wantPassword(phone, nextPassword, password))
	if c := person.find(otherPhone); c != nil {
		t.Errorf("the change goes on: %v", c)
	}
	w.Clock.Advance(2 * day)
	person.wantContacts(phone, "mallory@example.ru")
}

// The wait is over when it was said to be, whatever else is begun, and rests on what the account has then.
func TestAWaitCannotBeShortened(t *testing.T) {
	w := start(t)
	w.holder(phone)
	first, _ := w.recover(phone)
	first.prove("SMS_CODE")
	due := first.must(first.complete("")).GetEffectiveTime().AsTime()
	w.Clock.Advance(23 * time.Hour)
	second, _ := w.recover(phone)
	second.prove("SMS_CODE")
	if at := second.must(second.complete("")).GetEffectiveTime().AsTime(); !at.Equal(w.Clock.Now().Add(day)) {
		t.Errorf("the second waits until %s", at)
	}
	if at := first.must(first.complete(nextPassword)).GetEffectiveTime().AsTime(); !at.Equal(due) {
		t.Errorf("the first waits until %s", at)
	}
	h := w.holding(w.mustSignIn(phone))
	w.bindTOTP(h.session)
	w.Clock.Advance(time.Hour)
	_, err := first.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_STEPS_LEFT)
	w.Clock.Advance(73 * time.Hour)
	_, err = first.complete(nextPassword)
	wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)
}

// One recovery is completed: the others of the account lead nowhere, and of two at once one sets the password.
func TestOneRecoveryEndsTheOthers(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	w.mustApply(standard(h.id, 1))
	snils, _ := person(1)
	ready := func() recovery {
		r, _ := w.recover(phone)
		r.prove("SMS_CODE")
		r.must(r.step("SNILS", snils))
		return r
	}
	one, other := ready(), ready()
	var done sync.Map
	var all sync.WaitGroup
	for i, r := range []recovery{one, one, other, other} {
		all.Go(func() {
			if _, err := r.complete(fmt.Sprintf("Zx4!kPq-8T%d", i)); err == nil {
				done.Store(i, true)
			} else if !errs.Is(err, errorsv1.Reason_RECOVERY_NOT_FOUND) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var n int
	done.Range(func(i, _ any) bool {
		n++
		if _, err := w.signIn(phone, fmt.Sprintf("Zx4!kPq-8T%d", i)); err != nil {
			t.Error(err)
		}
		return true
	})
	if n != 1 {
		t.Errorf("%d set the password", n)
	}
}

// What was proven is of the account that has the contact: once it is another's, the recovery leads nowhere.
func TestAContactThatHasGoneRecoversNothing(t *testing.T) {
	w := start(t)
	h := w.holderByEmail()
	h.have(phone)
	r, _ := w.recover(phone)
	if err := r.send("SMS_CODE"); err != nil {
		t.Fatal(err)
	}
	if err := h.remove(h.find(phone).GetId()); err != nil {
		t.Fatal(err)
	}
	_, err := r.step("SMS_CODE", rightCode)
	wantReason(t, err, errorsv1.Reason_RECOVERY_NOT_FOUND)
}

// A restart in the middle loses nothing, and a repeated request has no second effect.
func TestARecoveryIsRepeatableAndOutlivesARestart(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	w.mustApply(standard(h.id, 1))
	snils, _ := person(1)
	r, _ := w.recover(phone)
	if err := r.send("SMS_CODE"); err != nil {
		t.Fatal(err)
	}
	keyed := func(key string) recovery {
		other := *w
		other.ctx = testkit.WithKey(w.ctx, key)
		return recovery{&other, r.token}
	}
	for range 2 {
		w.restart()
		wantSteps(t, r.must(keyed("the-code").step("SMS_CODE", rightCode)), accountv1.Recovery_STEP_REQUIRED, "SNILS")
	}
	for range 2 {
		w.restart()
		wantSteps(t, r.must(keyed("the-snils").step("SNILS", snils)), accountv1.Recovery_READY)
	}
	for range 2 {
		wantSteps(t, r.must(keyed("the-end-of-it").complete(nextPassword)), accountv1.Recovery_COMPLETED)
	}
	w.wantPassword(phone, nextPassword, password)
}

// No token, answer, contact or SNILS is in a log or, readable, in a table.
func TestSecretsOfRecoveriesShowNowhere(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	w.mustApply(standard(h.id, 1))
	if err := h.ask("Как звали собаку?", "рыжая Ёлка"); err != nil {
		t.Fatal(err)
	}
	snils, _ := person(1)
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	_, err := r.step("CONTROL_QUESTION", "Белка")
	wantReason(t, err, errorsv1.Reason_RECOVERY_ANSWER_WRONG)
	r.must(r.step("SNILS", snils))
	r.must(r.complete(nextPassword))
	secrets := []string{r.token, phone, snils, "рыжая", "Белка", "Как звали", nextPassword}
	for _, table := range []string{"sign_ins", "control_questions", "recovery_failures", "outbox", "sign_in_failures"} {
		var text string
		err := w.Pool().QueryRow(w.ctx, `SELECT coalesce(string_agg(t::text, ' '), '') FROM account.`+table+` t`).Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		if n, found := anyIn(text, secrets); found {
			t.Errorf("%s shows secret %d", table, n)
		}
	}
	if n, found := anyIn(w.Logs(), secrets); found {
		t.Errorf("the log shows secret %d", n)
	}
}
