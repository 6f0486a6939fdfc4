package account_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
)

const (
	otherPhone = "+79001234568"
	email      = "anna@example.ru"
)

// holder is a signed-in person.
type holder struct {
	*world
	session *accountv1.Session
	id      string
	// key is the idempotency key of the requests; empty: they have none.
	key string
	// signedIn is the session that the requests are made in.
	signedIn *accountv1.Session
}

// holder signs up and in with a phone.
func (w *world) holder(number string) *holder {
	w.t.Helper()
	w.create(number)
	return w.holding(w.mustSignIn(number))
}

// holderByEmail signs up and in with the email address: a phone that is added is the younger contact.
func (w *world) holderByEmail() *holder {
	w.t.Helper()
	_, err := w.as("registration").CreateAccount(w.ctx, &accountv1.CreateAccountRequest{
		AccountId: secret.NewID().String(), Email: email, Password: password,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.holding(w.mustSignIn(email))
}

func (w *world) holding(s *accountv1.Session) *holder {
	return &holder{world: w, session: s, signedIn: s, id: s.GetAccountId()}
}

// request is one of the person's.
func (h *holder) request() context.Context {
	ctx := h.in(h.signedIn)
	if h.key != "" {
		ctx = testkit.WithKey(ctx, h.key)
	}
	return ctx
}

// confirmed raises the person's account, who has also an email address then.
func (w *world) confirmedHolder(number string) *holder {
	w.t.Helper()
	h := w.holder(number)
	h.have(email)
	s := standard(h.id, 1)
	w.mustApply(s)
	w.mustApply(confirmed(h.id, s.GetSnapshotId()))
	return h
}

func (w *world) contacts() accountv1.ContactServiceClient {
	return accountv1.NewContactServiceClient(w.Dial("gateway", "account"))
}

func kind(value string) accountv1.ContactKind {
	if value[0] == '+' {
		return accountv1.ContactKind_PHONE
	}
	return accountv1.ContactKind_EMAIL
}

func (h *holder) add(value string) (*accountv1.Contact, error) {
	return h.contacts().AddContact(h.request(), &accountv1.AddContactRequest{AccountId: h.id, Kind: kind(value), Value: value})
}

func (h *holder) mustAdd(value string) *accountv1.Contact {
	h.t.Helper()
	c, err := h.add(value)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *holder) verify(id, code string) (*accountv1.Contact, error) {
	return h.contacts().VerifyContact(h.request(), &accountv1.VerifyContactRequest{AccountId: h.id, ContactId: id, Code: code})
}

// have adds a contact and proves it.
func (h *holder) have(value string) *accountv1.Contact {
	h.t.Helper()
	c, err := h.verify(h.mustAdd(value).GetId(), rightCode)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *holder) resend(id string) error {
	_, err := h.contacts().ResendContactCode(h.request(), &accountv1.ResendContactCodeRequest{AccountId: h.id, ContactId: id})
	return err
}

func (h *holder) remove(id string) error {
	_, err := h.contacts().DeleteContact(h.request(), &accountv1.DeleteContactRequest{AccountId: h.id, ContactId: id})
	return err
}

func (h *holder) keep(id string) error {
	_, err := h.keptContact(id)
	return err
}

func (h *holder) keptContact(id string) (*accountv1.Contact, error) {
	return h.contacts().KeepContact(h.request(), &accountv1.KeepContactRequest{AccountId: h.id, ContactId: id})
}

func (h *holder) list() []*accountv1.Contact {
	h.t.Helper()
	out, err := h.contacts().ListContacts(h.request(), &accountv1.ListContactsRequest{AccountId: h.id})
	if err != nil {
		h.t.Fatal(err)
	}
	return out.GetContacts()
}

// find is the contact as it is listed; nil: it is not.
func (h *holder) find(value string) *accountv1.Contact {
	h.t.Helper()
	for _, c := range h.list() {
		if c.GetValue() == value {
			return c
		}
	}
	return nil
}

// wantContacts holds the proven contacts against those that services write to.
func (h *holder) wantContacts(phone, email string) {
	h.t.Helper()
	c, err := h.as("notification").GetContacts(h.ctx, &accountv1.GetContactsRequest{AccountId: h.id})
	if err != nil || c.GetPhone() != phone || c.GetEmail() != email {
		h.t.Errorf("contacts are %q and %q (%v), want %q and %q", c.GetPhone(), c.GetEmail(), err, phone, email)
	}
}

func (w *world) cancel(token string) error {
	_, err := w.contacts().CancelContactChange(w.ctx, &accountv1.CancelContactChangeRequest{CancelToken: token})
	return err
}

// cancelToken is that of the link that a contact was sent.
func (w *world) cancelToken(destination, template string) string {
	w.t.Helper()
	var token string
	testkit.Eventually(w.t, "a link for "+destination, func() bool {
		if sent := w.told.to(destination, template); len(sent) > 0 {
			token = sent[len(sent)-1].GetParams()["token"]
		}
		return token != ""
	})
	return token
}

func TestContactIsAddedByItsCode(t *testing.T) {
	w := start(t)
	added := testkit.Watch[eventsv1.ContactAdded](w.Env)
	h := w.holder(phone)
	c := h.mustAdd(" Anna@Example.RU ")
	if c.GetState() != accountv1.Contact_UNPROVEN || c.GetValue() != "Anna@example.ru" || c.GetCodeExpireTime() == nil ||
		c.GetResendTime() == nil || c.GetEffectiveTime() != nil {
		t.Errorf("added: %v", c)
	}
	if r := w.otp.last(); r.GetPurpose() != otpv1.Purpose_CONTACT || r.GetChannel() != otpv1.Channel_EMAIL || r.GetDecoy() ||
		r.GetDestination() != email || r.GetFlowId() != c.GetId() {
		t.Errorf("the code: %v", r)
	}
	h.wantContacts(phone, "")
	_, err := h.verify(c.GetId(), "654321")
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	proven, err := h.verify(c.GetId(), rightCode)
	if err != nil || proven.GetState() != accountv1.Contact_PROVEN || proven.GetId() != c.GetId() {
		t.Errorf("proven: %v, %v", proven, err)
	}
	h.wantContacts(phone, "Anna@example.ru")
	if s := w.mustSignIn(email); s.GetAccountId() != h.id {
		t.Error("signed in to another account")
	}
	if e := added.Wait(1)[0]; e.GetAccountId() != h.id || e.GetContactId() != c.GetId() || e.GetKind() != accountv1.ContactKind_EMAIL {
		t.Errorf("event %v", e)
	}
	list := h.list()
	if len(list) != 2 || list[0].GetValue() != phone || list[1].GetState() != accountv1.Contact_PROVEN {
		t.Errorf("listed %v", list)
	}
	_, err = h.verify(c.GetId(), rightCode)
	wantReason(t, err, errorsv1.Reason_CONTACT_NOT_FOUND)
	_, err = h.add("ANNA@example.ru")
	wantReason(t, err, errorsv1.Reason_CONTACT_EXISTS)
}

func TestRepeatedRequestsAreOneContact(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	h.key = "add-contact-1"
	first, err := h.add(email)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := h.add(email); err != nil || again.GetId() != first.GetId() || len(w.otp.issued) != 1 {
		t.Errorf("again: %v, %v, %d codes", again, err, len(w.otp.issued))
	}
	h.key = "verify-contact-1"
	proven, err := h.verify(first.GetId(), rightCode)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := h.verify(first.GetId(), rightCode); err != nil || again.String() != proven.String() {
		t.Errorf("again: %v, %v", again, err)
	}
}

func TestAYoungerContactIsChangedAtOnceAndToldSo(t *testing.T) {
	w := start(t)
	changed := testkit.Watch[eventsv1.ContactChanged](w.Env)
	h := w.holderByEmail()
	h.have(phone)
	c := h.have(otherPhone)
	if c.GetState() != accountv1.Contact_PROVEN {
		t.Errorf("%v", c)
	}
	h.wantContacts(otherPhone, email)
	_, err := w.signIn(phone, password)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
	if e := changed.Wait(1)[0]; e.GetContactId() != c.GetId() || e.GetKind() != accountv1.ContactKind_PHONE {
		t.Errorf("event %v", e)
	}
	testkit.Eventually(t, "the old one is told, and forgotten", func() bool {
		var n int
		err := w.Pool().QueryRow(w.ctx, `SELECT count(*) FROM account.contact_changes
			WHERE old_sealed IS NOT NULL OR sealed IS NOT NULL`).Scan(&n)
		return err == nil && n == 0 && len(w.told.to(phone, "contact_left")) == 1
	})
	w.create(phone) // free for another person
}

// Whoever has come into an account of one contact, or of one and another that he has added, however long ago, is not to make it his own at
// once.
func TestTheOldestContactIsNotReplacedAtOnce(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	h.have(email)
	w.aged()
	h = w.holding(w.mustSignIn(email))
	if kept, err := h.keptContact(h.find(phone).GetId()); err != nil || !kept.GetChangeWaits() || h.find(email).GetChangeWaits() {
		t.Errorf("of the phone %v (%v), of the email %v", kept, err, h.find(email))
	}
	if c := h.have(otherPhone); c.GetState() != accountv1.Contact_WAITING {
		t.Errorf("the only old contact is replaced: %v", c)
	}
	if err := w.cancel(w.cancelToken(phone, "contact_change_cancel")); err != nil {
		t.Fatal(err)
	}
	if err := h.remove(h.find(phone).GetId()); err != nil {
		t.Fatal(err)
	}
	timeIs(t, "the removal", h.find(phone).GetRemovalTime().AsTime(), w.Clock.Now().Add(day))
	h.wantContacts(phone, email)
}

// A contact counts from when it was proven: one that was added and left is not older for that.
func TestAContactIsAsOldAsItsProof(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	c := h.mustAdd(email)
	w.Clock.Advance(23 * time.Hour)
	h = w.holding(w.mustSignIn(phone))
	if err := h.resend(c.GetId()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.verify(c.GetId(), rightCode); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(2*day + 2*time.Hour)
	r, _ := w.recover(phone)
	if out := r.prove("SMS_CODE"); len(out.GetSteps()) != 0 || !out.GetCanWait() {
		t.Errorf("a contact of two days counts: %v", out)
	}
	w.Clock.Advance(day)
	r, _ = w.recover(phone)
	wantSteps(t, r.prove("SMS_CODE"), accountv1.Recovery_STEP_REQUIRED, "EMAIL_CODE")
}

func TestConfirmedAccountsChangeWaitsADay(t *testing.T) {
	w := start(t)
	requested := testkit.Watch[eventsv1.ContactChangeRequested](w.Env)
	h := w.confirmedHolder(phone)
	c := h.have(otherPhone)
	if c.GetState() != accountv1.Contact_WAITING {
		t.Fatalf("%v", c)
	}
	due := w.Clock.Now().Add(24 * time.Hour)
	timeIs(t, "effective time", c.GetEffectiveTime().AsTime(), due)
	h.wantContacts(phone, email)
	if e := requested.Wait(1)[0]; e.GetRemoval() || !e.GetEffectiveTime().AsTime().Equal(due) {
		t.Errorf("event %v", e)
	}
	if token := w.cancelToken(phone, "contact_change_cancel"); len(token) != 43 {
		t.Errorf("token %q", token)
	}
	_, err := h.add("+79001234569")
	wantReason(t, err, errorsv1.Reason_CONTACT_CHANGE_WAITING)
	w.restart()
	w.Clock.Advance(24*time.Hour - time.Second)
	h.wantContacts(phone, email)
	w.Clock.Advance(2 * time.Second)
	testkit.Eventually(t, "the change takes effect after a restart", func() bool {
		c, err := h.as("notification").GetContacts(h.ctx, &accountv1.GetContactsRequest{AccountId: h.id})
		return err == nil && c.GetPhone() == otherPhone
	})
	testkit.Eventually(t, "the old one is told", func() bool { return len(w.told.to(phone, "contact_left")) == 1 })
	wantReason(t, w.cancel(w.cancelToken(phone, "contact_change_cancel")), errorsv1.Reason_CONTACT_CHANGE_EFFECTIVE)
}

// otherToken is a token of the same form that was never issued.
func otherToken(token string) string {
	first := "A"
	if token[0] == 'A' {
		first = "B"
	}
	return first + token[1:]
}

func TestCancelLinkStopsAChangeOnce(t *testing.T) {
	w := start(t)
	cancelled := testkit.Watch[eventsv1.ContactChangeCancelled](w.Env)
	h := w.confirmedHolder(phone)
	h.have(otherPhone)
	token := w.cancelToken(phone, "contact_change_cancel")
	wantReason(t, w.cancel(otherToken(token)), errorsv1.Reason_LINK_INVALID)
	for range 2 {
		if err := w.cancel(token); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Advance(25 * time.Hour)
	h.wantContacts(phone, email)
	if n := len(cancelled.Wait(1)); n != 1 {
		t.Errorf("%d events", n)
	}
	other := w.holder("+79001234570")
	other.wantContacts("+79001234570", "")
}

func TestOfAChangeAndItsCancelOneIsFirst(t *testing.T) {
	w := start(t)
	h := w.confirmedHolder(phone)
	h.have(otherPhone)
	token := w.cancelToken(phone, "contact_change_cancel")
	w.Clock.Advance(24*time.Hour + time.Second)
	var cancelled atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if w.cancel(token) == nil {
				cancelled.Add(1)
			}
		})
	}
	all.Wait()
	testkit.Eventually(t, "the change has ended", func() bool {
		var n int
		err := w.Pool().QueryRow(w.ctx, `SELECT count(*) FROM account.contact_changes WHERE state = 'WAITING'`).Scan(&n)
		return err == nil && n == 0
	})
	if n := cancelled.Load(); n == 8 {
		h.wantContacts(phone, email)
	} else if n == 0 {
		h.wantContacts(otherPhone, email)
	} else {
		t.Errorf("%d of 8 cancels were accepted", n)
	}
}

func TestRemoval(t *testing.T) {
	w := start(t)
	removed := testkit.Watch[eventsv1.ContactRemoved](w.Env)
	h := w.holderByEmail()
	address := h.find(email).GetId()
	wantReason(t, h.remove(address), errorsv1.Reason_CONTACT_LAST)
	wantReason(t, h.remove(uuid.NewString()), errorsv1.Reason_CONTACT_NOT_FOUND)
	unproven := h.mustAdd(phone)
	wantReason(t, h.remove(address), errorsv1.Reason_CONTACT_LAST)
	if err := h.remove(unproven.GetId()); err != nil {
		t.Fatal(err)
	}
	_, err := h.verify(unproven.GetId(), rightCode)
	wantReason(t, err, errorsv1.Reason_CONTACT_NOT_FOUND)
	number := h.have(phone).GetId()
	if err := h.remove(number); err != nil {
		t.Fatal(err)
	}
	h.wantContacts("", email)
	if e := removed.Wait(1)[0]; e.GetContactId() != number {
		t.Errorf("event %v", e)
	}
	testkit.Eventually(t, "it is told", func() bool { return len(w.told.to(phone, "contact_left")) == 1 })
	wantReason(t, h.remove(h.find(email).GetId()), errorsv1.Reason_CONTACT_LAST)
}

func TestRemovalFromAConfirmedAccountWaitsAndCanBeCalledOff(t *testing.T) {
	w := start(t)
	h := w.confirmedHolder(phone)
	number, address := h.find(phone).GetId(), h.find(email).GetId()
	for range 2 {
		if err := h.remove(number); err != nil {
			t.Fatal(err)
		}
	}
	timeIs(t, "removal time", h.find(phone).GetRemovalTime().AsTime(), w.Clock.Now().Add(24*time.Hour))
	wantReason(t, h.remove(address), errorsv1.Reason_CONTACT_LAST)
	w.cancelToken(phone, "contact_change_cancel")
	if err := h.keep(number); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(25 * time.Hour)
	h.wantContacts(phone, email)
	if c := h.find(phone); c.GetRemovalTime() != nil {
		t.Errorf("%v", c)
	}
}

// A phone that codes for signing in go to is not taken off: the account would be closed to its own person.
func TestPhoneInUseStays(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	h.have(email)
	w.exec(`INSERT INTO account.factors (id, account_id, kind, sealed, created_at, activated_at)
		VALUES (gen_random_uuid(), $1, 2, '', now(), now())`, h.id)
	wantReason(t, h.remove(h.find(phone).GetId()), errorsv1.Reason_CONTACT_IN_USE)
}

// Attacks.

func TestContactOfAnotherAccountIsAnsweredAlike(t *testing.T) {
	w := start(t)
	w.holder(otherPhone)
	h := w.holder(phone)
	c := h.mustAdd(otherPhone)
	if r := w.otp.last(); !r.GetDecoy() || r.GetDestination() != otherPhone {
		t.Errorf("the code: %v", r)
	}
	free := w.holder("+79001234570").mustAdd("+79001234571")
	if c.GetState() != free.GetState() || !c.GetCodeExpireTime().AsTime().Equal(free.GetCodeExpireTime().AsTime()) ||
		!c.GetResendTime().AsTime().Equal(free.GetResendTime().AsTime()) {
		t.Errorf("taken %v, free %v", c, free)
	}
	_, err := h.verify(c.GetId(), rightCode)
	wantReason(t, err, errorsv1.Reason_CODE_EXPIRED)
}

// Two people prove one contact: whoever is first has it, and the other is told so.
func TestContactTakenMeanwhile(t *testing.T) {
	w := start(t)
	a, b := w.holder(phone), w.holder(otherPhone)
	first, second := a.mustAdd(email), b.mustAdd(email)
	if _, err := a.verify(first.GetId(), rightCode); err != nil {
		t.Fatal(err)
	}
	_, err := b.verify(second.GetId(), rightCode)
	wantReason(t, err, errorsv1.Reason_CONTACT_TAKEN)
	b.wantContacts(otherPhone, "")
	if c := b.find(email); c != nil {
		t.Errorf("%v", c)
	}
}

// A change that waits keeps nobody from its contact, and comes to nothing when somebody has proven it meanwhile.
func TestAWaitingChangeClaimsNothing(t *testing.T) {
	w := start(t)
	cancelled := testkit.Watch[eventsv1.ContactChangeCancelled](w.Env)
	h := w.confirmedHolder(phone)
	h.have(otherPhone)
	w.create(otherPhone)
	w.Clock.Advance(24*time.Hour + time.Second)
	cancelled.Wait(1)
	h.wantContacts(phone, email)
}

func TestStolenSessionChangesNothing(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	h.have(email)
	c := h.mustAdd(otherPhone)
	w.Clock.Advance(20*time.Minute + time.Second)
	_, err := h.add("+79001234569")
	wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	_, err = h.verify(c.GetId(), rightCode)
	wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	wantReason(t, h.remove(h.find(phone).GetId()), errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	wantReason(t, h.keep(h.find(phone).GetId()), errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	wantReason(t, h.changePassword("", "Wq7!mZ-2vK-new"), errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	h.wantContacts(phone, email)
}

func TestContactsOfOthersAreOutOfReach(t *testing.T) {
	w := start(t)
	a, b := w.holder(phone), w.holder(otherPhone)
	c := a.mustAdd(email)
	_, err := b.verify(c.GetId(), rightCode)
	wantReason(t, err, errorsv1.Reason_CONTACT_NOT_FOUND)
	wantReason(t, b.remove(c.GetId()), errorsv1.Reason_CONTACT_NOT_FOUND)
	wantReason(t, b.remove(a.find(phone).GetId()), errorsv1.Reason_CONTACT_NOT_FOUND)
	wantReason(t, b.keep(a.find(phone).GetId()), errorsv1.Reason_CONTACT_NOT_FOUND)
	_, err = b.contacts().ResendContactCode(b.request(), &accountv1.ResendContactCodeRequest{AccountId: b.id, ContactId: c.GetId()})
	wantReason(t, err, errorsv1.Reason_CONTACT_NOT_FOUND)
	_, err = b.contacts().ListContacts(b.request(), &accountv1.ListContactsRequest{AccountId: a.id})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
}

func TestAnAccountAddsTenContactsADay(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	for i := range 10 {
		h.mustAdd("+7900123460" + string(rune('0'+i)))
	}
	_, err := h.add(email)
	if e := wantReason(t, err, errorsv1.Reason_CONTACT_LIMIT); e.RetryAfter != 24*time.Hour {
		t.Errorf("retry after %s", e.RetryAfter)
	}
	if n := len(w.otp.issued); n != 10 {
		t.Errorf("%d codes were sent", n)
	}
}

func TestUnprovenContactIsForgottenAfterADay(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	c := h.mustAdd(email)
	w.Clock.Advance(24 * time.Hour)
	h = w.holding(w.mustSignIn(phone))
	if got := h.find(email); got != nil {
		t.Errorf("%v", got)
	}
	_, err := h.verify(c.GetId(), rightCode)
	wantReason(t, err, errorsv1.Reason_CONTACT_NOT_FOUND)
	h.mustAdd(email)
}

func TestBadContactsAreRefused(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	for value, reason := range map[string]errorsv1.Reason{
		"+1": errorsv1.Reason_FIELD_MALFORMED, "+375291234567": errorsv1.Reason_PHONE_COUNTRY,
		"+74951234567": errorsv1.Reason_PHONE_NOT_MOBILE, "anna": errorsv1.Reason_FIELD_MALFORMED,
	} {
		_, err := h.add(value)
		wantField(t, err, "value", reason)
	}
}

func TestNothingOfAContactIsKeptInTheOpen(t *testing.T) {
	w := start(t)
	h := w.confirmedHolder(phone)
	h.have(otherPhone)
	token := w.cancelToken(phone, "contact_change_cancel")
	var rows string
	err := w.Pool().QueryRow(w.ctx, `SELECT string_agg(c::text, ' ') FROM account.contact_changes c`).Scan(&rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{phone, otherPhone, email, token} {
		for where, text := range map[string]string{"rows": rows, "logs": w.Logs()} {
			if containsAny(text, secret) {
				t.Errorf("%s have a secret", where)
			}
		}
	}
}
