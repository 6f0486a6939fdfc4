package account_test

import (
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
)

const week = 7 * 24 * time.Hour

func (w *world) claims() accountv1.ContactClaimServiceClient {
	return accountv1.NewContactClaimServiceClient(w.Dial("gateway", "account"))
}

func (w *world) claim(value string) *accountv1.ContactClaim {
	w.t.Helper()
	c, err := w.claims().CreateContactClaim(w.ctx, &accountv1.CreateContactClaimRequest{Kind: kind(value), Value: value})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) verifyClaim(token, code string) (*accountv1.ContactClaim, error) {
	return w.claims().VerifyContactClaim(w.ctx, &accountv1.VerifyContactClaimRequest{ClaimToken: token, Code: code})
}

// proveClaim claims a contact and proves it.
func (w *world) proveClaim(value string) (token string, claim *accountv1.ContactClaim) {
	w.t.Helper()
	token = w.claim(value).GetClaimToken()
	c, err := w.verifyClaim(token, rightCode)
	if err != nil {
		w.t.Fatal(err)
	}
	return token, c
}

func (w *world) completeClaim(token string) (*accountv1.ContactClaim, error) {
	return w.claims().CompleteContactClaim(w.ctx, &accountv1.CompleteContactClaimRequest{ClaimToken: token})
}

func (w *world) cancelClaim(token string) error {
	_, err := w.claims().CancelContactClaim(w.ctx, &accountv1.CancelContactClaimRequest{CancelToken: token})
	return err
}

func TestRecycledNumberIsDetachedAfterAWeek(t *testing.T) {
	w := start(t)
	claimed, detached := testkit.Watch[eventsv1.ContactClaimed](w.Env), testkit.Watch[eventsv1.ContactDetached](w.Env)
	h := w.holder(phone)
	h.have(email)
	token, c := w.proveClaim(phone)
	due := w.Clock.Now().Add(week)
	if c.GetState() != accountv1.ContactClaim_WAITING || !c.GetEffectiveTime().AsTime().Equal(due) || c.GetClaimToken() != "" {
		t.Errorf("%v", c)
	}
	if r := w.otp.last(); r.GetPurpose() != otpv1.Purpose_CONTACT_CLAIM || r.GetDecoy() {
		t.Errorf("the code: %v", r)
	}
	if e := claimed.Wait(1)[0]; e.GetAccountId() != h.id || e.GetKind() != accountv1.ContactKind_PHONE {
		t.Errorf("event %v", e)
	}
	w.cancelToken(email, "contact_claim_cancel")
	if n := len(w.told.to(phone, "contact_claim_cancel")); n != 0 {
		t.Error("who claims the number has got the link that stops it")
	}
	timeIs(t, "detach time", h.find(phone).GetDetachTime().AsTime(), due)
	_, err := w.completeClaim(token)
	if e := wantReason(t, err, errorsv1.Reason_CLAIM_WAITING); e.RetryAfter != week {
		t.Errorf("retry after %s", e.RetryAfter)
	}
	w.restart()
	w.Clock.Advance(week)
	for range 2 {
		if c, err := w.completeClaim(token); err != nil || c.GetState() != accountv1.ContactClaim_FREE {
			t.Errorf("%v, %v", c, err)
		}
	}
	if n := len(detached.Wait(1)); n != 1 {
		t.Errorf("%d events", n)
	}
	h = w.holding(w.mustSignIn(email)) // loses nothing else
	h.wantContacts("", email)
	if a := w.create(phone); a.GetAccountId() == h.id {
		t.Error("the number is not free")
	}
}

func TestClaimsAreAnsweredAlike(t *testing.T) {
	w := start(t)
	w.holder(phone).have(email)
	taken, free := w.claim(phone), w.claim(otherPhone)
	for _, c := range []*accountv1.ContactClaim{taken, free} {
		if len(c.GetClaimToken()) != 43 {
			t.Errorf("token of %d characters", len(c.GetClaimToken()))
		}
		c.ClaimToken = ""
	}
	free.Destination = taken.GetDestination()
	if taken.String() != free.String() {
		t.Errorf("taken %v, free %v", taken, free)
	}
	_, proven := w.proveClaim("+79001234569")
	if proven.GetState() != accountv1.ContactClaim_FREE {
		t.Errorf("a number that nobody has: %v", proven)
	}
}

func TestTheOldAccountStopsAClaim(t *testing.T) {
	w := start(t)
	cancelled := testkit.Watch[eventsv1.ContactClaimCancelled](w.Env)
	h := w.holder(phone)
	h.have(email)
	token, _ := w.proveClaim(phone)
	link := w.cancelToken(email, "contact_claim_cancel")
	wantReason(t, w.cancelClaim(token), errorsv1.Reason_LINK_INVALID)
	wantReason(t, w.cancel(link), errorsv1.Reason_LINK_INVALID)
	for range 2 {
		if err := w.cancelClaim(link); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Advance(week)
	_, err := w.completeClaim(token)
	wantReason(t, err, errorsv1.Reason_CLAIM_CANCELLED)
	h.wantContacts(phone, email)
	if n := len(cancelled.Wait(1)); n != 1 {
		t.Errorf("%d events", n)
	}
}

func TestTheSignedInPersonStopsAClaim(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	h.have(email)
	token, _ := w.proveClaim(phone)
	if err := h.keep(h.find(phone).GetId()); err != nil {
		t.Fatal(err)
	}
	if c := h.find(phone); c.GetDetachTime() != nil {
		t.Errorf("%v", c)
	}
	w.Clock.Advance(week)
	_, err := w.completeClaim(token)
	wantReason(t, err, errorsv1.Reason_CLAIM_CANCELLED)
}

// The only contact of an account is not taken from it, neither at once nor after a week in which it has become the only one.
func TestTheLastContactStays(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	_, err := w.verifyClaim(w.claim(phone).GetClaimToken(), rightCode)
	wantReason(t, err, errorsv1.Reason_CLAIM_LAST_CONTACT)
	h.have(email)
	token, _ := w.proveClaim(phone)
	if err := h.remove(h.find(email).GetId()); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(day) // beside a contact that may be taken the other does not go at once
	testkit.Eventually(t, "it goes", func() bool { return w.holding(w.mustSignIn(phone)).find(email) == nil })
	w.Clock.Advance(week)
	_, err = w.completeClaim(token)
	wantReason(t, err, errorsv1.Reason_CLAIM_LAST_CONTACT)
	h.wantContacts(phone, "")
}

// Whoever proves the number while a claim to it waits keeps it.
func TestAClaimReachesTheAccountThatHadTheContactOnly(t *testing.T) {
	w := start(t)
	old := w.holderByEmail()
	old.have(phone)
	next := w.holder(otherPhone)
	next.have("boris@example.ru")
	token, _ := w.proveClaim(phone)
	if err := old.remove(old.find(phone).GetId()); err != nil {
		t.Fatal(err)
	}
	next.have(phone)
	w.Clock.Advance(day)
	testkit.Eventually(t, "the number has come", func() bool {
		return w.holding(w.mustSignIn("boris@example.ru")).find(phone).GetState() == accountv1.Contact_PROVEN
	})
	w.Clock.Advance(week)
	_, err := w.completeClaim(token)
	wantReason(t, err, errorsv1.Reason_CLAIM_NOT_FOUND)
	next.wantContacts(phone, "boris@example.ru")
}

// A person whose number somebody else had for a while, and who has proven it again, keeps it.
func TestAContactThatWasProvenAgainIsNotTaken(t *testing.T) {
	w := start(t)
	h := w.holderByEmail()
	h.have(phone)
	token, _ := w.proveClaim(phone)
	if err := h.remove(h.find(phone).GetId()); err != nil {
		t.Fatal(err)
	}
	h.have(phone)
	if h.find(phone).GetDetachTime() != nil {
		t.Errorf("shown as to be taken: %v", h.find(phone))
	}
	w.Clock.Advance(week)
	_, err := w.completeClaim(token)
	wantReason(t, err, errorsv1.Reason_CLAIM_NOT_FOUND)
	h.wantContacts(phone, email)
}

func TestStepsOfAClaimOutOfOrder(t *testing.T) {
	w := start(t)
	w.holder(phone).have(email)
	_, err := w.completeClaim("no-such-token")
	wantReason(t, err, errorsv1.Reason_CLAIM_NOT_FOUND)
	c := w.claim(phone)
	_, err = w.completeClaim(c.GetClaimToken())
	wantReason(t, err, errorsv1.Reason_CLAIM_NOT_FOUND)
	_, err = w.verifyClaim(c.GetClaimToken(), "654321")
	wantReason(t, err, errorsv1.Reason_CODE_WRONG)
	w.Clock.Advance(24 * time.Hour)
	_, err = w.verifyClaim(c.GetClaimToken(), rightCode)
	wantReason(t, err, errorsv1.Reason_CLAIM_NOT_FOUND)
	token, _ := w.proveClaim(phone)
	_, err = w.verifyClaim(token, rightCode)
	wantReason(t, err, errorsv1.Reason_CLAIM_NOT_FOUND)
	w.Clock.Advance(2 * week)
	_, err = w.completeClaim(token)
	wantReason(t, err, errorsv1.Reason_CLAIM_NOT_FOUND)
}
