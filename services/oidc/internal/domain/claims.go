package domain

import (
	"slices"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// The claims that people are shown and may keep back, as userinfo names them. What follows from one goes with it: `name` is
// made of the three names, `email_verified` says something about `email`.
const (
	FamilyName  = "family_name"
	GivenName   = "given_name"
	MiddleName  = "middle_name"
	Gender      = "gender"
	Birthdate   = "birthdate"
	Locale      = "locale"
	EmailClaim  = "email"
	PhoneNumber = "phone_number"
	AddressData = "address"
	SNILSNumber = "snils"
	IDDocument  = "id_doc"
)

// ClaimsOf are the claims that scopes give, in the order in which they are shown to people.
func ClaimsOf(scopes []string) []string {
	of := map[string][]string{
		Profile: {FamilyName, GivenName, MiddleName, Gender, Birthdate, Locale},
		Email:   {EmailClaim}, Phone: {PhoneNumber}, Address: {AddressData}, SNILS: {SNILSNumber}, IDDoc: {IDDocument},
	}
	var out []string
	for _, s := range Scopes() {
		if slices.Contains(scopes, s) {
			out = append(out, of[s]...)
		}
	}
	return out
}

// Withhold checks what a person keeps back of what the scopes give: the client must have said that it can do without.
// Anything else is refused, since giving what somebody has declined would be worse.
func (c Client) Withhold(scopes, declined []string) ([]string, error) {
	if !subset(declined, c.VoluntaryClaims) || !subset(declined, ClaimsOf(scopes)) {
		var wrong errs.Fields
		wrong.Add("declined_claims", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
		return nil, wrong.Err()
	}
	return set(declined), nil
}

// KeptBack are the claims that a request's answer has not: those that the person keeps back, and those that nobody asked for.
func (r Request) KeptBack(declined []string) []string {
	return set(append(slices.Clone(declined), r.Withheld...))
}
