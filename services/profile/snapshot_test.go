package profile_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/events/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
)

const locked = errorsv1.Reason_VERIFIED_DATA_LOCKED

func TestSubmissionNeedsTheWholeForm(t *testing.T) {
	w := start(t)
	w.mustUpdate(&profilev1.Person{BirthPlace: "Тверь"})
	_, err := w.freeze()
	wantFields(t, err, errorsv1.Reason_PERSON_INCOMPLETE, "person.gender FIELD_REQUIRED",
		"person.birth_date FIELD_REQUIRED", "person.citizenship FIELD_REQUIRED", "person.snils FIELD_REQUIRED",
		"document.series FIELD_REQUIRED", "document.number FIELD_REQUIRED", "document.issue_date FIELD_REQUIRED",
		"document.issued_by FIELD_REQUIRED", "document.issue_code FIELD_REQUIRED")
}

func TestFreezeIsTheSameWhilePending(t *testing.T) {
	w := start(t)
	events := testkit.Watch[eventsv1.SnapshotFrozen](w.Env)
	first := w.frozen()
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if again, err := w.freeze(); err != nil || again.GetSnapshotId() != first.GetSnapshotId() {
				t.Errorf("frozen again: %v %v", again, err)
			}
		})
	}
	all.Wait()
	got, err := w.inside.GetSnapshot(context.Background(), &profilev1.GetSnapshotRequest{SnapshotId: first.GetSnapshotId()})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, got, first)
	if p := got.GetPassport(); p.GetSeries() != "4511" || got.GetPerson().GetSnils() != "00000060001" || got.GetAccountId() != w.id {
		t.Errorf("the snapshot: %v", got)
	}
	if e := events.Wait(1); len(e) != 1 || e[0].GetSnapshotId() != first.GetSnapshotId() {
		t.Errorf("events %v", e)
	}
}

// wantLocked checks that identity data cannot be edited, and addresses can.
func (w *world) wantLocked() {
	w.t.Helper()
	_, err := w.update(&profilev1.Person{LastName: "Петров"})
	wantReason(w.t, err, locked)
	_, err = w.createDocument(passport())
	wantReason(w.t, err, locked)
	list, err := w.profile.ListDocuments(w.ctx, &profilev1.ListDocumentsRequest{AccountId: w.id})
	if err != nil {
		w.t.Fatal(err)
	}
	d := list.GetDocuments()[0]
	if d.GetState() != w.person().GetState() {
		w.t.Errorf("the passport is %s and the card %s", d.GetState(), w.person().GetState())
	}
	_, err = w.profile.UpdateDocument(w.ctx, &profilev1.UpdateDocumentRequest{
		AccountId: w.id, DocumentId: d.GetId(), Document: &profilev1.Document{Number: "000001"},
	})
	wantReason(w.t, err, locked)
	_, err = w.profile.DeleteDocument(w.ctx, &profilev1.DeleteDocumentRequest{AccountId: w.id, DocumentId: d.GetId()})
	wantReason(w.t, err, locked)
	a, err := w.createAddress(address())
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.profile.DeleteAddress(w.ctx, &profilev1.DeleteAddressRequest{AccountId: w.id, AddressId: a.GetId()}); err != nil {
		w.t.Fatal(err)
	}
}

func TestMatchedDataStaysLocked(t *testing.T) {
	w := start(t)
	s := w.frozen()
	w.wantLocked()
	w.Publish("verification", "profile", "case", &verificationv1.VerificationMatched{
		VerificationId: "case", AccountId: w.id, SnapshotId: s.GetSnapshotId(),
	})
	w.awaitState(profilev1.DataState_VERIFIED)
	w.wantLocked()
	_, err := w.freeze()
	wantReason(t, err, errorsv1.Reason_ALREADY_VERIFIED)
	w.Restart()
	w.inside = profilev1.NewProfileServiceClient(w.Dial("verification", "profile"))
	got, err := w.inside.GetSnapshot(w.ctx, &profilev1.GetSnapshotRequest{SnapshotId: s.GetSnapshotId()})
	if err != nil || got.GetState() != profilev1.DataState_VERIFIED {
		t.Errorf("the snapshot: %v %v", got, err)
	}
}

// Of verified data only what a registry vouched for is verified; the rest is still what the person typed.
func TestFieldsAreVerifiedOneByOne(t *testing.T) {
	w := start(t)
	s := w.frozen()
	w.Publish("verification", "profile", "case", &verificationv1.VerificationMatched{
		VerificationId: "case", AccountId: w.id, SnapshotId: s.GetSnapshotId(), Vouched: &fieldmaskpb.FieldMask{
			Paths: []string{"person.last_name", "person.snils", "passport.series", "passport.number", "unknown.field"},
		},
	})
	w.awaitState(profilev1.DataState_VERIFIED)
	w.Restart()
	w.profile = profilev1.NewProfileServiceClient(w.Dial("gateway", "profile"))
	wantVerified(t, w.person().GetVerifiedFields(), "last_name snils")
	wantVerified(t, w.passport().GetVerifiedFields(), "series number")
}

// A version of verification that knows no fields is heard as before: what decides a match is verified.
func TestAMatchThatNamesNoFieldsIsAboutIdentity(t *testing.T) {
	w := start(t)
	s := w.frozen()
	wantVerified(t, w.person().GetVerifiedFields(), "")
	w.Publish("verification", "profile", "case", &verificationv1.VerificationMatched{
		VerificationId: "case", AccountId: w.id, SnapshotId: s.GetSnapshotId(),
	})
	w.awaitState(profilev1.DataState_VERIFIED)
	wantVerified(t, w.person().GetVerifiedFields(), "last_name first_name middle_name gender birth_date snils")
	wantVerified(t, w.passport().GetVerifiedFields(), "series number issue_date issue_code")
}

// A second document and another version of the first are not what the registries were asked about.
func TestOnlyTheSubmittedDocumentIsVerified(t *testing.T) {
	w := start(t)
	s := w.frozen()
	w.Publish("verification", "profile", "case", &verificationv1.VerificationMatched{
		VerificationId: "case", AccountId: w.id, SnapshotId: s.GetSnapshotId(),
	})
	w.awaitState(profilev1.DataState_VERIFIED)
	holder, ctx := w.id, w.ctx
	w.id, w.ctx = w.newcomer()
	other, err := w.createDocument(passport())
	if err != nil {
		t.Fatal(err)
	}
	// No second type exists yet: another's passport becomes the holder's second document.
	w.exec(`UPDATE profile.documents SET account_id = $1, type = 'SECOND' WHERE id = $2`, holder, other.GetId())
	w.id, w.ctx = holder, ctx
	card, err := w.inside.GetCard(ctx, &profilev1.GetCardRequest{AccountId: holder})
	if err != nil || len(card.GetDocuments()) != 2 {
		t.Fatalf("the card: %v, %v", card, err)
	}
	for _, d := range card.GetDocuments() {
		want := profilev1.DataState_VERIFIED
		if d.GetId() == other.GetId() {
			want = profilev1.DataState_UNVERIFIED
		}
		if d.GetState() != want || (len(d.GetVerifiedFields().GetPaths()) > 0) != (want == profilev1.DataState_VERIFIED) {
			t.Errorf("%v, want %s", d, want)
		}
	}
	w.exec(`UPDATE profile.documents SET version = version + 1 WHERE account_id = $1`, holder)
	if d := w.passport(); d.GetState() != profilev1.DataState_UNVERIFIED || d.GetVerifiedFields() != nil {
		t.Errorf("another version of the passport is %v", d)
	}
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.Pool().Exec(w.ctx, sql, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) passport() *profilev1.Document {
	w.t.Helper()
	list, err := w.profile.ListDocuments(w.ctx, &profilev1.ListDocumentsRequest{AccountId: w.id})
	if err != nil {
		w.t.Fatal(err)
	}
	return list.GetDocuments()[0]
}

func wantVerified(t *testing.T, got *fieldmaskpb.FieldMask, want string) {
	t.Helper()
	if fields := strings.Join(got.GetPaths(), " "); fields != want {
		t.Errorf("verified are %q, want %q", fields, want)
	}
}

func TestMismatchAndExpiryGiveTheDataBack(t *testing.T) {
	w := start(t)
	s := w.frozen()
	w.Publish("verification", "profile", "one", &verificationv1.VerificationNotMatched{
		VerificationId: "one", AccountId: w.id, SnapshotId: s.GetSnapshotId(), Reasons: []string{"NAME"},
	})
	w.awaitState(profilev1.DataState_UNVERIFIED)
	w.mustUpdate(&profilev1.Person{LastName: "Петров"})
	_, err := w.inside.GetSnapshot(w.ctx, &profilev1.GetSnapshotRequest{SnapshotId: s.GetSnapshotId()})
	wantReason(t, err, errorsv1.Reason_NOT_FOUND)
	next, err := w.freeze()
	if err != nil || next.GetSnapshotId() == s.GetSnapshotId() || next.GetPerson().GetLastName() != "Петров" {
		t.Fatalf("submitted anew: %v %v", next, err)
	}
	// The old case's end, told again late, does not touch the new snapshot.
	w.Publish("verification", "profile", "one", &verificationv1.VerificationExpired{
		VerificationId: "one", AccountId: w.id, SnapshotId: s.GetSnapshotId(),
	})
	w.Publish("verification", "profile", "two", &verificationv1.VerificationMatched{
		VerificationId: "two", AccountId: w.id, SnapshotId: next.GetSnapshotId(),
	})
	w.awaitState(profilev1.DataState_VERIFIED)
	w.Publish("verification", "profile", "two", &verificationv1.VerificationExpired{
		VerificationId: "two", AccountId: w.id, SnapshotId: next.GetSnapshotId(),
	})
	w.awaitHandled(4)
	if s := w.person().GetState(); s != profilev1.DataState_VERIFIED {
		t.Errorf("a late event made verified data %s", s)
	}
}

func (w *world) awaitHandled(n int) {
	w.t.Helper()
	pool := w.Pool()
	testkit.Eventually(w.t, "the events handled", func() bool {
		var got int
		err := pool.QueryRow(w.ctx, `SELECT count(*) FROM profile.inbox`).Scan(&got)
		return err == nil && got >= n
	})
}

// Whoever is first, edit or submission: the snapshot has what the card shows afterwards.
func TestEditAndFreezeDoNotInterleave(t *testing.T) {
	w := start(t)
	w.mustUpdate(fullPerson())
	if _, err := w.createDocument(passport()); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, name := range []string{"Ааа", "Бэ", "Вэ", "Гэ", "Дэ", "Еэ"} {
		all.Go(func() {
			if _, err := w.update(&profilev1.Person{LastName: name}); err != nil && !errs.Is(err, locked) {
				t.Errorf("edit: %v", err)
			}
		})
	}
	var s *profilev1.Snapshot
	all.Go(func() {
		var err error
		if s, err = w.freeze(); err != nil {
			t.Errorf("freeze: %v", err)
		}
	})
	all.Wait()
	if got := w.person(); got.GetLastName() != s.GetPerson().GetLastName() || got.GetEtag() != s.GetPerson().GetEtag() {
		t.Errorf("the card says %s, the snapshot %s", got.GetLastName(), s.GetPerson().GetLastName())
	}
}

func TestCardOfAFailedSignUpIsRemoved(t *testing.T) {
	w := start(t)
	removed := testkit.Watch[eventsv1.CardRemoved](w.Env)
	w.frozen()
	w.accounts.down.Store(true)
	w.Publish("registration", "profile", "r1", &registrationv1.RegistrationFailed{RegistrationId: "r1", AccountId: w.id})
	testkit.Eventually(t, "the event postponed", func() bool { return strings.Contains(w.Logs(), "event postponed") })
	w.accounts.down.Store(false)
	if e := removed.Wait(1)[0]; e.GetAccountId() != w.id {
		t.Errorf("event for %s", e.GetAccountId())
	}
	_, err := w.inside.GetCard(w.ctx, &profilev1.GetCardRequest{AccountId: w.id})
	wantReason(t, err, errorsv1.Reason_NOT_FOUND)
	w.Publish("registration", "profile", "r1", &registrationv1.RegistrationExpired{RegistrationId: "r1", AccountId: w.id})
	w.awaitHandled(2)
	if n := len(removed.All()); n != 1 {
		t.Errorf("%d events for one removal", n)
	}
}

func TestCardOfAnAccountIsKept(t *testing.T) {
	w := start(t)
	w.accounts.exist.Store(w.id, true)
	w.Publish("registration", "profile", "r1", &registrationv1.RegistrationExpired{RegistrationId: "r1", AccountId: w.id})
	w.awaitHandled(1)
	if w.person().GetLastName() != "Иванов" {
		t.Error("the card of an account was removed")
	}
}

func TestNothingPersonalIsKeptInTheOpen(t *testing.T) {
	w := start(t)
	w.ctx = testkit.WithKey(w.ctx, "canary-key")
	w.frozen()
	if _, err := w.createAddress(address()); err != nil {
		t.Fatal(err)
	}
	_, _ = w.update(&profilev1.Person{LastName: "Иванов", Snils: "1"})
	dump := w.dump()
	for _, canary := range []string{
		"Иванов", "ivan@example.ru", "00000060001", "1990-12-31", "гор. Москва", `"123456"`, "Арбат", `"119019"`,
	} {
		if strings.Contains(dump, canary) {
			t.Errorf("the database holds %s", canary)
		}
		if strings.Contains(w.Logs(), canary) {
			t.Errorf("the log holds %s", canary)
		}
	}
}

// dump is every row of the schema, binary columns as the characters they hold.
func (w *world) dump() string {
	w.t.Helper()
	pool := w.Pool()
	var out strings.Builder
	for _, table := range []string{"persons", "documents", "addresses", "snapshots", "outbox", "idempotency_keys", "inbox"} {
		rows, err := pool.Query(w.ctx, `SELECT r FROM profile.`+table+` r`)
		if err != nil {
			w.t.Fatal(err)
		}
		n := 0
		for rows.Next() {
			values := rows.RawValues()
			out.Write(values[0])
			n++
		}
		if rows.Err() != nil || (n == 0 && table != "inbox") {
			w.t.Fatalf("%s: %d rows, %v", table, n, rows.Err())
		}
	}
	return out.String()
}
