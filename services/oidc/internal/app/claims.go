package app

import (
	"slices"

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

// card adds the person's data. SNILS and passport are given only once the registries have verified them: an agency must
// not take a typed number for an identity.
func (c Claims) card(scopes []string, card *profilev1.Card) {
	if hasAny(scopes, domain.Profile) {
		c.person(card.GetPerson())
	}
	c.unproven(scopes, card)
	if hasAny(scopes, domain.Address) {
		c.address(card.GetAddresses())
	}
	if p := card.GetPerson(); hasAny(scopes, domain.SNILS) && p.GetState() == profilev1.DataState_VERIFIED {
		c.set("snils", identifiers.SNILS(p.GetSnils()).Format())
	}
	if hasAny(scopes, domain.IDDoc) {
		c.document(card.GetDocuments())
	}
}

func (c Claims) person(p *profilev1.Person) {
	c.set("family_name", p.GetLastName())
	c.set("given_name", p.GetFirstName())
	c.set("middle_name", p.GetMiddleName())
	c.set("name", identifiers.JoinNonEmpty(" ", p.GetLastName(), p.GetFirstName(), p.GetMiddleName()))
	c.set("birthdate", p.GetBirthDate())
	switch p.GetGender() {
	case profilev1.Gender_M:
		c["gender"] = "male"
	case profilev1.Gender_F:
		c["gender"] = "female"
	case profilev1.Gender_GENDER_UNSPECIFIED:
	}
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

func (c Claims) document(all []*profilev1.Document) {
	i := slices.IndexFunc(all, func(d *profilev1.Document) bool { return d.GetState() == profilev1.DataState_VERIFIED })
	if i < 0 {
		return
	}
	d := all[i]
	c["id_doc"] = map[string]string{
		"type": d.GetType().String(), "series": d.GetSeries(), "number": d.GetNumber(), "issue_date": d.GetIssueDate(),
		"issued_by": d.GetIssuedBy(), "issue_code": d.GetIssueCode(),
	}
}
