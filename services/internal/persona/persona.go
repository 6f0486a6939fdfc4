// Package persona is the test person whose data a sandbox fills in, on the way from the sandbox's pages to the hosted forms:
// in a cookie of the browser that chose it. Nothing in it is real, and nobody believes it more than what is typed.
package persona

import (
	"encoding/base64"
	"encoding/json"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/services/internal/cookies"
)

// Persona has what the forms ask for. Dates are ISO 8601, the SNILS is eleven digits.
type Persona struct {
	LastName    string `json:"ln"`
	FirstName   string `json:"fn"`
	MiddleName  string `json:"mn,omitempty"`
	Gender      string `json:"g"`
	BirthDate   string `json:"bd"`
	BirthPlace  string `json:"bp,omitempty"`
	Citizenship string `json:"c"`
	SNILS       string `json:"sn"`

	Series    string `json:"ps,omitempty"`
	Number    string `json:"pn,omitempty"`
	IssueDate string `json:"pd,omitempty"`
	IssuedBy  string `json:"pb,omitempty"`
	IssueCode string `json:"pc,omitempty"`

	PostalCode string `json:"zi,omitempty"`
	Region     string `json:"re,omitempty"`
	City       string `json:"ci,omitempty"`
	Street     string `json:"st,omitempty"`
	House      string `json:"ho,omitempty"`
	Flat       string `json:"fl,omitempty"`
}

// FullName is last, first and middle name.
func (p Persona) FullName() string {
	return identifiers.JoinNonEmpty(" ", p.LastName, p.FirstName, p.MiddleName)
}

// Encode is the cookie's value; false: it would be too long.
func (p Persona) Encode() (string, bool) {
	content, err := json.Marshal(p)
	value := base64.RawURLEncoding.EncodeToString(content)
	return value, err == nil && len(value) <= cookies.MaxPersona
}

// Decode reads a cookie's value; false: it is no persona's.
func Decode(value string) (Persona, bool) {
	var p Persona
	if value == "" || len(value) > cookies.MaxPersona {
		return p, false
	}
	content, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || json.Unmarshal(content, &p) != nil || p.LastName == "" {
		return Persona{}, false
	}
	return p, true
}
