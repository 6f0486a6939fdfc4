package person

import (
	"testing"

	"github.com/propusk-id/propusk/services/internal/persona"
)

func TestAPersonaFillsOnlyWhatIsEmpty(t *testing.T) {
	anna := &persona.Persona{
		LastName: "Петрова", FirstName: "Анна", MiddleName: "Сергеевна", Gender: "F", BirthDate: "1990-03-08", BirthPlace: "г. Тула",
		Citizenship: "RUS", SNILS: "00000060001", Series: "4510", Number: "123456", IssueDate: "2010-04-02", IssuedBy: "ОВД",
		IssueCode: "770-001",
	}
	var empty Form
	empty.fillIn(anna)
	if empty.LastName != "Петрова" || empty.MiddleName != "Сергеевна" || empty.Gender != "F" || empty.BirthDate != "1990-03-08" ||
		empty.SNILS != "00000060001" || empty.Series != "4510" || empty.Number != "123456" || empty.IssueCode != "770-001" {
		t.Errorf("an empty form: %+v", empty)
	}
	ivan := Form{LastName: "Иванов", FirstName: "Иван", BirthDate: "1980-01-01", Number: "654321"}
	ivan.fillIn(anna)
	if ivan.LastName != "Иванов" || ivan.MiddleName != "" || ivan.BirthDate != "1980-01-01" || ivan.Number != "654321" || ivan.Series != "4510" {
		t.Errorf("what was there: %+v", ivan)
	}
	ivan.fillIn(nil)
}
