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
	empty := map[string]string{"last_name": "", "first_name": "", "middle_name": "", "birth_date": "", "snils": "", "passport_number": ""}
	fillIn(empty, anna)
	for field, want := range map[string]string{
		"last_name": "Петрова", "middle_name": "Сергеевна", "birth_date": "08.03.1990", "snils": "000-000-600 01",
		"passport_number": "45 10 123456",
	} {
		if empty[field] != want {
			t.Errorf("%s is %q, want %q", field, empty[field], want)
		}
	}
	if _, asked := empty["issued_by"]; asked {
		t.Error("a field was filled in that the page does not ask for")
	}
	ivan := map[string]string{"last_name": "Иванов", "first_name": "Иван", "middle_name": "", "passport_number": "9902 600017"}
	fillIn(ivan, anna)
	if ivan["last_name"] != "Иванов" || ivan["middle_name"] != "" || ivan["passport_number"] != "9902 600017" {
		t.Errorf("what was there: %v", ivan)
	}
	fillIn(ivan, nil)
}
