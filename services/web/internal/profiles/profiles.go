// Package profiles reads the card and the documents of the signed-in person, which several pages show.
package profiles

import (
	"strings"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
)

// Greet puts the signed-in person's short name on the page, and gives his card.
func Greet(r *page.Request, profiles profilev1.ProfileServiceClient) (*profilev1.Person, error) {
	person, err := profiles.GetPerson(r.Context(), &profilev1.GetPersonRequest{AccountId: r.AccountID()})
	if err != nil {
		return nil, err
	}
	r.Page.SignedInName = shortName(person)
	return person, nil
}

// Card gives everything that is known about the signed-in person, and puts the short name on the page.
func Card(r *page.Request, profiles profilev1.ProfileServiceClient) (*profilev1.Card, error) {
	card, err := profiles.GetCard(r.Context(), &profilev1.GetCardRequest{AccountId: r.AccountID()})
	if err != nil {
		return nil, err
	}
	r.Page.SignedInName = shortName(card.GetPerson())
	return card, nil
}

// Passport is the person's passport; an empty one when there is none.
func Passport(r *page.Request, profiles profilev1.ProfileServiceClient) (*profilev1.Document, error) {
	list, err := profiles.ListDocuments(r.Context(), &profilev1.ListDocumentsRequest{AccountId: r.AccountID()})
	if err != nil {
		return nil, err
	}
	return PassportIn(list.GetDocuments()), nil
}

// PassportIn is the passport among documents; an empty one when there is none.
func PassportIn(documents []*profilev1.Document) *profilev1.Document {
	for _, d := range documents {
		if d.GetType() == profilev1.DocumentType_RF_PASSPORT {
			return d
		}
	}
	return &profilev1.Document{}
}

// FullName is the whole name: last, first, middle.
func FullName(p *profilev1.Person) string {
	return strings.Join(strings.Fields(p.GetLastName()+" "+p.GetFirstName()+" "+p.GetMiddleName()), " ")
}

// shortName is "Анна П.".
func shortName(p *profilev1.Person) string {
	last := []rune(p.GetLastName())
	if len(last) == 0 {
		return p.GetFirstName()
	}
	return p.GetFirstName() + " " + string(last[0]) + "."
}
