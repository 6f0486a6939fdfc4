package account_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestLevelsRise(t *testing.T) {
	w := start(t)
	raised := testkit.Watch[eventsv1.LevelRaised](w.Env)
	id := w.create(phone).GetAccountId()
	s := w.mustSignIn(phone)
	snils, _ := person(1)
	wantReason(t, last(w.signIn(snils, password)), errorsv1.Reason_SIGN_IN_FAILED)

	e := standard(id, 1)
	for range 2 {
		a := w.mustApply(e)
		if a.GetLevel() != accountv1.Level_STANDARD || a.GetSnapshotId() != e.GetSnapshotId() || a.GetConfirmation() != nil {
			t.Errorf("%v", a)
		}
	}
	found, err := w.resolve(s.GetToken())
	if err != nil || found.GetLevel() != accountv1.Level_STANDARD {
		t.Errorf("the session shows %v, %v", found, err)
	}
	if s := w.mustSignIn(snils); s.GetAccountId() != id || s.GetLevel() != accountv1.Level_STANDARD {
		t.Errorf("signed in by SNILS: %v", s)
	}

	w.Clock.Advance(time.Minute)
	at := w.Clock.Now()
	letter := confirmed(id, e.GetSnapshotId())
	for range 2 {
		a, err := w.as("confirmation").ApplyEvidence(w.ctx, letter)
		if err != nil {
			t.Fatal(err)
		}
		if a.GetLevel() != accountv1.Level_CONFIRMED || a.GetConfirmation().GetMethod() != accountv1.Method_LETTER {
			t.Errorf("%v", a)
		}
		timeIs(t, "confirmation time", a.GetConfirmation().GetTime().AsTime(), at)
		w.Clock.Advance(time.Minute)
	}
	if a := w.mustApply(e); a.GetLevel() != accountv1.Level_CONFIRMED {
		t.Errorf("late evidence lowered the level: %v", a)
	}
	got := raised.Wait(2)
	if len(got) != 2 || got[0].GetLevel() != accountv1.Level_STANDARD || got[0].GetEvidenceId() != e.GetEvidenceId() ||
		got[0].GetSnapshotId() != e.GetSnapshotId() || got[1].GetLevel() != accountv1.Level_CONFIRMED ||
		got[1].GetMethod() != accountv1.Method_LETTER || got[1].GetAccountId() != id {
		t.Errorf("events %v", got)
	}
}

func TestSecondAccountOfAPersonIsRefused(t *testing.T) {
	for name, change := range map[string]func(r *accountv1.ApplyEvidenceRequest){
		"same SNILS":    func(r *accountv1.ApplyEvidenceRequest) { _, r.Passport = person(2) },
		"same passport": func(r *accountv1.ApplyEvidenceRequest) { r.Snils, _ = person(2) },
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			refused := testkit.Watch[eventsv1.EvidenceRefused](w.Env)
			w.mustApply(standard(w.create(phone).GetAccountId(), 1))
			second := w.create("+79001234568").GetAccountId()
			r := standard(second, 1)
			change(r)
			for range 2 {
				wantReason(t, last(w.apply(r)), errorsv1.Reason_DUPLICATE_PERSON)
			}
			got := refused.Wait(1)
			if len(got) != 1 || got[0].GetAccountId() != second || got[0].GetEvidenceId() != r.GetEvidenceId() ||
				got[0].GetReason() != "DUPLICATE_PERSON" {
				t.Errorf("events %v", got)
			}
			a, err := w.gateway.GetAccount(w.ctx, &accountv1.GetAccountRequest{AccountId: second})
			if err != nil || a.GetLevel() != accountv1.Level_SIMPLIFIED {
				t.Errorf("%v, %v", a, err)
			}
			// Nothing of the refused claim stays: the other number is still free.
			w.mustApply(standard(w.create("+79001234569").GetAccountId(), 2))
		})
	}
}

// Whoever controls one service cannot make anybody confirmed: that takes both.
func TestEachServiceGivesEvidenceForItsOwnLevel(t *testing.T) {
	w := start(t)
	id := w.create(phone).GetAccountId()
	e := standard(id, 1)
	wantReason(t, last(w.as("confirmation").ApplyEvidence(w.ctx, e)), errorsv1.Reason_PERMISSION_DENIED)
	w.mustApply(e)
	c := confirmed(id, e.GetSnapshotId())
	wantReason(t, last(w.as("verification").ApplyEvidence(w.ctx, c)), errorsv1.Reason_PERMISSION_DENIED)
}

func TestOneAccountPerPersonInARace(t *testing.T) {
	w := start(t)
	ids := make([]string, 50)
	for i := range ids {
		ids[i] = uuid.NewString()
		w.exec(`INSERT INTO account.accounts (id, level, language, created_at) VALUES ($1, 1, 'ru', $2)`, ids[i], w.Clock.Now())
	}
	clients := []accountv1.AccountServiceClient{w.as("verification"), w.as("verification")}
	var won, duplicates atomic.Int32
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() {
			r := standard(id, 1)
			if i%3 == 0 { // the same person with another passport
				_, r.Passport = person(1000 + i)
			}
			_, err := clients[i%2].ApplyEvidence(w.ctx, r)
			switch {
			case err == nil:
				won.Add(1)
			case errs.Is(err, errorsv1.Reason_DUPLICATE_PERSON):
				duplicates.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || duplicates.Load() != 49 {
		t.Errorf("%d accounts became standard, %d were refused", won.Load(), duplicates.Load())
	}
}

func TestSameEvidenceInParallelHasOneEffect(t *testing.T) {
	w := start(t)
	raised := testkit.Watch[eventsv1.LevelRaised](w.Env)
	e := standard(w.create(phone).GetAccountId(), 1)
	verification := w.as("verification")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if a, err := verification.ApplyEvidence(w.ctx, e); err != nil || a.GetLevel() != accountv1.Level_STANDARD {
				t.Errorf("%v, %v", a, err)
			}
		})
	}
	all.Wait()
	if got := raised.Wait(1); len(got) != 1 {
		t.Errorf("%d events", len(got))
	}
}

func TestEvidenceAboutOtherDataIsVoid(t *testing.T) {
	w := start(t)
	refused := testkit.Watch[eventsv1.EvidenceRefused](w.Env)
	id := w.create(phone).GetAccountId()
	early := confirmed(id, uuid.NewString())
	wantReason(t, last(w.apply(early)), errorsv1.Reason_EVIDENCE_VOID)
	e := w.mustApply(standard(id, 1))
	early.SnapshotId = e.GetSnapshotId()
	wantReason(t, last(w.apply(early)), errorsv1.Reason_EVIDENCE_VOID)
	wantReason(t, last(w.apply(confirmed(id, uuid.NewString()))), errorsv1.Reason_EVIDENCE_VOID)
	wantReason(t, last(w.apply(standard(id, 1))), errorsv1.Reason_EVIDENCE_VOID)
	if got := refused.Wait(3); len(got) != 3 || got[0].GetReason() != "EVIDENCE_VOID" {
		t.Errorf("events %v", got)
	}
	if a := w.mustApply(confirmed(id, e.GetSnapshotId())); a.GetLevel() != accountv1.Level_CONFIRMED {
		t.Errorf("%v", a)
	}
}

func TestEvidenceOfAnotherAccountUnderTheSameIdIsVoid(t *testing.T) {
	w := start(t)
	e := standard(w.create(phone).GetAccountId(), 1)
	w.mustApply(e)
	other := standard(w.create("+79001234568").GetAccountId(), 2)
	other.EvidenceId = e.GetEvidenceId()
	wantReason(t, last(w.apply(other)), errorsv1.Reason_EVIDENCE_VOID)
}

func TestMalformedEvidence(t *testing.T) {
	w := start(t)
	id := w.create(phone).GetAccountId()
	r := standard(id, 1)
	r.Snils, r.Passport = "11223344596", "1"
	err := last(w.apply(r))
	wantField(t, err, "snils", errorsv1.Reason_FIELD_CHECKSUM)
	wantField(t, err, "passport", errorsv1.Reason_FIELD_MALFORMED)
	r = confirmed(id, uuid.NewString())
	r.Method = accountv1.Method_METHOD_UNSPECIFIED
	wantField(t, last(w.apply(r)), "method", errorsv1.Reason_FIELD_REQUIRED)
	r.Level = accountv1.Level_SIMPLIFIED
	wantField(t, last(w.apply(r)), "level", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	wantReason(t, last(w.apply(standard(uuid.NewString(), 1))), errorsv1.Reason_ACCOUNT_NOT_FOUND)
}

func TestUniquenessHoldsAcrossIndexKeys(t *testing.T) {
	w := start(t)
	id := w.create(phone).GetAccountId()
	w.mustApply(standard(id, 1))
	w.rotateIndexKey()
	_, err := w.as("registration").CreateAccount(w.ctx, &accountv1.CreateAccountRequest{
		AccountId: secret.NewID().String(), Phone: phone, Password: password,
	})
	wantReason(t, err, errorsv1.Reason_CONTACT_TAKEN)
	second := w.create("+79001234568").GetAccountId()
	wantReason(t, last(w.apply(standard(second, 1))), errorsv1.Reason_DUPLICATE_PERSON)
	if s := w.mustSignIn(phone); s.GetAccountId() != id {
		t.Error("signed in as somebody else")
	}
	var keys string
	err = w.Pool().QueryRow(w.ctx, `SELECT string_agg(DISTINCT index_key_id::text, ' ') FROM account.identifiers`).Scan(&keys)
	if err != nil || keys != "1 2" {
		t.Errorf("keys in use: %s, %v", fmt.Sprint(keys), err)
	}
}
