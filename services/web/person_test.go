package web_test

import (
	"net/url"
	"strings"
	"testing"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

func TestEachPageIsSavedAndLeadsOn(t *testing.T) {
	s, z, c := home(t)
	s.get(c, "/cabinet/person").shows(t, `href="/cabinet/person/birth"`, "Не заполнено")
	birth := s.get(c, "/cabinet/person/birth").filled(t, "gender", "F", "birth_date", "08.03.1990", "birth_place", "г. Тула")
	s.post(c, "/cabinet/person/birth", birth).leads(t, "/cabinet/person/citizenship")
	citizenship := s.get(c, "/cabinet/person/citizenship").filled(t, "citizenship", "RUS")
	s.post(c, "/cabinet/person/citizenship", citizenship).leads(t, "/cabinet/person/snils")
	snils := s.get(c, "/cabinet/person/snils").filled(t, "snils", "000-000-600 01", "action", "later")
	s.post(c, "/cabinet/person/snils", snils).leads(t, "/cabinet?saved=data")
	s.get(c, "/cabinet?saved=data").shows(t, "Данные сохранены", "Закончите заполнять данные")
	if p := z.person; p.GetBirthDate() != "1990-03-08" || p.GetGender() != profilev1.Gender_F || p.GetSnils() != "000-000-600 01" {
		t.Errorf("saved %v", p)
	}
	change := s.get(c, "/cabinet/person/names?change=1").filled(t, "last_name", "Иванова", "first_name", "Анна")
	s.post(c, "/cabinet/person/names?change=1", change).leads(t, "/cabinet/person")
}

func TestAPageSaysAllThatIsWrong(t *testing.T) {
	s, z, c := home(t)
	form := s.get(c, "/cabinet/person/birth").filled(t, "birth_date", "31.02.1990")
	again := s.post(c, "/cabinet/person/birth", form).Header.Get("Location")
	s.get(c, again).shows(t, `href="#gender"`, `href="#birth_date"`, `href="#birth_place"`, `value="31.02.1990"`)
	if z.person.GetBirthDate() != "" {
		t.Error("it was saved")
	}
}

func TestThePassportIsOneField(t *testing.T) {
	s, z, c := home(t)
	wrong := s.get(c, "/cabinet/person/passport").filled(t, "passport_number", "9902", "issue_date", "02.04.2010")
	again := s.post(c, "/cabinet/person/passport", wrong).Header.Get("Location")
	page := s.get(c, again)
	page.shows(t, `href="#passport_number"`, `href="#issued_by"`, `value="9902"`, "4 цифры серии и 6 цифр номера, например 9902\u00a0600017.")
	if strings.Index(page.body, `href="#passport_number"`) > strings.Index(page.body, `href="#issued_by"`) {
		t.Error("what is wrong is not in the order of the fields")
	}
	if n := strings.Count(page.body, `href="#passport_number"`); n != 1 {
		t.Errorf("the field is named %d times", n)
	}
	right := page.filled(t, "passport_number", "99 02 600017", "issue_date", "02.04.2010", "issued_by", "ОВД", "issue_code", "770-001")
	s.post(c, "/cabinet/person/passport", right).leads(t, "/cabinet/person/birth")
	if z.passport.GetSeries() != "9902" || z.passport.GetNumber() != "600017" || z.passport.GetIssueDate() != "2010-04-02" {
		t.Errorf("saved %v", z.passport)
	}
}

// What cannot be saved yet is there when the page is opened again, and is no longer once it is given up.
func TestWhatCannotBeSavedYetIsPutAside(t *testing.T) {
	s, z, c := home(t)
	form := s.get(c, "/cabinet/person/passport").filled(t, "passport_number", "9902 600018", "action", "later")
	s.post(c, "/cabinet/person/passport", form).leads(t, "/cabinet?saved=draft")
	s.get(c, "/cabinet?saved=draft").shows(t, "сохранено на сутки")
	page := s.get(c, "/cabinet/person/passport")
	page.shows(t, `value="9902 600018"`, "Удалить введённое")
	if strings.Contains(page.body, `class="summary"`) || z.passport != nil {
		t.Errorf("%s", page.body)
	}
	s.post(c, "/cabinet/person/passport", url.Values{"csrf_token": {page.csrf(t)}, "action": {"discard"}})
	if page := s.get(c, "/cabinet/person/passport"); strings.Contains(page.body, "600018") {
		t.Error("it is there though it was given up")
	}
}

// Two tabs: what the other one has saved is shown, what was typed stays, and sending it again succeeds.
func TestTwoTabsSaveThePerson(t *testing.T) {
	s, z, c := home(t)
	first, second, birth := s.get(c, "/cabinet/person/names"), s.get(c, "/cabinet/person/names"), s.get(c, "/cabinet/person/birth")
	s.post(c, "/cabinet/person/names", first.filled(t, "last_name", "Иванова", "first_name", "Анна")).leads(t, "/cabinet/person/birth")
	a := s.post(c, "/cabinet/person/names", second.filled(t, "last_name", "Сидорова", "first_name", "Анна"))
	page := s.get(c, a.Header.Get("Location"))
	page.shows(t, "Вы изменили данные в другой вкладке", `value="Сидорова"`, "Иванова")
	if z.person.GetLastName() != "Иванова" {
		t.Errorf("%s was overwritten unseen", z.person.GetLastName())
	}
	s.post(c, "/cabinet/person/names", page.filled(t, "last_name", "Сидорова", "first_name", "Анна")).leads(t, "/cabinet/person/birth")
	if z.person.GetLastName() != "Сидорова" {
		t.Errorf("%s is saved", z.person.GetLastName())
	}
	// A form that does not say what its page has shown overwrites nothing either.
	blind := page.filled(t, "last_name", "Кузнецова", "first_name", "Анна")
	blind.Del("seen_etag")
	unseen := s.post(c, "/cabinet/person/names", blind).Header.Get("Location")
	if s.get(c, unseen).shows(t, "Вы изменили данные в другой вкладке"); z.person.GetLastName() != "Сидорова" {
		t.Errorf("%s was saved unseen", z.person.GetLastName())
	}
	// What other pages have saved is in nobody's way.
	form := birth.filled(t, "gender", "F", "birth_date", "08.03.1990", "birth_place", "г. Тула")
	s.post(c, "/cabinet/person/birth", form).leads(t, "/cabinet/person/citizenship")
	// Nor is the same form, as by a double click.
	s.post(c, "/cabinet/person/birth", form).leads(t, "/cabinet/person/citizenship")
}

func TestTheSessionEndsInTheMiddleOfThePerson(t *testing.T) {
	s, z, c := home(t)
	form := s.get(c, "/cabinet/person/birth").filled(t, "gender", "F", "birth_date", "08.03.1990", "birth_place", "г. Тула")
	z.set(func() { z.over = true })
	to, err := url.Parse(s.post(c, "/cabinet/person/birth", form).Header.Get("Location"))
	if err != nil || to.Path != "/sign-in" {
		t.Fatalf("to %s: %v", to, err)
	}
	z.set(func() { z.over = false })
	s.cookie(c, "session", pageToken)
	page := s.get(c, to.Query().Get("next"))
	page.shows(t, "Сеанс завершился", `value="08.03.1990"`, `value="г. Тула"`)
	again := page.filled(t, "gender", "F", "birth_date", "08.03.1990", "birth_place", "г. Тула")
	s.post(c, "/cabinet/person/birth", again).leads(t, "/cabinet/person/citizenship")
}

func TestAForeignCitizenIsToldWhatIsPossible(t *testing.T) {
	s, _, c := home(t)
	form := s.get(c, "/cabinet/person/citizenship").filled(t, "citizenship", "TJK")
	s.post(c, "/cabinet/person/citizenship", form).leads(t, "/cabinet/person/foreign")
	s.get(c, "/cabinet/person/foreign").shows(t, "Таджикистан", "Упрощённая учётная запись остаётся у вас", "Социального фонда")
	s.get(c, "/cabinet/person/passport").leads(t, "/cabinet/person/foreign")
	s.get(c, "/cabinet").shows(t, "У вас упрощённая учётная запись")
}

func TestWhatARegistryContradictsIsMarked(t *testing.T) {
	s, z, c := home(t)
	z.set(func() {
		z.verification = &verificationv1.Verification{Id: "v1", State: verificationv1.State_NOT_MATCHED, Checks: []*verificationv1.Check{
			{Registry: verificationv1.Registry_PFR, Reasons: []verificationv1.MismatchReason{verificationv1.MismatchReason_NAME}},
			{Registry: verificationv1.Registry_FMS, Reasons: []verificationv1.MismatchReason{verificationv1.MismatchReason_NAME}},
		}}
	})
	const doubt = "При последней проверке не совпало с данными: СФР, МВД."
	for path, want := range map[string]int{"/cabinet/person": 3, "/cabinet/person/names": 3, "/cabinet/person/birth": 0} {
		if n := strings.Count(s.get(c, path).body, doubt); n != want {
			t.Errorf("%s marks %d fields, want %d", path, n, want)
		}
	}
}

func TestWhatIsMissingIsLinkedFromTheSummary(t *testing.T) {
	s, z, c := home(t)
	z.set(func() {
		z.person = &profilev1.Person{
			LastName: "Петрова", FirstName: "Анна", Gender: profilev1.Gender_F.Enum(), BirthDate: "1990-03-08", BirthPlace: "Тула",
			Citizenship: "RUS", Snils: "00000060001", State: profilev1.DataState_UNVERIFIED,
		}
		z.passport = &profilev1.Document{
			Id: "p", Type: profilev1.DocumentType_RF_PASSPORT, Series: "9902", Number: "600017", IssueDate: "2010-04-02", IssuedBy: "ОВД", IssueCode: "770-001",
		}
	})
	page := s.get(c, "/cabinet/person")
	page.shows(t, "Проверьте данные перед отправкой", "99\u00a002\u00a0600017", `/cabinet/person/passport?change=1#passport_number`)
	again := s.post(c, "/cabinet/person", page.filled(t, "action", "submit")).Header.Get("Location")
	s.get(c, again).shows(t, `href="#passport_number"`, `id="passport_number-error"`)
}

func TestLockedDataLeadsBackToTheSummary(t *testing.T) {
	s, z, c := home(t)
	z.set(func() { z.person.State = profilev1.DataState_VERIFIED })
	s.get(c, "/cabinet/person/names").leads(t, "/cabinet/person")
	s.get(c, "/cabinet/person").shows(t, "Данные проверены")
}
