package domain

import (
	"fmt"
	"slices"
	"testing"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

func stage(t *testing.T, cast ...Persona) Registers {
	t.Helper()
	c, err := NewCast(cast)
	if err != nil {
		t.Fatal(err)
	}
	return Registers{Population: people(t, 1, 10), Cast: c}
}

func actor(snils identifiers.SNILS) Persona {
	return Persona{
		SNILS: snils, Fate: Fate{Name: Matched}, Born: Birth{Day: day(1990, 1, 1)}, IssueCode: "770-001",
		Card: Person{Name: Name{Last: "Ли", First: "Ян"}, Gender: Male},
	}
}

func TestCastTakesOnlyItsBlock(t *testing.T) {
	for _, wrong := range [][]Persona{
		{actor("00000059901")},
		{actor("00000080001")},
		{actor("00000100004")},
		{actor("11223344595")},
		{actor("")},
		{actor("00000060001"), actor("00000060001")},
		{actor("00000070122"), actor("00000070123")},
	} {
		if _, err := NewCast(wrong); err == nil {
			t.Errorf("%v is accepted", wrong)
		}
	}
	list := stage(t, actor("00000070122"), actor("00000060002"), actor("00000060001")).Cast.List()
	order := []identifiers.SNILS{list[0].SNILS, list[1].SNILS, list[2].SNILS}
	if !slices.Equal(order, []identifiers.SNILS{"00000060001", "00000060002", "00000070122"}) {
		t.Errorf("order %v", order)
	}
}

// A spent persona never stops a tester: any last digits are a twin with a passport of his own.
func TestFatesHaveTwins(t *testing.T) {
	books, today := stage(t, actor("00000060001"), actor("00000070122")), day(2026, 1, 1)
	passports := map[identifiers.Passport]bool{}
	for control := range 100 {
		persona, ok := books.Cast.bySNILS(identifiers.SNILS("000000701" + two(control)))
		twin := persona.typed(identifiers.SNILS("000000701"+two(control)), today)
		if !ok || len(books.Pension(asksPFR(twin), today).Mismatches) > 0 ||
			len(books.Passport(asksFMS(twin), today).Mismatches) > 0 {
			t.Fatalf("twin %d: %+v", control, twin)
		}
		passports[twin.Passport().Passport] = true
	}
	if len(passports) != 100 {
		t.Errorf("%d passports", len(passports))
	}
	if _, ok := books.Cast.bySNILS("00000060002"); ok {
		t.Error("a ready person has a twin")
	}
}

func two(n int) string { return fmt.Sprintf("%02d", n) }

func TestFourthDigitOfAPersonasPassport(t *testing.T) {
	books, today := stage(t, actor("00000070122")), day(2026, 1, 1)
	q := asksFMS(books.Cast.List()[0].Listed(today))
	q.Number = "701122"
	if got := books.Passport(q, today).Mismatches; !slices.Equal(got, []Mismatch{NotFound}) {
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
