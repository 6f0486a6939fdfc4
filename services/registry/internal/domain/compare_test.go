package domain

import (
	"slices"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/identifiers"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

func asksPFR(p Person) PensionQuestion {
	return PensionQuestion{SNILS: p.SNILS, Name: p.Name, Birth: p.Birth, Gender: p.Gender}
}

func asksFMS(p Person) PassportQuestion {
	held := p.Passport()
	return PassportQuestion{
		Passport: held.Passport, Name: p.Name, Birth: p.Birth, Issued: held.Issued, IssueCode: held.IssueCode,
	}
}

func noPersonas(t *testing.T, size int64) Registers {
	t.Helper()
	scenarios, err := NewScenarios(nil)
	if err != nil {
		t.Fatal(err)
	}
	return Registers{Population: people(t, 1, size), Scenarios: scenarios}
}

func differs(n, known Name) bool {
	var c Comparison
	c.basics(n, identifiers.Date{}, Person{Name: known})
	return slices.Contains(c.Mismatches, registryv1.Mismatch_NAME)
}

// Free text in another wording or with other signs is no mismatch, and nothing that a register has not got is vouched for.
func TestRegistersVouchForWhatTheyHave(t *testing.T) {
	registers, today := noPersonas(t, 1000), day(2026, 5, 5)
	person, _ := registers.Population.Person(79, today)
	pfr, fms := asksPFR(person), asksFMS(person)
	pfr.BirthPlace = strings.ToUpper(person.BirthPlace)
	fms.Gender, fms.BirthPlace, fms.Citizenship = person.Gender, person.BirthPlace, "RUS"
	fms.IssuedBy = strings.ToUpper(person.Passport().IssuedBy)
	const basics = "last_name first_name middle_name birth_date"
	wantVouched(t, registers.Pension(pfr, today), "snils "+basics+" gender birth_place")
	wantVouched(t, registers.Passport(fms, today),
		"series number "+basics+" gender issue_date issue_code issued_by birth_place citizenship")
	pfr.BirthPlace, fms.BirthPlace, fms.IssuedBy, fms.Citizenship = "Атлантида", "Атлантида", "Кремль", "ATA"
	wantVouched(t, registers.Pension(pfr, today), "snils "+basics+" gender")
	wantVouched(t, registers.Passport(fms, today), "series number "+basics+" gender issue_date issue_code")
	pfr.BirthPlace, fms.BirthPlace = person.BirthPlace+".", "("+person.BirthPlace+")"
	fms.IssuedBy, fms.Citizenship = person.Passport().IssuedBy+";;", "RUS"
	wantVouched(t, registers.Pension(pfr, today), "snils "+basics+" gender")
	wantVouched(t, registers.Passport(fms, today), "series number "+basics+" gender issue_date issue_code citizenship")
	fms.Gender = map[Gender]Gender{Male: Female, Female: Male}[person.Gender]
	if got := registers.Passport(fms, today).Mismatches; !slices.Equal(got, []Mismatch{registryv1.Mismatch_GENDER}) {
		t.Errorf("another sex: %v", got)
	}
}

func wantVouched(t *testing.T, got Finding, want string) {
	t.Helper()
	if len(got.Mismatches) > 0 || strings.Join(got.Vouched, " ") != want {
		t.Errorf("mismatches %v, vouched %v; want %s", got.Mismatches, got.Vouched, want)
	}
}

// Only case and ё for е: who knows the name under another spelling has not said it.
func TestNamesCompareByCaseAndYoOnly(t *testing.T) {
	known := Name{Last: "Семёнова-Щёголева", First: "Алёна", Middle: "Гасан оглы"}
	for _, same := range []Name{
		known,
		{"СЕМЁНОВА-ЩЁГОЛЕВА", "АЛЁНА", "ГАСАН ОГЛЫ"},
		{"семенова-щеголева", "Але\u0308на", "гасан оглы"},
	} {
		if differs(same, known) {
			t.Errorf("%v differs", same)
		}
	}
	for _, other := range []Name{
		{"Семёнова", "Алёна", "Гасан оглы"},
		{"Семёнова-Щёголева", "Елена", "Гасан оглы"},
		{"Семёнова-Щёголева", "Алёна", ""},
		{"Семёнова Щёголева", "Алёна", "Гасан оглы"},
		{"Семёнова-Щёголева-", "Алёна", "Гасан оглы"},
		{"Семёнова-Щёголева", "А л ё н а", "Гасан оглы"},
		{"Семёнова-Щёголева", "Алёна", "Гасаноглы"},
		{},
	} {
		if !differs(other, known) {
			t.Errorf("%v is the same", other)
		}
	}
	if differs(Name{Last: "Белыи\u0306"}, Name{Last: "Белый"}) || !differs(Name{Last: "Белыи"}, Name{Last: "Белый"}) {
		t.Error("й is not compared as one letter")
	}
}

func TestPensionFundNamesWhatDiffers(t *testing.T) {
	registers, today := noPersonas(t, 1000), day(2026, 5, 5)
	person, _ := registers.Population.Person(77, today)
	for name, c := range map[string]struct {
		change func(q *PensionQuestion)
		want   []Mismatch
	}{
		"nothing": {func(*PensionQuestion) {}, nil},
		"name":    {func(q *PensionQuestion) { q.Middle += "а" }, []Mismatch{registryv1.Mismatch_NAME}},
		"birth":   {func(q *PensionQuestion) { q.Birth = q.Birth.AddDays(1) }, []Mismatch{registryv1.Mismatch_BIRTH_DATE}},
		"gender":  {func(q *PensionQuestion) { q.Gender = "" }, []Mismatch{registryv1.Mismatch_GENDER}},
		"all": {
			func(q *PensionQuestion) { *q = PensionQuestion{SNILS: q.SNILS} },
			[]Mismatch{registryv1.Mismatch_NAME, registryv1.Mismatch_BIRTH_DATE, registryv1.Mismatch_GENDER},
		},
		"number":   {func(q *PensionQuestion) { q.SNILS = snilsOf(1001) }, []Mismatch{registryv1.Mismatch_NOT_FOUND}},
		"control":  {func(q *PensionQuestion) { q.SNILS = snilsOf(77 + numbers) }, []Mismatch{registryv1.Mismatch_NOT_FOUND}},
		"real one": {func(q *PensionQuestion) { q.SNILS = "11223344595" }, []Mismatch{registryv1.Mismatch_NOT_FOUND}},
	} {
		q := asksPFR(person)
		c.change(&q)
		if got := registers.Pension(q, today).Mismatches; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestPassportRegisterNamesWhatDiffers(t *testing.T) {
	registers, today := noPersonas(t, 1000), day(2026, 5, 5)
	person, _ := registers.Population.Person(78, today)
	for name, c := range map[string]struct {
		change func(q *PassportQuestion)
		want   []Mismatch
	}{
		"nothing": {func(*PassportQuestion) {}, nil},
		"name":    {func(q *PassportQuestion) { q.Last = "Ю" }, []Mismatch{registryv1.Mismatch_NAME}},
		"birth":   {func(q *PassportQuestion) { q.Birth = identifiers.Date{} }, []Mismatch{registryv1.Mismatch_BIRTH_DATE}},
		"issued":  {func(q *PassportQuestion) { q.Issued = q.Issued.AddDays(-1) }, []Mismatch{registryv1.Mismatch_ISSUE}},
		"office":  {func(q *PassportQuestion) { q.IssueCode = "000-001" }, []Mismatch{registryv1.Mismatch_ISSUE}},
		"series":  {func(q *PassportQuestion) { q.Series = "9326" }, []Mismatch{registryv1.Mismatch_NOT_FOUND}},
		"year":    {func(q *PassportQuestion) { q.Series = q.Series[:2] + "97" }, []Mismatch{registryv1.Mismatch_NOT_FOUND}},
		"no one":  {func(q *PassportQuestion) { q.Passport = identifiers.Passport{} }, []Mismatch{registryv1.Mismatch_NOT_FOUND}},
		"letters": {func(q *PassportQuestion) { q.Number = "12345x" }, []Mismatch{registryv1.Mismatch_NOT_FOUND}},
	} {
		q := asksFMS(person)
		c.change(&q)
		if got := registers.Passport(q, today).Mismatches; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Time passes over one person: his passport becomes a replaced one, and the next was unknown before.
func TestReplacedPassportIsInvalid(t *testing.T) {
	registers := noPersonas(t, 100_000)
	var person Person
	for n := int64(1); person.Birth.Year != 2003; n++ {
		person = registers.Population.compute(n, day(2027, 1, 1))
	}
	renewal := person.Passport().Issued
	before, after := renewal, renewal.AddDays(1)
	young, _ := registers.Population.bySNILS(person.SNILS, before)
	for name, c := range map[string]struct {
		of   Person
		on   identifiers.Date
		want []Mismatch
	}{
		"old before": {young, before, nil},
		"old after":  {young, after, []Mismatch{registryv1.Mismatch_INVALID}},
		"new before": {person, before, []Mismatch{registryv1.Mismatch_NOT_FOUND}},
		"new after":  {person, after, nil},
	} {
		if got := registers.Passport(asksFMS(c.of), c.on).Mismatches; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
