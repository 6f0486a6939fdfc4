package app

import (
	"slices"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Claims are the answer of userinfo. Unknown values are left out.
type Claims map[string]any

func (c Claims) set(name, value string) {
	if value != "" {
		c[name] = value
	}
}

// withhold takes out what the person keeps back, and what follows from it.
func (c Claims) withhold(declined []string) {
	for _, claim := range declined {
		delete(c, claim)
		delete(c, claim+"_verified")
	}
	if hasAny(declined, domain.FamilyName, domain.GivenName, domain.MiddleName) {
		delete(c, "name")
		c.set("name", c.fullName())
	}
}

func (c Claims) fullName() string {
	return identifiers.JoinNonEmpty(" ", c.shown(domain.FamilyName), c.shown(domain.GivenName), c.shown(domain.MiddleName))
}

// contacts adds the proven phone and e-mail.
func (c Claims) contacts(scopes []string, contacts *accountv1.Contacts) {
	if hasAny(scopes, domain.Profile) {
		c.set("locale", contacts.GetLanguage())
	}
	if hasAny(scopes, domain.Email) && contacts.GetEmail() != "" {
		c["email"], c["email_verified"] = contacts.GetEmail(), true
	}
	if hasAny(scopes, domain.Phone) && contacts.GetPhone() != "" {
		c["phone_number"], c["phone_number_verified"] = contacts.GetPhone(), true
	}
}

// card adds the person's data. SNILS and passport are given only as far as a registry has vouched for them: an agency must
// not take for an identity what somebody typed.
func (c Claims) card(scopes []string, card *profilev1.Card) {
	if hasAny(scopes, domain.Profile) {
		c.person(card.GetPerson())
	}
	c.unproven(scopes, card)
	if hasAny(scopes, domain.Address) {
		c.address(card.GetAddresses())
	}
	if p := card.GetPerson(); hasAny(scopes, domain.SNILS) && vouchedFor(p, "snils") {
		c.set("snils", identifiers.SNILS(p.GetSnils()).Format())
	}
	if hasAny(scopes, domain.IDDoc) {
		c.document(card.GetDocuments())
	}
}

// person adds who the person is: as typed while nothing is verified, and afterwards only what was.
func (c Claims) person(p *profilev1.Person) {
	given := func(field, value string) string {
		if p.GetState() == profilev1.DataState_VERIFIED && !vouchedFor(p, field) {
			return ""
		}
		return value
	}
	c.set(domain.FamilyName, given("last_name", p.GetLastName()))
	c.set(domain.GivenName, given("first_name", p.GetFirstName()))
	c.set(domain.MiddleName, given("middle_name", p.GetMiddleName()))
	c.set("name", c.fullName())
	c.set(domain.Birthdate, given("birth_date", p.GetBirthDate()))
	c.set(domain.Gender, given("gender", map[profilev1.Gender]string{
		profilev1.Gender_M: "male", profilev1.Gender_F: "female",
	}[p.GetGender()]))
}

// checked is data of which profile says how far it has been checked.
type checked interface {
	GetState() profilev1.DataState
	GetVerifiedFields() *fieldmaskpb.FieldMask
}

// vouchedFor says whether a registry vouched for a field. A profile of the version before, beside which this one runs while it
// is being upgraded, names no fields: for it all that is verified counts, as it did.
func vouchedFor(data checked, field string) bool {
	if data.GetState() != profilev1.DataState_VERIFIED {
		return false
	}
	fields := data.GetVerifiedFields()
	return fields == nil || slices.Contains(fields.GetPaths(), field)
}

// unproven adds contacts that the person gave without proving them, where there is no proven one.
func (c Claims) unproven(scopes []string, card *profilev1.Card) {
	if _, proven := c["email"]; !proven && hasAny(scopes, domain.Email) && card.GetUnprovenEmail() != "" {
		c["email"], c["email_verified"] = card.GetUnprovenEmail(), false
	}
	if _, proven := c["phone_number"]; !proven && hasAny(scopes, domain.Phone) && card.GetUnprovenPhone() != "" {
		c["phone_number"], c["phone_number_verified"] = card.GetUnprovenPhone(), false
	}
}

// address is where the person is registered, else where they live (OpenID Connect Core §5.1.1).
func (c Claims) address(all []*profilev1.Address) {
	a := addressOf(all, profilev1.AddressType_REGISTRATION)
	if a == nil {
		a = addressOf(all, profilev1.AddressType_RESIDENCE)
	}
	if a == nil {
		return
	}
	house, flat := a.GetHouse(), a.GetFlat()
	if house != "" {
		house = "д. " + house
	}
	if flat != "" {
		flat = "кв. " + flat
	}
	out := Claims{"country": "RU"}
	street := identifiers.JoinNonEmpty(", ", a.GetStreet(), house, flat)
	out.set("street_address", street)
	out.set("locality", a.GetCity())
	out.set("region", a.GetRegion())
	out.set("postal_code", a.GetPostalCode())
	out.set("formatted", identifiers.JoinNonEmpty(", ", a.GetPostalCode(), a.GetRegion(), a.GetCity(), street))
	c["address"] = out
}

func addressOf(all []*profilev1.Address, t profilev1.AddressType) *profilev1.Address {
	i := slices.IndexFunc(all, func(a *profilev1.Address) bool { return a.GetType() == t })
	if i < 0 {
		return nil
	}
	return all[i]
}

// document adds the document that was verified, without what nobody vouched for.
func (c Claims) document(all []*profilev1.Document) {
	i := slices.IndexFunc(all, func(d *profilev1.Document) bool { return vouchedFor(d, "series") && vouchedFor(d, "number") })
	if i < 0 {
		return
	}
	d := all[i]
	out := Claims{"type": d.GetType().String()}
	for field, value := range map[string]string{
		"series": d.GetSeries(), "number": d.GetNumber(), "issue_date": d.GetIssueDate(), "issued_by": d.GetIssuedBy(),
		"issue_code": d.GetIssueCode(),
	} {
		if vouchedFor(d, field) {
			out.set(field, value)
		}
	}
	c["id_doc"] = out
}
