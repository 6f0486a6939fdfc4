package domain

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const most = 50_000_000

func day(y int, m time.Month, d int) identifiers.Date {
	return identifiers.Date{Year: y, Month: m, Day: d}
}

func people(t testing.TB, seed uint64, size int64) *Population {
	t.Helper()
	p, err := NewPopulation(seed, size)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// someDay is any day on which the population has passports.
func someDay() *rapid.Generator[identifiers.Date] {
	return rapid.Custom(func(t *rapid.T) identifiers.Date {
		return day(2021, 4, 1).AddDays(rapid.IntRange(0, 365*40).Draw(t, "days"))
	})
}

func TestPopulationSize(t *testing.T) {
	for _, size := range []int64{0, -1, most + 1} {
		if _, err := NewPopulation(1, size); err == nil {
			t.Errorf("size %d is accepted", size)
		}
	}
	p := people(t, 1, 10)
	for _, n := range []int64{0, -5, 11} {
		if _, err := p.Person(n, day(2026, 1, 1)); !errs.Is(err, errorsv1.Reason_POPULATION_OUT_OF_RANGE) {
			t.Errorf("person %d: %v", n, err)
		}
	}
}

// A person is known by what the forms ask: people's tests rely on him not to change.
func TestPersonIsFixed(t *testing.T) {
	p, err := people(t, 1, most).Person(1, day(2026, 11, 21))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join([]string{
		p.Last, p.First, p.Middle, string(p.Gender), p.Birth.String(), p.BirthPlace, p.SNILS.Format(),
		p.Passport().Format(), p.Passport().Issued.String(), p.Passport().IssuedBy, string(p.Passport().IssueCode),
		string(p.Address.PostalCode), p.Address.Region, p.Address.City, p.Address.Street, p.Address.House, p.Address.Flat,
	}, "|")
	want := "Чеботарёва|Алёна|Григорьевна|F|1949-11-13|гор. Екатеринбург Свердловской области|000-001-000 04|" +
		"03 03 913865|2003-01-05|УВД гор. Краснодар|232-031|350028|Краснодарский край|Краснодар|ул. Садовая|42|"
	if got != want {
		t.Errorf("person 1 is\n%s, want\n%s", got, want)
	}
}

func TestSizeChangesNobodySeedEverybody(t *testing.T) {
	today := day(2026, 6, 1)
	small, large, other := people(t, 7, 1000), people(t, 7, most), people(t, 8, most)
	same := 0
	for n := int64(1); n <= 1000; n++ {
		if small.compute(n, today).Passport() != large.compute(n, today).Passport() {
			t.Fatalf("person %d has another passport in a larger population", n)
		}
		if small.compute(n, today).Name == other.compute(n, today).Name {
			same++
		}
	}
	if same > 20 {
		t.Errorf("another seed leaves %d of 1000 names", same)
	}
}

func TestPersonIsFoundAgain(t *testing.T) {
	p := people(t, 3, most)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, most).Draw(t, "n")
		today := someDay().Draw(t, "today")
		person := p.compute(n, today)
		if back, ok := p.bySNILS(person.SNILS, today); !ok || back.SNILS != person.SNILS {
			t.Fatalf("by SNILS %s: %v", person.SNILS.Format(), back)
		}
		for _, held := range person.Passports {
			if back, ok := p.byPassport(held.Passport, today); !ok || back.SNILS != person.SNILS {
				t.Fatalf("by passport %s: %v", held.Format(), back)
			}
		}
	})
}

func TestPersonPassesTheForms(t *testing.T) {
	p := people(t, 3, most)
	rapid.Check(t, func(t *rapid.T) {
		today := someDay().Draw(t, "today")
		person := p.compute(rapid.Int64Range(1, most).Draw(t, "n"), today)
		checkForms(t, person, today)
		// A day begins nine hours earlier in Kamchatka than in Moscow.
		for _, shift := range []int{-1, 1} {
			if err := identifiers.CheckPassportDates(person.Birth, person.Passport().Issued, everywhere(today.AddDays(shift))); err != nil {
				t.Fatalf("born %s, issued %s, on %s%+d: %v", person.Birth, person.Passport().Issued, today, shift, err)
			}
		}
	})
}

func everywhere(d identifiers.Date) identifiers.Today {
	return identifiers.Today{Moscow: d, Kamchatka: d}
}

// checkForms refuses what the platform's forms would.
func checkForms(t rapid.TB, person Person, today identifiers.Date) {
	t.Helper()
	held := person.Passport()
	var fields errs.Fields
	parsed := func(name string, err error) { fields.Check(name, err) }
	_, err := identifiers.ParseSNILS(string(person.SNILS))
	parsed("snils", err)
	for _, name := range []string{person.Last, person.First} {
		_, err = identifiers.ParseName(name)
		parsed("name "+name, err)
	}
	_, err = identifiers.ParsePassport(held.Key())
	parsed("passport", err)
	_, err = identifiers.ParseIssueCode(string(held.IssueCode))
	parsed("issueCode", err)
	_, err = identifiers.ParsePostIndex(string(person.Address.PostalCode))
	parsed("postalCode", err)
	parsed("birth", identifiers.CheckHolderBirth(person.Birth, everywhere(today)))
	parsed("issued", identifiers.CheckPassportDates(person.Birth, held.Issued, everywhere(today)))
	for name, text := range map[string]string{
		"birthPlace": person.BirthPlace, "issuedBy": held.IssuedBy, "region": person.Address.Region,
		"city": person.Address.City, "street": person.Address.Street, "house": person.Address.House,
	} {
		_, err = identifiers.ParseText(text, 255)
		parsed(name, err)
	}
	if err := fields.Err(); err != nil {
		t.Fatalf("%s on %s: %v", person.SNILS.Format(), today, err)
	}
	if person.SNILS.RealLooking() || person.Citizenship != "RUS" {
		t.Fatalf("SNILS %s, citizenship %s", person.SNILS.Format(), person.Citizenship)
	}
}

func TestSNILSRange(t *testing.T) {
	for n, want := range map[int64]string{
		1:            "000-001-000 04",
		2:            "000-001-001 05",
		numbers:      "001-001-998 64",
		numbers + 1:  "000-001-000 05",
		numbers * 2:  "001-001-998 65",
		50 * numbers: "001-001-998 13",
	} {
		if got := snilsOf(n).Format(); got != want {
			t.Errorf("person %d: %s, want %s", n, got, want)
		}
	}
	for _, outside := range []identifiers.SNILS{
		"", "x", "00000060001", "00000099999", "00100199965", "11223344595", "000001000064",
	} {
		if n, ok := ofSNILS(outside); ok {
			t.Errorf("%q is person %d", outside, n)
		}
	}
}

func TestPassportsAreUnique(t *testing.T) {
	p, today := people(t, 5, most), day(2060, 1, 1)
	seen := map[identifiers.Passport]int64{}
	for n := int64(1); n <= 60_000; n++ {
		for _, held := range p.compute(n, today).Passports {
			if other, twice := seen[held.Passport]; twice {
				t.Fatalf("%d and %d both have %s", other, n, held.Format())
			}
			seen[held.Passport] = n
		}
	}
}

func TestBeyondTheSizeNobodyIsFound(t *testing.T) {
	large, small, today := people(t, 1, most), people(t, 1, 100), day(2026, 1, 1)
	outsider := large.compute(101, today)
	if _, ok := small.bySNILS(outsider.SNILS, today); ok {
		t.Error("found by SNILS")
	}
	if _, ok := small.byPassport(outsider.Passport().Passport, today); ok {
		t.Error("found by passport")
	}
}

func TestNamesAgreeInGender(t *testing.T) {
	for man, woman := range map[string]string{
		"Иванов": "Иванова", "Королёв": "Королёва", "Калинин": "Калинина", "Вишневский": "Вишневская", "Белый": "Белая",
		"Толстой": "Толстая", "Донской": "Донская", "Шевченко": "Шевченко", "Ткачук": "Ткачук", "Саркисян": "Саркисян",
		"Шмидт": "Шмидт", "Синицын": "Синицына",
	} {
		if got := feminine(man); got != woman {
			t.Errorf("%s: %s, want %s", man, got, woman)
		}
	}
	p := people(t, 1, most)
	for n := int64(1); n < 2000; n++ {
		person := p.compute(n, day(2026, 1, 1))
		female := strings.HasSuffix(person.Middle, "на")
		if female != (person.Gender == Female) {
			t.Fatalf("person %d: %v %s", n, person.Name, person.Gender)
		}
	}
}

func TestRegionTable(t *testing.T) {
	all := regions()
	if len(all)*perSeries != most {
		t.Errorf("%d regions: the documented greatest size is wrong", len(all))
	}
	seen := map[string]bool{personaOkato: true}
	for _, r := range all {
		if seen[r.okato] || len(r.okato) != 2 || len(r.tax) != 2 || r.of == "" || r.in == "" || len(r.towns) == 0 {
			t.Errorf("region %+v", r)
		}
		seen[r.okato] = true
		for _, town := range r.towns {
			if town.name == "" || len(town.post) != 3 {
				t.Errorf("town %+v of %s", town, r.name)
			}
		}
	}
}

func BenchmarkPersonByPassport(b *testing.B) {
	p, today := people(b, 1, most), day(2026, 1, 1)
	number := p.compute(most/2, today).Passport().Passport
	for b.Loop() {
		if _, ok := p.byPassport(number, today); !ok {
			b.Fatal("not found")
		}
	}
}
