package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/internal/persona"
	"github.com/propusk-id/propusk/services/sandbox/internal/pages"
)

// personaLife is how long the hosted forms are filled in for a chosen person.
const personaLife = 24 * time.Hour

const peoplePath = "/phone/people"

// people is the page of personas.
func (w *Web) people(rw http.ResponseWriter, r *http.Request) {
	view := pages.People{Page: w.Pages.For(r), Number: numberOf(r.URL.Query().Get("n")), Chosen: w.chosen(r)}
	var err error
	view.Personas, err = w.App.Personas(r.Context())
	if r.URL.Query().Has("n") && err == nil {
		view.Person, err = w.App.Person(r.Context(), view.Number)
	}
	switch {
	case errs.Is(err, errorsv1.Reason_POPULATION_OUT_OF_RANGE):
		view.Error = "people_unknown"
	case err != nil:
		view.Error = "people_down"
	}
	pages.Render(rw, r, http.StatusOK, view)
}

// person is the page of one of them.
func (w *Web) person(rw http.ResponseWriter, r *http.Request) {
	p, err := w.personaBy(r, r.PathValue("snils"), "")
	switch {
	case err != nil:
		w.failed(rw, r)
	case p == nil:
		w.missing(rw, r)
	default:
		pages.Render(rw, r, http.StatusOK, pages.Person{Page: w.Pages.For(r), Persona: p, Chosen: w.chosen(r)})
	}
}

// choosePerson has the hosted forms filled in for a person, or for nobody any more, in this browser.
func (w *Web) choosePerson(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, maxBody)
	if r.PostFormValue("stop") != "" {
		w.Cookies.Clear(rw, cookies.Persona)
		http.Redirect(rw, r, peoplePath, http.StatusSeeOther)
		return
	}
	snils, n := r.PostFormValue("snils"), r.PostFormValue("n")
	p, err := w.personaBy(r, snils, n)
	if err != nil {
		w.failed(rw, r)
		return
	}
	value, fits := personaOf(p).Encode()
	if p == nil || !fits {
		w.missing(rw, r)
		return
	}
	w.Cookies.Set(rw, cookies.Persona, value, personaLife)
	next := peoplePath + "/" + url.PathEscape(snils)
	if n != "" {
		next = peoplePath + "?" + url.Values{"n": {n}}.Encode()
	}
	http.Redirect(rw, r, next, http.StatusSeeOther)
}

// personaBy finds a person of the list by SNILS, or of the population by number; nil: there is nobody.
func (w *Web) personaBy(r *http.Request, snils, number string) (*registryv1.Persona, error) {
	if number != "" {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, nil
		}
		p, err := w.App.Person(r.Context(), n)
		if errs.Is(err, errorsv1.Reason_POPULATION_OUT_OF_RANGE) {
			return nil, nil
		}
		return p, err
	}
	list, err := w.App.Personas(r.Context())
	for _, p := range list {
		if p.GetSnils() == snils {
			return p, nil
		}
	}
	return nil, err
}

// chosen is the name of whom this browser's forms are filled in for.
func (w *Web) chosen(r *http.Request) string {
	p, _ := persona.Decode(w.Cookies.Get(r, cookies.Persona))
	return p.FullName()
}

func personaOf(p *registryv1.Persona) persona.Persona {
	d, a := p.GetPassport(), p.GetAddress()
	return persona.Persona{
		LastName: p.GetLastName(), FirstName: p.GetFirstName(), MiddleName: p.GetMiddleName(), Gender: p.GetGender(),
		BirthDate: p.GetBirthDate(), BirthPlace: p.GetBirthPlace(), Citizenship: p.GetCitizenship(), SNILS: p.GetSnils(),
		Series: d.GetSeries(), Number: d.GetNumber(), IssueDate: d.GetIssueDate(), IssuedBy: d.GetIssuedBy(), IssueCode: d.GetIssueCode(),
		PostalCode: a.GetPostalCode(), Region: a.GetRegion(), City: a.GetCity(), Street: a.GetStreet(), House: a.GetHouse(), Flat: a.GetFlat(),
	}
}
