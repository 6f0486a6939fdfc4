package domain

import (
	"fmt"
	"slices"
	"testing"

	"github.com/propusk-id/propusk/pkg/identifiers"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

func registersOf(t *testing.T, personas ...Persona) Registers {
	t.Helper()
	c, err := NewScenarios(personas)
	if err != nil {
		t.Fatal(err)
	}
	return Registers{Population: people(t, 1, 10), Scenarios: c}
}

func persona(snils identifiers.SNILS) Persona {
	return Persona{
		SNILS: snils, Scenario: Scenario{Name: Matched}, Born: Birth{Day: day(1990, 1, 1)}, IssueCode: "770-001",
		Card: Person{Name: Name{Last: "Ли", First: "Ян"}, Gender: Male},
	}
}

func TestScenariosAreOnlyInTheirBlock(t *testing.T) {
	for _, wrong := range [][]Persona{
		{persona("00000059901")},
		{persona("00000080001")},
		{persona("00000100004")},
		{persona("11223344595")},
		{persona("")},
		{persona("00000060001"), persona("00000060001")},
		{persona("00000070122"), persona("00000070123")},
	} {
		if _, err := NewScenarios(wrong); err == nil {
			t.Errorf("%v is accepted", wrong)
		}
	}
	list := registersOf(t, persona("00000070122"), persona("00000060002"), persona("00000060001")).Scenarios.List()
	order := []identifiers.SNILS{list[0].SNILS, list[1].SNILS, list[2].SNILS}
	if !slices.Equal(order, []identifiers.SNILS{"00000060001", "00000060002", "00000070122"}) {
		t.Errorf("order %v", order)
	}
}

// A used persona never stops a tester: any last digits are a variant with a passport of its own.
func TestScenariosHaveVariants(t *testing.T) {
	registers, today := registersOf(t, persona("00000060001"), persona("00000070122")), day(2026, 1, 1)
	passports := map[identifiers.Passport]bool{}
	for control := range 100 {
		persona, ok := registers.Scenarios.bySNILS(identifiers.SNILS("000000701" + two(control)))
		variant := persona.typed(identifiers.SNILS("000000701"+two(control)), today)
		if !ok || len(registers.Pension(asksPFR(variant), today).Mismatches) > 0 ||
			len(registers.Passport(asksFMS(variant), today).Mismatches) > 0 {
			t.Fatalf("variant %d: %+v", control, variant)
		}
		passports[variant.Passport().Passport] = true
	}
	if len(passports) != 100 {
		t.Errorf("%d passports", len(passports))
	}
	if _, ok := registers.Scenarios.bySNILS("00000060002"); ok {
		t.Error("a ready person has a variant")
	}
}

func two(n int) string { return fmt.Sprintf("%02d", n) }

func TestFourthDigitOfAPersonasPassport(t *testing.T) {
	registers, today := registersOf(t, persona("00000070122")), day(2026, 1, 1)
	q := asksFMS(registers.Scenarios.List()[0].Listed(today))
	q.Number = "701122"
	if got := registers.Passport(q, today).Mismatches; !slices.Equal(got, []Mismatch{registryv1.Mismatch_NOT_FOUND}) {
		t.Errorf("%v", got)
	}
}

func TestAgesAreOfThisMonth(t *testing.T) {
	teenager := Birth{Years: 14, Days: 75}
	for today := day(2026, 1, 1); today.Year < 2032; today = today.AddDays(1) {
		born := teenager.on(today)
		if born.AgeOn(today) != 14 {
			t.Fatalf("on %s the teenager, born %s, is %d", today, born, born.AgeOn(today))
		}
	}
	if teenager.on(day(2026, 3, 1)) != teenager.on(day(2026, 3, 31)) {
		t.Error("the birthday moves within a month")
	}
}
