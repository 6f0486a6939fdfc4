package page

import (
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/internal/persona"
)

// Persona is the test person that this browser's forms are filled in for, with whose data handlers fill fields that are
// empty; nil: nobody. It is chosen on the sandbox's page of people, and only in a sandbox. What it holds comes from the
// browser and is worth what is typed there.
func (r *Request) Persona() *persona.Persona {
	if !r.site.Sandbox {
		return nil
	}
	p, ok := persona.Decode(r.Cookie(cookies.Persona))
	if !ok {
		return nil
	}
	return &p
}
