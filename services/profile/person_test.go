package profile_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/testkit"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/events/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

const (
	validation   = errorsv1.Reason_VALIDATION_FAILED
	precondition = errorsv1.Reason_PRECONDITION_FAILED
	denied       = errorsv1.Reason_PERMISSION_DENIED
)

func TestPersonIsFilledStepByStep(t *testing.T) {
	w := start(t)
	changed := testkit.Watch[eventsv1.PersonChanged](w.Env)
	first := w.person()
	if first.GetLastName() != "Иванов" || first.GetState() != profilev1.DataState_UNVERIFIED {
		t.Fatalf("the card of sign-up: %v", first)
	}
	w.mustUpdate(&profilev1.Person{BirthDate: "1990-12-31"})
	got := w.mustUpdate(&profilev1.Person{Snils: "000\u2009000\u200b600\u202f01", Gender: profilev1.Gender_M.Enum(), Citizenship: "rus"})
	want := proto.CloneOf(first)
	want.BirthDate, want.Snils, want.Citizenship = "1990-12-31", "00000060001", "RUS"
	want.Gender, want.Etag = profilev1.Gender_M.Enum(), got.GetEtag()
	wantEqual(t, got, want)
	wantEqual(t, w.person(), want)
	if e := changed.Wait(2)[1]; e.GetAccountId() != w.id {
		t.Errorf("event for account %s", e.GetAccountId())
	}
}

// Every usual form of a number is taken, and only one of a date.
func TestFormsOfNumbersAndDates(t *testing.T) {
	w := start(t)
	for _, snils := range []string{"00000060001", "000-000-600 01", "000 000 600 01", "000-000-600-01"} {
		if got := w.mustUpdate(&profilev1.Person{Snils: snils}).GetSnils(); got != "00000060001" {
			t.Errorf("%q is kept as %q", snils, got)
		}
	}
	_, err := w.update(&profilev1.Person{Snils: "1", BirthDate: "31.12.1990"})
	e := wantReason(t, err, validation)
	want := errs.Fields{
		{Name: "person.birth_date", Reason: errorsv1.Reason_FIELD_MALFORMED, Pattern: identifiers.DatePattern},
		{Name: "person.snils", Reason: errorsv1.Reason_FIELD_MALFORMED, Pattern: identifiers.DigitsPattern(11)},
	}
	if !slices.Equal(e.Fields, want) {
		t.Errorf("got %+v", e.Fields)
	}
}

func TestMaskClearsAndOnlyTouchesItsFields(t *testing.T) {
	w := start(t)
	w.mustUpdate(fullPerson())
	got := w.mustUpdate(&profilev1.Person{LastName: "Петров", BirthPlace: "нет"}, "middle_name", "gender", "last_name", "state", "etag")
	if got.GetMiddleName() != "" || got.Gender != nil || got.GetLastName() != "Петров" || got.GetBirthPlace() != "гор. Москва" {
		t.Errorf("after the mask: %v", got)
	}
	_, err := w.update(&profilev1.Person{}, "last_name")
	wantFields(t, err, validation, "person.last_name FIELD_REQUIRED")
	_, err = w.update(&profilev1.Person{}, "height")
	wantFields(t, err, validation, "update_mask FIELD_UNKNOWN")
	_, err = w.update(&profilev1.Person{LastName: "Сидоров", FirstName: "Пётр"}, "*")
	if err != nil {
		t.Fatal(err)
	}
	if p := w.person(); p.GetSnils() != "" || p.GetLastName() != "Сидоров" {
		t.Errorf("after the mask *: %v", p)
	}
}

// TestMaskAsRESTCallersWriteIt: their JSON is camelCase, and grpc-gateway makes one empty path of an empty body.
func TestMaskAsRESTCallersWriteIt(t *testing.T) {
	w := start(t)
	before := w.mustUpdate(fullPerson())
	wantEqual(t, w.mustUpdate(&profilev1.Person{}, ""), before)
	got := w.mustUpdate(&profilev1.Person{LastName: "Петров"}, "middleName", "lastName")
	if got.GetMiddleName() != "" || got.GetLastName() != "Петров" || got.GetFirstName() != before.GetFirstName() {
		t.Errorf("after the mask: %v", got)
	}
}

func TestAllWrongFieldsAtOnce(t *testing.T) {
	w := start(t)
	_, err := w.update(&profilev1.Person{
		LastName: "Ivanов", FirstName: "И1", MiddleName: "?", BirthDate: "2023-02-30",
		BirthPlace: "a\u202eb", Citizenship: "XXQ", Snils: "123-456-789 00",
	})
	wantFields(t, err, validation, "person.last_name NAME_MIXED_ALPHABETS", "person.first_name NAME_CHARACTERS",
		"person.middle_name NAME_CHARACTERS", "person.birth_date DATE_NOT_IN_CALENDAR", "person.birth_place FIELD_MALFORMED",
		"person.citizenship FIELD_UNKNOWN_VALUE", "person.snils FIELD_CHECKSUM")
	_, err = w.update(&profilev1.Person{LastName: strings.Repeat("я", 300), BirthDate: strings.Repeat("1", 30), Snils: "1"})
	wantFields(t, err, validation, "person.last_name FIELD_TOO_LONG", "person.birth_date FIELD_MALFORMED",
		"person.snils FIELD_MALFORMED")
	if p := w.person(); p.GetLastName() != "Иванов" {
		t.Errorf("a refused edit changed the name to %s", p.GetLastName())
	}
}

func TestHolderIsAtLeast14(t *testing.T) {
	w := start(t)
	today := identifiers.TodayAt(w.Clock.Now()).Kamchatka.Time()
	birthday := today.AddDate(-14, 0, 0)
	_, err := w.update(&profilev1.Person{BirthDate: birthday.AddDate(0, 0, 1).Format("2006-01-02")})
	wantFields(t, err, validation, "person.birth_date AGE_UNDER_14")
	w.mustUpdate(&profilev1.Person{BirthDate: birthday.Format("2006-01-02")})
	_, err = w.update(&profilev1.Person{BirthDate: today.AddDate(0, 0, 1).Format("2006-01-02")})
	wantFields(t, err, validation, "person.birth_date DATE_IN_FUTURE")
}

// What registries have in another form is stored in theirs, and what they cannot have is refused.
func TestNamesAreStoredAsRegistriesHaveThem(t *testing.T) {
	w := start(t)
	got := w.mustUpdate(&profilev1.Person{LastName: "РОГОВА-ЩЁГОЛЕВА", FirstName: " алёна ", MiddleName: "ГАСАН  КЫЗЫ"})
	if got.GetLastName() != "Рогова-Щёголева" || got.GetFirstName() != "Алёна" || got.GetMiddleName() != "Гасан кызы" {
		t.Errorf("stored as %v", got)
	}
	_, err := w.update(&profilev1.Person{
		LastName: "З о л о т а р ё в", FirstName: "Пирогов-", MiddleName: "А" + strings.Repeat("\u0301", 50),
	})
	wantFields(t, err, validation, "person.last_name NAME_CHARACTERS", "person.first_name NAME_CHARACTERS",
		"person.middle_name NAME_CHARACTERS")
}

func TestRealSNILSIsForProductionOnly(t *testing.T) {
	w := start(t)
	_, err := w.update(&profilev1.Person{Snils: "112-233-445 95"})
	wantFields(t, err, validation, "person.snils SNILS_REAL_IN_SANDBOX")
	w = startWith(t, map[string]string{"PROPUSK_ENV": "production"})
	if got := w.mustUpdate(&profilev1.Person{Snils: "112-233-445 95"}).GetSnils(); got != "11223344595" {
		t.Errorf("SNILS %s", got)
	}
}

func TestETagGuardsAgainstLostUpdates(t *testing.T) {
	w := start(t)
	old := w.person().GetEtag()
	if old[0] != '"' || old[len(old)-1] != '"' {
		t.Errorf("ETag %s has no quotes (RFC 9110)", old)
	}
	put := func(place, match string) (*profilev1.Person, error) {
		return w.profile.UpdatePerson(w.ctx, &profilev1.UpdatePersonRequest{
			AccountId: w.id, Person: &profilev1.Person{BirthPlace: place}, IfMatch: match,
		})
	}
	fresh, err := put("Тверь", old)
	if err != nil {
		t.Fatal(err)
	}
	_, err = put("Омск", old)
	wantReason(t, err, precondition)
	if w.person().GetBirthPlace() != "Тверь" {
		t.Error("a refused edit was stored")
	}
	same, err := put("Тверь", fresh.GetEtag())
	if err != nil || same.GetEtag() != fresh.GetEtag() {
		t.Errorf("an edit that changes nothing: %v, ETag %s, was %s", err, same.GetEtag(), fresh.GetEtag())
	}
	for _, match := range []string{"*", `"other", ` + fresh.GetEtag()} {
		if _, err := put("Тверь", match); err != nil {
			t.Errorf("If-Match %s: %v", match, err)
		}
	}
}

func TestPutCardIsRepeatableUntilThePersonEdits(t *testing.T) {
	w := start(t)
	registration := profilev1.NewProfileServiceClient(w.Dial("registration", "profile"))
	put := func(name string) {
		_, err := registration.PutCard(context.Background(), &profilev1.PutCardRequest{
			AccountId: w.id, Person: &profilev1.Person{LastName: name, FirstName: "Анна"}, UnprovenPhone: "\u20668 900\u2009123-45\u200b-67\u2069",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put("Орлова")
	if p := w.person(); p.GetLastName() != "Орлова" || p.GetMiddleName() != "" {
		t.Errorf("written again: %v", p)
	}
	w.mustUpdate(&profilev1.Person{LastName: "Соколова"})
	put("Орлова")
	if p := w.person(); p.GetLastName() != "Соколова" {
		t.Errorf("sign-up overwrote the person's edit with %s", p.GetLastName())
	}
	card, err := w.inside.GetCard(context.Background(), &profilev1.GetCardRequest{AccountId: w.id})
	if err != nil || card.GetUnprovenPhone() != "+79001234567" || card.GetUnprovenEmail() != "" {
		t.Errorf("unproven contacts: %v %v", card, err)
	}
	_, err = registration.PutCard(context.Background(), &profilev1.PutCardRequest{AccountId: w.id, UnprovenPhone: "1", UnprovenEmail: "@"})
	wantFields(t, err, validation, "unproven_phone FIELD_MALFORMED", "unproven_email FIELD_MALFORMED")
}

func TestOnlyWhatIsAskedIsGiven(t *testing.T) {
	w := start(t)
	registration := profilev1.NewProfileServiceClient(w.Dial("registration", "profile"))
	id, _ := w.newcomer()
	_, err := registration.PutCard(w.ctx, &profilev1.PutCardRequest{
		AccountId: id, Person: &profilev1.Person{LastName: "Орлова", FirstName: "Анна"}, UnprovenPhone: "+79001234567",
		UnprovenEmail: "a@example.ru",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ paths, want []string }{
		{nil, []string{"person", "unproven_phone", "unproven_email"}},
		{[]string{"*"}, []string{"person", "unproven_phone", "unproven_email"}},
		{[]string{"person"}, []string{"person"}},
		{[]string{"unproven_email"}, []string{"unproven_email"}},
		{[]string{"documents", "addresses"}, nil},
	} {
		card, err := w.inside.GetCard(w.ctx, &profilev1.GetCardRequest{
			AccountId: id, ReadMask: &fieldmaskpb.FieldMask{Paths: c.paths},
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		card.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
			got = append(got, string(f.Name()))
			return true
		})
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%v gives %v, want %v", c.paths, got, c.want)
		}
	}
	_, err = w.inside.GetCard(w.ctx, &profilev1.GetCardRequest{
		AccountId: id, ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"person", "password"}},
	})
	wantFields(t, err, validation, "read_mask FIELD_UNKNOWN")
}

func TestAccessIsByTheTable(t *testing.T) {
	w := start(t)
	_, stranger := w.newcomer()
	_, err := w.profile.GetPerson(stranger, &profilev1.GetPersonRequest{AccountId: w.id})
	wantReason(t, err, denied)
	_, err = w.profile.GetPerson(context.Background(), &profilev1.GetPersonRequest{AccountId: w.id})
	wantReason(t, err, errorsv1.Reason_UNAUTHENTICATED)
	for _, service := range []string{"registry", "notification", "sandbox", "otp"} {
		c := profilev1.NewProfileServiceClient(w.Dial(service, "profile"))
		_, err := c.GetCard(w.ctx, &profilev1.GetCardRequest{AccountId: w.id})
		wantReason(t, err, denied)
		_, err = c.FreezeSnapshot(w.ctx, &profilev1.FreezeSnapshotRequest{AccountId: w.id})
		wantReason(t, err, denied)
		_, err = c.PutCard(w.ctx, &profilev1.PutCardRequest{AccountId: w.id})
		wantReason(t, err, denied)
	}
	_, err = w.profile.GetSnapshot(w.ctx, &profilev1.GetSnapshotRequest{SnapshotId: w.id})
	wantReason(t, err, denied)
	for _, service := range []string{"gateway", "web"} {
		c := profilev1.NewProfileServiceClient(w.Dial(service, "profile"))
		if _, err = c.GetCard(w.ctx, &profilev1.GetCardRequest{AccountId: w.id}); err != nil {
			t.Errorf("%s may not show a person their own card: %v", service, err)
		}
		_, err = c.GetCard(stranger, &profilev1.GetCardRequest{AccountId: w.id})
		wantReason(t, err, denied)
		_, err = c.FreezeSnapshot(w.ctx, &profilev1.FreezeSnapshotRequest{AccountId: w.id})
		wantReason(t, err, denied)
		_, err = c.PutCard(w.ctx, &profilev1.PutCardRequest{AccountId: w.id})
		wantReason(t, err, denied)
	}
	nobody := w.As("0199d3a0-0000-7000-8000-000000000000", accountv1.Level_SIMPLIFIED)
	_, err = w.profile.GetPerson(nobody, &profilev1.GetPersonRequest{AccountId: "0199d3a0-0000-7000-8000-000000000000"})
	wantReason(t, err, errorsv1.Reason_NOT_FOUND)
}

func TestWhatIsProvenInTheAccountIsUnprovenNoMore(t *testing.T) {
	w := start(t)
	unproven := func() string {
		card, err := w.inside.GetCard(w.ctx, &profilev1.GetCardRequest{AccountId: w.id})
		if err != nil {
			t.Fatal(err)
		}
		return card.GetUnprovenEmail()
	}
	w.Publish("account", "profile", w.id, &accounteventsv1.ContactAdded{AccountId: w.id, Kind: accountv1.ContactKind_PHONE})
	w.awaitHandled(1)
	if unproven() == "" {
		t.Fatal("the email address went with the phone")
	}
	w.Publish("account", "profile", w.id, &accounteventsv1.ContactAdded{AccountId: w.id, Kind: accountv1.ContactKind_EMAIL})
	w.Publish("account", "profile", w.id, &accounteventsv1.ContactChanged{AccountId: "5f0c5a0e-0000-7000-8000-000000000001", Kind: accountv1.ContactKind_EMAIL})
	w.awaitHandled(3)
	if got := unproven(); got != "" {
		t.Errorf("the unproven email address is %q", got)
	}
}
