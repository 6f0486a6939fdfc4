package personas

import (
	"fmt"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/registry/internal/domain"
)

// Load is all usable personas of the file.
func Load() (*domain.Scenarios, error) { return load(file) }

func load(text []byte) (*domain.Scenarios, error) {
	all, err := parse(text)
	if err != nil {
		return nil, err
	}
	var usable []domain.Persona
	for _, e := range all {
		if e.WaitsFor != "" {
			continue
		}
		p, err := e.persona(all)
		if err != nil {
			return nil, fmt.Errorf("personas.yaml: %s: %w", e.SNILS, err)
		}
		usable = append(usable, p)
	}
	return domain.NewScenarios(usable)
}

func (e entry) persona(all []entry) (domain.Persona, error) {
	if e.SameAs != "" {
		return e.duplicate(all)
	}
	p := domain.Persona{
		TitleRu: e.Title.Ru, TitleEn: e.Title.En, IssuedBy: e.IssuedBy,
		Born: domain.Birth{Day: e.BirthDate, Years: e.Age.Years, Days: e.Age.Days},
		Card: domain.Person{
			Name:   domain.Name{Last: e.LastName, First: e.FirstName, Middle: e.MiddleName},
			Gender: domain.Gender(e.Gender), BirthPlace: e.BirthPlace, Citizenship: "RUS",
		},
	}
	p.Registered.Birth = e.Registered.BirthDate
	if e.Registered.LastName != "" {
		p.Registered.Name = p.Card.Name
		p.Registered.Last = e.Registered.LastName
	}
	return p, e.check(&p)
}

// duplicate is another persona's data under another SNILS.
func (e entry) duplicate(all []entry) (domain.Persona, error) {
	for _, other := range all {
		if other.SNILS != e.SameAs {
			continue
		}
		p, err := other.persona(nil)
		if err != nil {
			return p, err
		}
		p.PassportOf = p.SNILS
		p.TitleRu, p.TitleEn = e.Title.Ru, e.Title.En
		return p, e.identify(&p).Err()
	}
	return domain.Persona{}, fmt.Errorf("sameAs: there is no %q", e.SameAs)
}

// check reads the values with a format of their own and refuses what the forms would.
func (e entry) check(p *domain.Persona) error {
	fields := e.identify(p)
	var err error
	p.IssueCode, err = identifiers.ParseIssueCode(e.IssueCode)
	fields.Check("issueCode", err)
	a := e.Address
	p.Card.Address = domain.Address{Region: a.Region, City: a.City, Street: a.Street, House: a.House, Flat: a.Flat}
	p.Card.Address.PostalCode, err = identifiers.ParsePostIndex(a.PostalCode)
	fields.Check("address.postalCode", err)
	if p.Card.Gender != domain.Male && p.Card.Gender != domain.Female {
		fields.Add("gender", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	if p.Born.Day.IsZero() == (p.Born.Years == 0) {
		fields.Add("birthDate or age", errorsv1.Reason_FIELD_REQUIRED)
	}
	return fields.Err()
}

// identify reads what every usable persona has.
func (e entry) identify(p *domain.Persona) errs.Fields {
	var fields errs.Fields
	var err error
	p.SNILS, err = identifiers.ParseSNILS(e.SNILS)
	fields.Check("snils", err)
	var ok bool
	if p.Scenario, ok = domain.ScenarioNamed(e.Scenario); !ok {
		fields.Add("scenario", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	if e.Title.Ru == "" || e.Title.En == "" {
		fields.Add("title", errorsv1.Reason_FIELD_REQUIRED)
	}
	return fields
}
