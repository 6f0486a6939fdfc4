package personas

import (
	"bytes"
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

//go:embed personas.yaml
var file []byte

// entry is one persona of the file.
type entry struct {
	SNILS      string           `yaml:"snils"`
	Title      title            `yaml:"title"`
	Scenario   string           `yaml:"scenario"`
	WaitsFor   string           `yaml:"waitsFor"`
	SameAs     string           `yaml:"sameAs"`
	LastName   string           `yaml:"lastName"`
	FirstName  string           `yaml:"firstName"`
	MiddleName string           `yaml:"middleName"`
	Gender     string           `yaml:"gender"`
	BirthDate  identifiers.Date `yaml:"birthDate"`
	Age        age              `yaml:"age"`
	BirthPlace string           `yaml:"birthPlace"`
	IssuedBy   string           `yaml:"issuedBy"`
	IssueCode  string           `yaml:"issueCode"`
	Address    address          `yaml:"address"`
	Registered registered       `yaml:"registered"`
}

type title struct{ Ru, En string }

type age struct{ Years, Days int }

type address struct {
	PostalCode string `yaml:"postalCode"`
	Region     string `yaml:"region"`
	City       string `yaml:"city"`
	Street     string `yaml:"street"`
	House      string `yaml:"house"`
	Flat       string `yaml:"flat"`
}

// registered is what the registries have instead of what the person types.
type registered struct {
	LastName  string           `yaml:"lastName"`
	BirthDate identifiers.Date `yaml:"birthDate"`
}

// parse reads the file; an unknown key is refused.
func parse(text []byte) ([]entry, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var all []entry
	if err := decoder.Decode(&all); err != nil {
		return nil, fmt.Errorf("personas.yaml: %w", err)
	}
	return all, nil
}
