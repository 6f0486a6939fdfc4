package store

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
)

// Rows outlive the program that wrote them: what they hold must stay as it is.
func TestRowsKeepTheirForm(t *testing.T) {
	person := domain.Person{LastName: "Иванов", FirstName: "Иван", Gender: profilev1.Gender_M}
	passport := domain.Document{Type: profilev1.DocumentType_RF_PASSPORT, Series: "4500", Number: "123456"}
	address := domain.Address{Type: profilev1.AddressType_RESIDENCE, Region: "Москва"}
	snapshot := snapshotData{
		Person:   versioned(domain.Versioned[domain.Person]{Version: 2, Value: person}, personRow),
		Passport: versioned(domain.Versioned[domain.Document]{Version: 3, Value: passport}, documentRow),
	}
	const personJSON = `{"LastName":"Иванов","FirstName":"Иван","MiddleName":"","BirthDate":"","BirthPlace":"",` +
		`"Citizenship":"","SNILS":"","Gender":"M"}`
	const passportJSON = `{"Series":"4500","Number":"123456","IssueDate":"","IssuedBy":"","IssueCode":"","Type":"RF_PASSPORT"}`
	const none = `"00000000-0000-0000-0000-000000000000"`
	for want, row := range map[string]any{
		personJSON:   personRow(person),
		passportJSON: documentRow(passport),
		`{"PostalCode":"","Region":"Москва","City":"","Street":"","House":"","Flat":"","Type":"RESIDENCE"}`: addressRow(address),
		`{"Person":{"ID":` + none + `,"Version":2,"Value":` + personJSON + `},"Passport":{"ID":` + none +
			`,"Version":3,"Value":` + passportJSON + `}}`: snapshot,
	} {
		if got, err := json.Marshal(row); err != nil || string(got) != want {
			t.Errorf("row is %s (%v), want %s", got, err, want)
		}
	}
	var read snapshotData
	old := `{"Person":{"ID":"` + uuid.Nil.String() + `","Version":2,"Value":{"LastName":"Иванов","FirstName":"Иван","MiddleName":"",` +
		`"Gender":"M"}},"Passport":{"Version":3,"Value":{"Type":"RF_PASSPORT","Series":"4500","Number":"123456"}}}`
	if err := json.Unmarshal([]byte(old), &read); err != nil {
		t.Fatal(err)
	}
	if p, d := read.Person.Value.value(), read.Passport.Value.value(); p != person || d != passport {
		t.Errorf("read %+v and %+v", p, d)
	}
}
