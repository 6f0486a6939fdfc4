package profile_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/events/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

func TestDocumentLife(t *testing.T) {
	w := start(t)
	changed := testkit.Watch[eventsv1.DocumentChanged](w.Env)
	made, err := w.createDocument(passport())
	if err != nil {
		t.Fatal(err)
	}
	want := passport()
	want.Id, want.Etag, want.State = made.GetId(), made.GetEtag(), profilev1.DataState_UNVERIFIED
	want.Series, want.IssueDate, want.IssueCode = "4511", "2011-01-11", "770-001"
	wantEqual(t, made, want)
	list, err := w.profile.ListDocuments(w.ctx, &profilev1.ListDocumentsRequest{AccountId: w.id})
	if err != nil || len(list.GetDocuments()) != 1 {
		t.Fatalf("the list: %v %v", list, err)
	}
	wantEqual(t, list.GetDocuments()[0], want)
	edited, err := w.profile.UpdateDocument(w.ctx, &profilev1.UpdateDocumentRequest{
		AccountId: w.id, DocumentId: made.GetId(), IfMatch: made.GetEtag(),
		Document: &profilev1.Document{Type: profilev1.DocumentType_RF_PASSPORT, Number: "654321"},
	})
	if err != nil || edited.GetNumber() != "654321" || edited.GetEtag() == made.GetEtag() {
		t.Fatalf("edited: %v %v", edited, err)
	}
	if _, err := w.profile.DeleteDocument(w.ctx, &profilev1.DeleteDocumentRequest{AccountId: w.id, DocumentId: made.GetId()}); err != nil {
		t.Fatal(err)
	}
	_, err = w.profile.GetDocument(w.ctx, &profilev1.GetDocumentRequest{AccountId: w.id, DocumentId: made.GetId()})
	wantReason(t, err, errorsv1.Reason_DOCUMENT_NOT_FOUND)
	for _, e := range changed.Wait(3) {
		if e.GetDocumentId() != made.GetId() || e.GetAccountId() != w.id {
			t.Errorf("event %v", e)
		}
	}
}

func TestDocumentFields(t *testing.T) {
	w := start(t)
	_, err := w.createDocument(&profilev1.Document{
		Series: "451", Number: "12345a", IssueDate: "2035-13-01", IssuedBy: "\x1b", IssueCode: "77000",
	})
	wantFields(t, err, validation, "document.series FIELD_MALFORMED", "document.number FIELD_MALFORMED",
		"document.issue_date DATE_NOT_IN_CALENDAR", "document.issued_by FIELD_MALFORMED",
		"document.issue_code FIELD_MALFORMED", "document.type FIELD_REQUIRED")
	d := passport()
	d.Number, d.IssueDate, d.IssuedBy = "000000", "1989-06-15", "ОВД г. Москвы; отделение: 2"
	_, err = w.createDocument(d)
	wantFields(t, err, validation, "document.number NUMBER_ALL_ZEROS", "document.issue_date DATE_TOO_EARLY")
	late := passport()
	late.IssueDate = w.Clock.Now().AddDate(0, 0, 2).Format("2006-01-02")
	_, err = w.createDocument(late)
	wantFields(t, err, validation, "document.issue_date DATE_IN_FUTURE")
}

// At half past one in Moscow it is yesterday by UTC, and the day has long begun in Kamchatka.
func TestAPassportOfTodayIsTodays(t *testing.T) {
	w := start(t)
	midnight := w.Clock.Now().In(identifiers.Moscow()).Truncate(24 * time.Hour).Add(24*time.Hour - 3*time.Hour)
	w.Clock.Advance(midnight.Add(90 * time.Minute).Sub(w.Clock.Now()))
	w.id, w.ctx = w.newcomer()
	d := passport()
	d.IssueDate = w.Clock.Now().In(identifiers.Moscow()).Format(time.DateOnly)
	if d.IssueDate == w.Clock.Now().UTC().Format(time.DateOnly) {
		t.Fatalf("%s is no time between the days", w.Clock.Now())
	}
	if _, err := w.createDocument(d); err != nil {
		t.Errorf("a passport of today: %v", err)
	}
}

func TestPassportHasNoGaps(t *testing.T) {
	w := start(t)
	_, err := w.createDocument(&profilev1.Document{Type: profilev1.DocumentType_RF_PASSPORT})
	wantFields(t, err, validation, "document.series FIELD_REQUIRED", "document.number FIELD_REQUIRED",
		"document.issue_date FIELD_REQUIRED", "document.issued_by FIELD_REQUIRED", "document.issue_code FIELD_REQUIRED")
	_, err = w.createDocument(&profilev1.Document{
		Type: profilev1.DocumentType_RF_PASSPORT, Series: "451", Number: "123456", IssuedBy: "ОВД",
	})
	wantFields(t, err, validation, "document.series FIELD_MALFORMED", "document.issue_date FIELD_REQUIRED",
		"document.issue_code FIELD_REQUIRED")
	made, err := w.createDocument(passport())
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.profile.UpdateDocument(w.ctx, &profilev1.UpdateDocumentRequest{
		AccountId: w.id, DocumentId: made.GetId(), Document: &profilev1.Document{Number: "654321"},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"series", "number", "issue_date", "issued_by", "issue_code"}},
	})
	wantFields(t, err, validation, "document.series FIELD_REQUIRED", "document.issue_date FIELD_REQUIRED",
		"document.issued_by FIELD_REQUIRED", "document.issue_code FIELD_REQUIRED")
}

func TestPassportDatesAgainstBirth(t *testing.T) {
	w := start(t)
	for _, x := range []struct{ birth, issued, why string }{
		{"1990-12-31", "2004-12-30", "PASSPORT_ISSUED_BEFORE_14"},
		{"1990-12-31", "2010-12-30", "PASSPORT_REPLACE_AT_20"},
		{"1970-05-05", "2010-01-01", "PASSPORT_REPLACE_AT_45"},
	} {
		w.mustUpdate(&profilev1.Person{BirthDate: x.birth})
		d := passport()
		d.IssueDate = x.issued
		_, err := w.createDocument(d)
		wantFields(t, err, validation, "document.issue_date "+x.why)
	}
}

func TestPassportMaySaveBeforeBirthDateAndIsCheckedAtFreeze(t *testing.T) {
	w := start(t)
	d := passport()
	d.IssueDate = "2010-12-30"
	if _, err := w.createDocument(d); err != nil {
		t.Fatal(err)
	}
	w.mustUpdate(fullPerson())
	_, err := w.freeze()
	wantFields(t, err, validation, "document.issue_date PASSPORT_REPLACE_AT_20")
	if s := w.person().GetState(); s != profilev1.DataState_UNVERIFIED {
		t.Errorf("after a refused submission the card is %s", s)
	}
}

func TestOnePassportPerPersonAlsoInParallel(t *testing.T) {
	w := start(t)
	var all sync.WaitGroup
	errors := make([]error, 8)
	for i := range errors {
		all.Go(func() { _, errors[i] = w.createDocument(passport()) })
	}
	all.Wait()
	made := 0
	for _, err := range errors {
		if err == nil {
			made++
			continue
		}
		wantReason(t, err, errorsv1.Reason_DOCUMENT_EXISTS)
	}
	if made != 1 {
		t.Errorf("%d passports were made", made)
	}
}

func TestCreatesAreRepeatableUnderAKey(t *testing.T) {
	w := start(t)
	w.ctx = testkit.WithKey(w.ctx, "create-key-1")
	var all sync.WaitGroup
	ids := make([]string, 20)
	for i := range ids {
		all.Go(func() {
			d, err := w.createDocument(passport())
			if err != nil {
				t.Errorf("a concurrent repeat: %v", err)
			}
			ids[i] = d.GetId()
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("two documents: %s and %s", id, ids[0])
		}
	}
	other := passport()
	other.Number = "000001"
	_, err := w.createDocument(other)
	wantReason(t, err, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED)
	one, err := w.createAddress(address())
	if err != nil {
		t.Fatal(err)
	}
	two, err := w.createAddress(address())
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, two, one)
}

func TestAddressLife(t *testing.T) {
	w := start(t)
	changed := testkit.Watch[eventsv1.AddressChanged](w.Env)
	_, err := w.createAddress(&profilev1.Address{PostalCode: "11901", Flat: "\x1b"})
	wantFields(t, err, validation, "address.postal_code FIELD_MALFORMED", "address.flat FIELD_MALFORMED",
		"address.type FIELD_REQUIRED", "address.region FIELD_REQUIRED", "address.city FIELD_REQUIRED",
		"address.house FIELD_REQUIRED")
	made, err := w.createAddress(address())
	if err != nil {
		t.Fatal(err)
	}
	want := address()
	want.Id, want.Etag = made.GetId(), made.GetEtag()
	wantEqual(t, made, want)
	_, err = w.createAddress(address())
	wantReason(t, err, errorsv1.Reason_ADDRESS_EXISTS)
	update := func(a *profilev1.Address, match string, mask ...string) (*profilev1.Address, error) {
		return w.profile.UpdateAddress(w.ctx, &profilev1.UpdateAddressRequest{
			AccountId: w.id, AddressId: made.GetId(), Address: a, IfMatch: match, UpdateMask: &fieldmaskpb.FieldMask{Paths: mask},
		})
	}
	_, err = update(&profilev1.Address{}, "", "house", "type")
	wantFields(t, err, validation, "address.house FIELD_REQUIRED")
	_, err = update(&profilev1.Address{Type: profilev1.AddressType_REGISTRATION}, "")
	wantFields(t, err, validation, "address.type FIELD_NOT_EDITABLE")
	edited, err := update(&profilev1.Address{House: "3", Region: "x"}, made.GetEtag(), "flat", "house")
	if err != nil || edited.GetFlat() != "" || edited.GetHouse() != "3" || edited.GetRegion() != "Москва" {
		t.Fatalf("edited: %v %v", edited, err)
	}
	_, err = update(&profilev1.Address{House: "4"}, made.GetEtag())
	wantReason(t, err, precondition)
	got, err := w.profile.GetAddress(w.ctx, &profilev1.GetAddressRequest{AccountId: w.id, AddressId: made.GetId()})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, got, edited)
	if _, err := w.profile.DeleteAddress(w.ctx, &profilev1.DeleteAddressRequest{AccountId: w.id, AddressId: made.GetId()}); err != nil {
		t.Fatal(err)
	}
	changed.Wait(3)
	list, err := w.profile.ListAddresses(w.ctx, &profilev1.ListAddressesRequest{AccountId: w.id})
	if err != nil || len(list.GetAddresses()) != 0 {
		t.Errorf("after the deletion: %v %v", list, err)
	}
}

// What a letter cannot be addressed with, and what its window cannot hold.
func TestAddressesArePrintable(t *testing.T) {
	w := start(t)
	d := passport()
	d.IssuedBy = "ОВД 北京"
	_, err := w.createDocument(d)
	wantFields(t, err, validation, "document.issued_by FIELD_MALFORMED")
	a := address()
	a.Region, a.City, a.Street, a.House, a.Flat = "Москва 😀", "北京", "<script>", "1=1", "2+3"
	_, err = w.createAddress(a)
	wantFields(t, err, validation, "address.region FIELD_MALFORMED", "address.city FIELD_MALFORMED",
		"address.street FIELD_MALFORMED", "address.house FIELD_MALFORMED", "address.flat FIELD_MALFORMED")
	d.Series, d.Number, d.IssuedBy = strings.Repeat("1", 21), "1", strings.Repeat("я", 601)
	_, err = w.createDocument(d)
	wantFields(t, err, validation, "document.series FIELD_MALFORMED", "document.number FIELD_MALFORMED",
		"document.issued_by FIELD_TOO_LONG")
	a.Region, a.City, a.Street = strings.Repeat("я", 201), strings.Repeat("я", 81), strings.Repeat("я", 81)
	a.House, a.Flat = strings.Repeat("1", 51), strings.Repeat("1", 21)
	_, err = w.createAddress(a)
	wantFields(t, err, validation, "address.region FIELD_TOO_LONG", "address.city FIELD_TOO_LONG",
		"address.street FIELD_TOO_LONG", "address.house FIELD_TOO_LONG", "address.flat FIELD_TOO_LONG")
	if e, ok := errs.As(err); !ok || e.Fields[3].Max != 50 {
		t.Errorf("%v does not name the limit of a house", err)
	}
	a.Region, a.City, a.Street = strings.Repeat("я", 50), strings.Repeat("я", 80), strings.Repeat("я", 80)
	a.House, a.Flat = "владение 18, корпус 2, строение 1", "1024 (№ 3)"
	if _, err := w.createAddress(a); err != nil {
		t.Error(err)
	}
}

func TestOtherPeoplesThingsAreNotFound(t *testing.T) {
	w := start(t)
	d, err := w.createDocument(passport())
	if err != nil {
		t.Fatal(err)
	}
	a, err := w.createAddress(address())
	if err != nil {
		t.Fatal(err)
	}
	w.id, w.ctx = w.newcomer()
	for _, id := range []string{d.GetId(), "nonsense", ""} {
		_, err := w.profile.GetDocument(w.ctx, &profilev1.GetDocumentRequest{AccountId: w.id, DocumentId: id})
		wantReason(t, err, errorsv1.Reason_DOCUMENT_NOT_FOUND)
		_, err = w.profile.UpdateDocument(w.ctx, &profilev1.UpdateDocumentRequest{AccountId: w.id, DocumentId: id})
		wantReason(t, err, errorsv1.Reason_DOCUMENT_NOT_FOUND)
		_, err = w.profile.DeleteDocument(w.ctx, &profilev1.DeleteDocumentRequest{AccountId: w.id, DocumentId: id})
		wantReason(t, err, errorsv1.Reason_DOCUMENT_NOT_FOUND)
	}
	for _, id := range []string{a.GetId(), "nonsense", ""} {
		_, err := w.profile.GetAddress(w.ctx, &profilev1.GetAddressRequest{AccountId: w.id, AddressId: id})
		wantReason(t, err, errorsv1.Reason_ADDRESS_NOT_FOUND)
		_, err = w.profile.UpdateAddress(w.ctx, &profilev1.UpdateAddressRequest{AccountId: w.id, AddressId: id})
		wantReason(t, err, errorsv1.Reason_ADDRESS_NOT_FOUND)
		_, err = w.profile.DeleteAddress(w.ctx, &profilev1.DeleteAddressRequest{AccountId: w.id, AddressId: id})
		wantReason(t, err, errorsv1.Reason_ADDRESS_NOT_FOUND)
	}
}

// Lists page; nobody takes a token from one to another.
func TestListsPage(t *testing.T) {
	w := start(t)
	w.mustUpdate(fullPerson())
	if _, err := w.createDocument(passport()); err != nil {
		t.Fatal(err)
	}
	for _, typ := range []profilev1.AddressType{profilev1.AddressType_REGISTRATION, profilev1.AddressType_RESIDENCE} {
		a := address()
		a.Type = typ
		if _, err := w.createAddress(a); err != nil {
			t.Fatal(err)
		}
	}
	page := func(size int32, token string) (*profilev1.ListAddressesResponse, error) {
		return w.profile.ListAddresses(w.ctx, &profilev1.ListAddressesRequest{AccountId: w.id, PageSize: size, PageToken: token})
	}
	first, err := page(1, "")
	if err != nil || len(first.GetAddresses()) != 1 || first.GetNextPageToken() == "" {
		t.Fatalf("first %v: %v", first, err)
	}
	second, err := page(1, first.GetNextPageToken())
	if err != nil || len(second.GetAddresses()) != 1 || second.GetNextPageToken() != "" ||
		second.GetAddresses()[0].GetType() != profilev1.AddressType_RESIDENCE {
		t.Fatalf("second %v: %v", second, err)
	}
	documents, err := w.profile.ListDocuments(w.ctx, &profilev1.ListDocumentsRequest{AccountId: w.id, PageSize: 1})
	if err != nil || len(documents.GetDocuments()) != 1 || documents.GetNextPageToken() != "" {
		t.Errorf("documents %v: %v", documents, err)
	}
	_, err = w.profile.ListDocuments(w.ctx, &profilev1.ListDocumentsRequest{AccountId: w.id, PageToken: first.GetNextPageToken()})
	wantFields(t, err, validation, "page_token PAGE_TOKEN_INVALID")
	_, err = page(101, "x")
	wantFields(t, err, validation, "page_size FIELD_OUT_OF_RANGE", "page_token PAGE_TOKEN_INVALID")
}
