package web

import (
	"net/http"
	"strconv"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

// personaBody is a person to sign up as: bodies that the REST API accepts as they are.
type personaBody struct {
	Person   person            `json:"person"`
	Passport passport          `json:"passport"`
	Address  address           `json:"address"`
	Fate     string            `json:"fate"`
	Title    map[string]string `json:"title,omitempty"`
}

type person struct {
	LastName    string `json:"lastName"`
	FirstName   string `json:"firstName"`
	MiddleName  string `json:"middleName,omitempty"`
	Gender      string `json:"gender"`
	BirthDate   string `json:"birthDate"`
	BirthPlace  string `json:"birthPlace"`
	Citizenship string `json:"citizenship"`
	SNILS       string `json:"snils"`
}

type passport struct {
	Type      string `json:"type"`
	Series    string `json:"series"`
	Number    string `json:"number"`
	IssueDate string `json:"issueDate"`
	IssuedBy  string `json:"issuedBy"`
	IssueCode string `json:"issueCode"`
}

type address struct {
	Type       string `json:"type"`
	PostalCode string `json:"postalCode"`
	Region     string `json:"region"`
	City       string `json:"city"`
	Street     string `json:"street"`
	House      string `json:"house"`
	Flat       string `json:"flat"`
}

func (w *Web) listPersonas(rw http.ResponseWriter, r *http.Request) error {
	q, err := pageOf(r.URL.Query())
	if err != nil {
		return err
	}
	list, next, err := w.App.PersonaPage(r.Context(), q)
	if err != nil {
		return err
	}
	out := make([]personaBody, len(list))
	for i, p := range list {
		out[i] = personaBodyOf(p)
		out[i].Title = map[string]string{"ru": p.GetTitleRu(), "en": p.GetTitleEn()}
	}
	return writePage(rw, "personas", out, next)
}

func (w *Web) getPerson(rw http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return errs.New(errorsv1.Reason_POPULATION_OUT_OF_RANGE, "people have numbers from 1 on")
	}
	p, err := w.App.Person(r.Context(), n)
	if err != nil {
		return err
	}
	return writeJSON(rw, personaBodyOf(p))
}

func personaBodyOf(p *registryv1.Persona) personaBody {
	d, a := p.GetPassport(), p.GetAddress()
	return personaBody{
		Person: person{
			LastName: p.GetLastName(), FirstName: p.GetFirstName(), MiddleName: p.GetMiddleName(), Gender: p.GetGender(),
			BirthDate: p.GetBirthDate(), BirthPlace: p.GetBirthPlace(), Citizenship: p.GetCitizenship(), SNILS: identifiers.SNILS(p.GetSnils()).Format(),
		},
		Passport: passport{
			Type: "RF_PASSPORT", Series: d.GetSeries(), Number: d.GetNumber(), IssueDate: d.GetIssueDate(),
			IssuedBy: d.GetIssuedBy(), IssueCode: d.GetIssueCode(),
		},
		Address: address{
			Type: "REGISTRATION", PostalCode: a.GetPostalCode(), Region: a.GetRegion(), City: a.GetCity(),
			Street: a.GetStreet(), House: a.GetHouse(), Flat: a.GetFlat(),
		},
		Fate: p.GetFate(),
	}
}
