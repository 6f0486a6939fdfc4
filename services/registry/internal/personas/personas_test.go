package personas

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/identifiers"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	"github.com/propusk-id/propusk/services/registry/internal/domain"
)

func registers(t *testing.T) domain.Registers {
	t.Helper()
	scenarios, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	population, err := domain.NewPopulation(1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return domain.Registers{Population: population, Scenarios: scenarios}
}

// answers is the contract of every scenario: what PFR and FMS say to the persona as listed.
func answers(scenario string) (pfr, fms []domain.Mismatch) {
	switch scenario {
	case "pfr_not_found":
		return []domain.Mismatch{registryv1.Mismatch_NOT_FOUND}, nil
	case "name_differs":
		return []domain.Mismatch{registryv1.Mismatch_NAME}, []domain.Mismatch{registryv1.Mismatch_NAME}
	case "birth_date_differs":
		return []domain.Mismatch{registryv1.Mismatch_BIRTH_DATE}, []domain.Mismatch{registryv1.Mismatch_BIRTH_DATE}
	case "passport_invalid":
		return nil, []domain.Mismatch{registryv1.Mismatch_INVALID}
	case "deceased":
		return []domain.Mismatch{registryv1.Mismatch_DECEASED}, []domain.Mismatch{registryv1.Mismatch_DECEASED}
	}
	return nil, nil
}

// Whatever the day, the personas get the answers of their scenarios and pass the forms.
func TestPersonasGetTheAnswersOfTheirScenarios(t *testing.T) {
	registers := registers(t)
	start := identifiers.Date{Year: 2026, Month: 1, Day: 1}
	for days := 0; days < 15*365; days += 13 {
		today := start.AddDays(days)
		for _, p := range registers.Scenarios.List() {
			checkAnswers(t, registers, p, today)
		}
	}
}

func checkAnswers(t *testing.T, registers domain.Registers, p domain.Persona, today identifiers.Date) {
	t.Helper()
	person := p.Listed(today)
	held := person.Passport()
	pfr := registers.Pension(domain.PensionQuestion{
		SNILS: person.SNILS, Name: person.Name, Birth: person.Birth, Gender: person.Gender,
	}, today)
	fms := registers.Passport(domain.PassportQuestion{
		Passport: held.Passport, Name: person.Name, Birth: person.Birth, Issued: held.Issued, IssueCode: held.IssueCode,
	}, today)
	wantPFR, wantFMS := answers(p.Scenario.Name)
	if !slices.Equal(pfr.Mismatches, wantPFR) || !slices.Equal(fms.Mismatches, wantFMS) {
		t.Fatalf("%s %s on %s: PFR %v, FMS %v", p.SNILS.Format(), p.Scenario.Name, today, pfr.Mismatches, fms.Mismatches)
	}
	if err := identifiers.CheckPassportDates(person.Birth, held.Issued, identifiers.Today{Moscow: today, Kamchatka: today}); err != nil {
		t.Fatalf("%s on %s: %v", p.SNILS.Format(), today, err)
	}
	for _, name := range []string{person.Last, person.First} {
		if _, err := identifiers.ParseName(name); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func TestCorrectedDataMatch(t *testing.T) {
	registers, today := registers(t), identifiers.Date{Year: 2026, Month: 11, Day: 21}
	for _, p := range registers.Scenarios.List() {
		person := p.Listed(today)
		q := domain.PensionQuestion{SNILS: person.SNILS, Name: person.Name, Birth: person.Birth, Gender: person.Gender}
		switch p.Scenario.Name {
		case "name_differs":
			q.Last = "Другова"
		case "birth_date_differs":
			q.Birth = identifiers.Date{Year: 1989, Month: 6, Day: 15}
		default:
			continue
		}
		if got := registers.Pension(q, today).Mismatches; len(got) > 0 {
			t.Errorf("%s: %v", p.Scenario.Name, got)
		}
	}
}

func TestDuplicateHasTheOthersPassport(t *testing.T) {
	registers, today := registers(t), identifiers.Date{Year: 2026, Month: 11, Day: 21}
	var first, duplicate domain.Person
	for _, p := range registers.Scenarios.List() {
		switch {
		case p.SNILS == "00000060001":
			first = p.Listed(today)
		case p.Scenario.Name == "duplicate":
			duplicate = p.Listed(today)
		}
	}
	if first.SNILS == duplicate.SNILS || first.Passport() != duplicate.Passport() || first.Name != duplicate.Name {
		t.Errorf("%+v is no duplicate of %+v", duplicate, first)
	}
}

// Every number of the plan is there: 20 ready people and 15 scenarios, usable or waiting.
func TestEveryScenarioIsThereOrReserved(t *testing.T) {
	all, err := parse(file)
	if err != nil {
		t.Fatal(err)
	}
	waiting := 0
	for _, e := range all {
		if e.WaitsFor != "" {
			waiting++
		}
	}
	if len(all) != 35 || waiting != 9 {
		t.Errorf("%d personas, %d of them waiting", len(all), waiting)
	}
	usable := registers(t).Scenarios.List()
	if len(usable) != len(all)-waiting {
		t.Errorf("%d usable", len(usable))
	}
}

func TestWrongFilesAreRefused(t *testing.T) {
	good := "- snils: 000-000-600 01\n  title: {ru: а, en: a}\n  scenario: matched\n  lastName: А\n  firstName: Б\n" +
		"  gender: M\n  birthDate: 1990-01-01\n  issueCode: 770-001\n  address: {postalCode: \"125009\"}\n"
	if _, err := load([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"unknown key":   {"lastName", "surname"},
		"SNILS":         {"600 01", "600 0"},
		"outside":       {"000-000-600 01", "000-000-999 01"},
		"scenario":      {"matched", "lucky"},
		"title":         {"en: a", "en: \"\""},
		"gender":        {"gender: M", "gender: X"},
		"no birth":      {"  birthDate: 1990-01-01\n", ""},
		"birth and age": {"birthDate: 1990-01-01", "birthDate: 1990-01-01\n  age: {years: 14}"},
		"calendar":      {"1990-01-01", "1990-02-30"},
		"office":        {"770-001", "770"},
		"postal code":   {"125009", "000000"},
		"nobody":        {"  lastName", "  sameAs: 000-000-600 77\n  lastName"},
		"not YAML":      {"- snils", "{"},
	} {
		if _, err := load([]byte(strings.Replace(good, change[0], change[1], 1))); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// The README's table is the file: `UPDATE=1 go test ./internal/personas` writes it.
func TestREADME(t *testing.T) {
	const path, begin, end = "../../README.md", "<!-- personas -->\n", "<!-- end of personas -->"
	table, err := Table()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(text), begin)
	_, tail, found := strings.Cut(rest, end)
	want := head + begin + table + end + tail
	if !found {
		t.Fatal("README.md has no place for the table")
	}
	if want == string(text) {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatal("README.md is not up to date: run UPDATE=1 go test ./internal/personas")
	}
	if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
}
