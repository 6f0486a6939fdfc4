package account_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

const (
	trustedPhone = "+79007654321"
	trustedStep  = "TRUSTED_CONTACT"
)

// people plays profile: everybody was born on the same day.
type people struct {
	profilev1.UnimplementedProfileServiceServer
	mu         sync.Mutex
	born       string
	unverified bool
}

func (p *people) GetCard(context.Context, *profilev1.GetCardRequest) (*profilev1.Card, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	person := &profilev1.Person{BirthDate: p.born}
	if !p.unverified {
		person.VerifiedFields = &fieldmaskpb.FieldMask{Paths: []string{"birth_date"}}
	}
	return &profilev1.Card{Person: person}, nil
}

func (p *people) were(born string, unverified bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.born, p.unverified = born, unverified
}

func (w *world) trusts() accountv1.TrustedContactServiceClient {
	return accountv1.NewTrustedContactServiceClient(w.Dial("gateway", "account"))
}

// adult is somebody of level standard, whose n is nobody else's.
func (w *world) adult(number string, n int) *holder {
	w.t.Helper()
	w.people.were("1980-01-02", false)
	a := w.create(number)
	w.mustApply(standard(a.GetAccountId(), n))
	return w.holding(w.mustSignIn(number))
}

func (h *holder) trust(login string) (*accountv1.TrustedContact, error) {
	return h.trusts().SetTrustedContact(h.request(), &accountv1.SetTrustedContactRequest{AccountId: h.id, Login: login})
}

func (h *holder) trusted() (*accountv1.TrustedContact, error) {
	return h.trusts().GetTrustedContact(h.request(), &accountv1.GetTrustedContactRequest{AccountId: h.id})
}

func (h *holder) distrust() error {
	_, err := h.trusts().DeleteTrustedContact(h.request(), &accountv1.DeleteTrustedContactRequest{AccountId: h.id})
	return err
}

func (h *holder) principals() []*accountv1.Principal {
	h.t.Helper()
	list, err := h.trusts().ListPrincipals(h.request(), &accountv1.ListPrincipalsRequest{AccountId: h.id})
	if err != nil {
		h.t.Fatal(err)
	}
	return list.GetPrincipals()
}

func (h *holder) accept(id string) (*accountv1.Principal, error) {
	return h.trusts().AcceptPrincipal(h.request(), &accountv1.AcceptPrincipalRequest{AccountId: h.id, PrincipalId: id})
}

func (h *holder) leave(id string) error {
	_, err := h.trusts().DeletePrincipal(h.request(), &accountv1.DeletePrincipalRequest{AccountId: h.id, PrincipalId: id})
	return err
}

// trustsIn has the holder trust another, who accepts.
func (h *holder) trustsIn(other *holder, login string) {
	h.t.Helper()
	if _, err := h.trust(login); err != nil {
		h.t.Fatal(err)
	}
	all := other.principals()
	if _, err := other.accept(all[len(all)-1].GetId()); err != nil {
		h.t.Fatal(err)
	}
}

// askTrusted begins the step-up that the trusted contact's code is part of.
func (h *holder) askTrusted() (*accountv1.Session, error) {
	return h.signIns.StepUp(h.request(), &accountv1.StepUpRequest{AccountId: h.id, SessionId: h.session.GetId(), TrustedContact: true})
}

// proveTrusted completes it, and gives the session its new token.
func (h *holder) proveTrusted(pass string) {
	h.t.Helper()
	up, err := h.askTrusted()
	if err != nil {
		h.t.Fatal(err)
	}
	req := &accountv1.CompleteStepRequest{SignInToken: up.GetSignInToken(), StepId: "PASSWORD", Password: pass}
	half, err := h.completeIn(h.request(), req)
	if err != nil || !slices.Equal(kinds(half), []string{trustedStep}) {
		h.t.Fatalf("%v, %v", half, err)
	}
	send := &accountv1.SendStepCodeRequest{SignInToken: up.GetSignInToken(), StepId: trustedStep}
	if _, err := h.signIns.SendStepCode(h.request(), send); err != nil {
		h.t.Fatal(err)
	}
	if sent := h.otp.last(); sent.GetPurpose() != otpv1.Purpose_TRUSTED_CONTACT || sent.GetDestination() != trustedPhone {
		h.t.Fatalf("sent %v", sent)
	}
	whole, err := h.completeIn(h.request(), &accountv1.CompleteStepRequest{
		SignInToken: up.GetSignInToken(), StepId: trustedStep, Code: rightCode,
	})
	if err != nil || whole.GetState() != accountv1.Session_ACTIVE {
		h.t.Fatalf("%v, %v", whole, err)
	}
	h.session, h.signedIn = whole, whole
}

func TestAPasswordChangeNeedsTheTrustedContactsCode(t *testing.T) {
	w := start(t)
	own, other := testkit.Watch[eventsv1.TrustedContactChanged](w.Env), testkit.Watch[eventsv1.PrincipalChanged](w.Env)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	_, err := h.trusted()
	wantReason(t, err, errorsv1.Reason_TRUSTED_CONTACT_NOT_SET)
	_, err = h.askTrusted()
	wantReason(t, err, errorsv1.Reason_TRUSTED_CONTACT_NOT_SET)
	invited, err := h.trust(trustedPhone)
	if err != nil || invited.GetState() != accountv1.TrustState_INVITED || invited.GetLogin() != trustedPhone {
		t.Fatalf("%v, %v", invited, err)
	}
	list := friend.principals()
	if len(list) != 1 || list[0].GetState() != accountv1.TrustState_INVITED || list[0].GetContact() == phone {
		t.Fatalf("principals %v", list)
	}
	if out, err := friend.accept(list[0].GetId()); err != nil || out.GetState() != accountv1.TrustState_ACTIVE {
		t.Fatalf("%v, %v", out, err)
	}
	wantReason(t, h.changePassword(password, newPassword), errorsv1.Reason_TRUSTED_CONTACT_REQUIRED)
	wantReason(t, h.changePassword("", newPassword), errorsv1.Reason_TRUSTED_CONTACT_REQUIRED)
	h.proveTrusted(password)
	if same, err := h.askTrusted(); err != nil || same.GetState() != accountv1.Session_ACTIVE {
		t.Errorf("%v, %v", same, err)
	}
	if err := h.changePassword("", newPassword); err != nil {
		t.Fatal(err)
	}
	w.wantPassword(phone, newPassword, password)
	w.Clock.Advance(21 * time.Minute)
	wantReason(t, h.changePassword(newPassword, nextPassword), errorsv1.Reason_TRUSTED_CONTACT_REQUIRED)
	if e := own.Wait(2); e[0].GetTrust() != eventsv1.Trust_INVITED || e[1].GetTrust() != eventsv1.Trust_ACTIVE || e[1].GetAccountId() != h.id {
		t.Errorf("events %v", e)
	}
	if e := other.Wait(2); e[0].GetAccountId() != friend.id || e[1].GetTrust() != eventsv1.Trust_ACTIVE {
		t.Errorf("events %v", e)
	}
}

// A recovery goes around the trusted contact by none of its ways, whatever stands in for other steps.
func TestARecoveryNeedsTheTrustedContactsCode(t *testing.T) {
	w := start(t)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	h.trustsIn(friend, trustedPhone)
	w.aged()
	r, _ := w.recover(phone)
	one := r.prove("SMS_CODE")
	wantSteps(t, one, accountv1.Recovery_STEP_REQUIRED, trustedStep)
	if to := one.GetSteps()[0].GetDestination(); to == trustedPhone || to == "" {
		t.Errorf("the code goes to %q", to)
	}
	wantSteps(t, r.prove(trustedStep), accountv1.Recovery_STEP_REQUIRED)
	if sent := w.otp.last(); sent.GetDestination() != trustedPhone || sent.GetPurpose() != otpv1.Purpose_TRUSTED_CONTACT {
		t.Errorf("sent %v", sent)
	}
	if waits := r.must(r.complete("")); waits.GetState() != accountv1.Recovery_WAITING {
		t.Fatalf("%v", waits)
	}
	w.Clock.Advance(25 * time.Hour)
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_COMPLETED)
}

// A trusted contact who cannot be reached keeps nobody out for good: two weeks stand in for the code, of which everybody learns.
func TestALongWaitStandsInForATrustedContact(t *testing.T) {
	w := start(t)
	told := testkit.Watch[eventsv1.PrincipalRecovering](w.Env)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	h.trustsIn(friend, trustedPhone)
	w.aged()
	began := w.Clock.Now()
	r, _ := w.recover(phone)
	if one := r.prove("SMS_CODE"); !one.GetCanWait() {
		t.Error("nothing stands in for the trusted contact")
	}
	waits := r.must(r.complete(""))
	wantSteps(t, waits, accountv1.Recovery_WAITING, trustedStep)
	timeIs(t, "the end of the wait", waits.GetEffectiveTime().AsTime(), began.Add(14*day))
	if e := told.Wait(1)[0]; e.GetAccountId() != friend.id || !e.GetEffectiveTime().AsTime().Equal(began.Add(14*day)) {
		t.Errorf("the trusted contact is told %v", e)
	}
	w.cancelToken(phone, "recovery_cancel")
	w.Clock.Advance(13 * day)
	testkit.Eventually(t, "a reminder", func() bool { return len(w.told.to(phone, "recovery_cancel")) == 2 })
	w.Clock.Advance(day - time.Second)
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_WAITING, trustedStep)
	w.Clock.Advance(time.Second)
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_COMPLETED)
}

// The code that comes after all shortens the wait to what it is without a trusted contact.
func TestATrustedContactsCodeShortensTheWait(t *testing.T) {
	w := start(t)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	h.trustsIn(friend, trustedPhone)
	w.aged()
	began := w.Clock.Now()
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	r.must(r.complete(""))
	w.Clock.Advance(2 * time.Hour)
	out := r.prove(trustedStep)
	wantSteps(t, out, accountv1.Recovery_WAITING)
	timeIs(t, "the end of the wait", out.GetEffectiveTime().AsTime(), began.Add(day))
	w.Clock.Advance(22 * time.Hour)
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_COMPLETED)
}

// One that comes late ends the recovery, though the shorter wait, and what followed it, are long over.
func TestATrustedContactsCodeIsNeverTooLate(t *testing.T) {
	w := start(t)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	h.trustsIn(friend, trustedPhone)
	w.aged()
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	r.must(r.complete(""))
	w.Clock.Advance(5 * day)
	wantSteps(t, r.prove(trustedStep), accountv1.Recovery_READY)
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_COMPLETED)
}

// Who was chosen in the last three days may be an intruder's friend: a recovery does without, ends it, and asks for whoever it was
// then, once those days have passed while it waits.
func TestAYoungTrustedContactKeepsNobodyOut(t *testing.T) {
	w := start(t)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	h.trustsIn(friend, trustedPhone)
	w.Clock.Advance(3*day - 12*time.Hour)
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	began := w.Clock.Now()
	told := testkit.Watch[eventsv1.PrincipalRecovering](w.Env)
	r.must(r.complete(""))
	w.Clock.Advance(25 * time.Hour)
	waits := r.must(r.complete(nextPassword))
	if e := told.Wait(1)[0]; !e.GetEffectiveTime().AsTime().Equal(began.Add(14 * day)) {
		t.Errorf("the trusted contact, who counts by now, is told %v", e)
	}
	testkit.Eventually(t, "the longer wait is told", func() bool { return len(w.told.to(phone, "recovery_cancel")) == 2 })
	wantSteps(t, waits, accountv1.Recovery_WAITING, trustedStep)
	timeIs(t, "the end of the wait", waits.GetEffectiveTime().AsTime(), began.Add(14*day))

	other, h2 := w.adult("+79004445566", 2), w.holder("+79001112233")
	h2.trustsIn(other, "+79004445566")
	r, _ = w.recover("+79001112233")
	r.prove("SMS_CODE")
	r.must(r.complete(""))
	w.Clock.Advance(25 * time.Hour)
	wantSteps(t, r.must(r.complete(nextPassword)), accountv1.Recovery_COMPLETED)
	testkit.Eventually(t, "it has ended", func() bool { return len(w.holding(w.mustSignIn("+79004445566")).principals()) == 0 })
}

// A wait that grows while a step is proven is told as well.
func TestAWaitThatAStepFindsLongerIsTold(t *testing.T) {
	w := start(t)
	w.adult(trustedPhone, 1)
	w.holder(phone).have(email)
	w.Clock.Advance(12 * time.Hour)
	friend, h := w.holding(w.mustSignIn(trustedPhone)), w.holding(w.mustSignIn(phone))
	h.trustsIn(friend, trustedPhone)
	w.Clock.Advance(3*day - time.Hour)
	began := w.Clock.Now()
	told := testkit.Watch[eventsv1.PrincipalRecovering](w.Env)
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	r.must(r.complete(""))
	w.Clock.Advance(2 * time.Hour)
	out := r.prove("EMAIL_CODE")
	wantSteps(t, out, accountv1.Recovery_WAITING, trustedStep)
	timeIs(t, "the end of the wait", out.GetEffectiveTime().AsTime(), began.Add(14*day))
	if e := told.Wait(1); len(e) != 1 || !e[0].GetEffectiveTime().AsTime().Equal(began.Add(14*day)) {
		t.Errorf("the trusted contact is told %v", e)
	}
	testkit.Eventually(t, "the longer wait is told", func() bool { return len(w.told.to(phone, "recovery_cancel")) == 2 })
}

// The code of one sign-in, of one person, and of one contact serves no other.
func TestATrustedContactsCodeServesNothingElse(t *testing.T) {
	w := start(t)
	friend, h, other := w.adult(trustedPhone, 1), w.holder(phone), w.holder("+79001112233")
	h.trustsIn(friend, trustedPhone)
	other.trustsIn(friend, trustedPhone)
	w.aged()
	r, _ := w.recover(phone)
	r.prove("SMS_CODE")
	if err := r.send(trustedStep); err != nil {
		t.Fatal(err)
	}
	theirs, _ := w.recover("+79001112233")
	theirs.prove("SMS_CODE")
	_, err := theirs.step(trustedStep, rightCode)
	wantReason(t, err, errorsv1.Reason_CODE_EXPIRED)
	wantSteps(t, r.must(r.step(trustedStep, rightCode)), accountv1.Recovery_STEP_REQUIRED)
}

// Before the first step is proven nothing tells that there is a trusted contact, and none is sent anything.
func TestAStrangerLearnsOfNoTrustedContact(t *testing.T) {
	w := start(t)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	h.trustsIn(friend, trustedPhone)
	r, begun := w.recover(phone)
	wantSteps(t, begun, accountv1.Recovery_STEP_REQUIRED, "SMS_CODE", "PASSKEY", "BACKUP_CODE")
	wantReason(t, r.send(trustedStep), errorsv1.Reason_STEP_NOT_OPEN)
	up, err := h.askTrusted()
	if err != nil {
		t.Fatal(err)
	}
	send := &accountv1.SendStepCodeRequest{SignInToken: up.GetSignInToken(), StepId: trustedStep}
	_, err = h.signIns.SendStepCode(h.request(), send)
	wantReason(t, err, errorsv1.Reason_STEP_NOT_OPEN)
	_, err = friend.signIns.SendStepCode(friend.request(), send)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
}

// An invitation is answered alike whoever has the login.
func TestInvitationsOfKnownAndUnknownAreAlike(t *testing.T) {
	w := start(t)
	w.create("+79001112233")
	h := w.holder(phone)
	told := testkit.Watch[eventsv1.PrincipalChanged](w.Env)
	for _, login := range []string{"+79001112233", "+79009998877", "nobody@example.ru"} {
		out, err := h.trust(login)
		if err != nil || out.GetState() != accountv1.TrustState_INVITED || out.GetEndTime() == nil {
			t.Errorf("%s: %v, %v", login, out, err)
		}
	}
	_, err := h.trust("nobody@example.ru")
	if err != nil {
		t.Error("asking again is no other invitation:", err)
	}
	if e := told.Wait(1); len(e) != 1 {
		t.Errorf("events %v", e)
	}
	_, err = h.trust(phone)
	wantField(t, err, "login", errorsv1.Reason_TRUSTED_CONTACT_SELF)
	_, err = h.trust("112-233-445 95")
	wantField(t, err, "login", errorsv1.Reason_LOGIN_NOT_CONTACT)
	for i := range 2 {
		if _, err := h.trust(fmt.Sprintf("more%d@example.ru", i)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = h.trust("sixth@example.ru")
	if e := wantReason(t, err, errorsv1.Reason_TRUSTED_CONTACT_LIMIT); e.RetryAfter != 24*time.Hour {
		t.Errorf("again in %s", e.RetryAfter)
	}
}

// The person who protects the account is rid of only after a day: whoever knows the password is not to change it alone. The
// trusted contact can leave at once.
func TestEitherSideEndsIt(t *testing.T) {
	w := start(t)
	own := testkit.Watch[eventsv1.TrustedContactChanged](w.Env)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	h.trustsIn(friend, trustedPhone)
	_, err := h.trust("other@example.ru")
	wantReason(t, err, errorsv1.Reason_TRUSTED_CONTACT_EXISTS)
	if err := h.distrust(); err != nil {
		t.Fatal(err)
	}
	wantReason(t, h.changePassword(password, newPassword), errorsv1.Reason_TRUSTED_CONTACT_REQUIRED)
	if out, err := h.trust(trustedPhone); err != nil || out.GetEndTime() != nil {
		t.Fatalf("it is not called off: %v, %v", out, err)
	}
	if err := h.distrust(); err != nil {
		t.Fatal(err)
	}
	timeIs(t, "the end", friend.principals()[0].GetEndTime().AsTime(), w.Clock.Now().Add(day))
	w.Clock.Advance(day)
	h = w.holding(w.mustSignIn(phone))
	friend = w.holding(w.mustSignIn(trustedPhone))
	if err := h.changePassword(password, newPassword); err != nil {
		t.Error("who has ended is asked:", err)
	}
	if len(friend.principals()) != 0 {
		t.Error("the principal is still there")
	}
	h.trustsIn(friend, trustedPhone)
	wantReason(t, friend.leave(h.id), errorsv1.Reason_PRINCIPAL_NOT_FOUND)
	if err := friend.leave(friend.principals()[0].GetId()); err != nil {
		t.Fatal(err)
	}
	if err := h.changePassword(newPassword, nextPassword); err != nil {
		t.Error("who has left is asked:", err)
	}
	wantReason(t, h.distrust(), errorsv1.Reason_TRUSTED_CONTACT_NOT_SET)
	var seen []eventsv1.Trust
	for _, e := range own.Wait(8) {
		seen = append(seen, e.GetTrust())
	}
	want := []eventsv1.Trust{
		eventsv1.Trust_INVITED, eventsv1.Trust_ACTIVE, eventsv1.Trust_ENDING, eventsv1.Trust_KEPT, eventsv1.Trust_ENDING,
		eventsv1.Trust_INVITED, eventsv1.Trust_ACTIVE, eventsv1.Trust_ENDED,
	}
	if !slices.Equal(seen, want) {
		t.Errorf("events %v", seen)
	}
}

func TestFivePrincipalsAtMost(t *testing.T) {
	w := start(t)
	friend := w.adult(trustedPhone, 1)
	for n := range 6 {
		h := w.holder(fmt.Sprintf("+790011122%02d", n))
		if _, err := h.trust(trustedPhone); err != nil {
			t.Fatal(err)
		}
	}
	list := friend.principals()
	if len(list) != 6 {
		t.Fatalf("principals %v", list)
	}
	errs := make([]error, len(list))
	var all sync.WaitGroup
	for i, p := range list {
		all.Go(func() { _, errs[i] = friend.accept(p.GetId()) })
	}
	all.Wait()
	refused := slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(refused) != 1 {
		t.Fatalf("refused %v", refused)
	}
	wantReason(t, refused[0], errorsv1.Reason_PRINCIPAL_LIMIT)
}

// Only an adult of level standard accepts, and only what was meant for him, with a fresh proof.
func TestWhoMayAccept(t *testing.T) {
	w := start(t)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	if _, err := h.trust(trustedPhone); err != nil {
		t.Fatal(err)
	}
	id := friend.principals()[0].GetId()
	stranger := w.adult("+79004445566", 2)
	_, err := stranger.accept(id)
	wantReason(t, err, errorsv1.Reason_PRINCIPAL_NOT_FOUND)
	wantReason(t, stranger.leave(id), errorsv1.Reason_PRINCIPAL_NOT_FOUND)
	_, err = h.accept(id)
	wantReason(t, err, errorsv1.Reason_LEVEL_TOO_LOW)
	now := w.Clock.Now().UTC()
	for born, unverified := range map[string]bool{
		now.AddDate(-18, 0, 1).Format(time.DateOnly): false, "": false, "1980-01-02": true,
	} {
		w.people.were(born, unverified)
		_, err = friend.accept(id)
		wantReason(t, err, errorsv1.Reason_TRUSTED_CONTACT_MINOR)
	}
	w.Clock.Advance(21 * time.Minute)
	for _, err := range []error{last(friend.accept(id)), friend.leave(id), last(h.trust(trustedPhone)), h.distrust()} {
		wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	}
	w.people.were(now.AddDate(-18, 0, 0).Format(time.DateOnly), false)
	friend = w.holding(w.mustSignIn(trustedPhone))
	if _, err := friend.accept(id); err != nil {
		t.Error(err)
	}
	if _, err := friend.accept(id); err != nil {
		t.Error("a repeat:", err)
	}
}

// An invitation that nobody accepts lapses.
func TestInvitationsLapse(t *testing.T) {
	w := start(t)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	if _, err := h.trust(trustedPhone); err != nil {
		t.Fatal(err)
	}
	id := friend.principals()[0].GetId()
	w.Clock.Advance(30 * day)
	h, friend = w.holding(w.mustSignIn(phone)), w.holding(w.mustSignIn(trustedPhone))
	_, err := friend.accept(id)
	wantReason(t, err, errorsv1.Reason_PRINCIPAL_NOT_FOUND)
	_, err = h.trusted()
	wantReason(t, err, errorsv1.Reason_TRUSTED_CONTACT_NOT_SET)
}

// A code for one step is none for the next.
func TestNoCodeIsSaidToBeSentToTheTrustedContact(t *testing.T) {
	w := start(t)
	friend, h := w.adult(trustedPhone, 1), w.holder(phone)
	h.trustsIn(friend, trustedPhone)
	sms, err := w.enrol(h.session, accountv1.StepKind_SMS_CODE)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.activate(h.session, sms.GetId(), rightCode); err != nil {
		t.Fatal(err)
	}
	up, err := h.askTrusted()
	if err != nil {
		t.Fatal(err)
	}
	complete := func(step, pass, code string) *accountv1.Session {
		t.Helper()
		out, err := h.completeIn(h.request(), &accountv1.CompleteStepRequest{SignInToken: up.GetSignInToken(), StepId: step, Password: pass, Code: code})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	complete("PASSWORD", password, "")
	if _, err := h.signIns.SendStepCode(h.request(), &accountv1.SendStepCodeRequest{SignInToken: up.GetSignInToken(), StepId: "SMS_CODE"}); err != nil {
		t.Fatal(err)
	}
	left := complete("SMS_CODE", "", rightCode)
	if s := left.GetSteps(); len(s) != 1 || s[0].GetKind().String() != trustedStep || s[0].GetCodeExpireTime() != nil {
		t.Errorf("%v", s)
	}
}
