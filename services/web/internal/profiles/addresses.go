package profiles

import (
	"github.com/propusk-id/propusk/pkg/identifiers"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/web/internal/components"
)

// AddressFacts are an address, part by part, to be checked.
func AddressFacts(p components.Page, a *profilev1.Address) []components.Fact {
	return []components.Fact{
		{Name: p.T("field.postal_code"), Value: a.GetPostalCode()},
		{Name: p.T("field.region"), Value: a.GetRegion()},
		{Name: p.T("field.city"), Value: a.GetCity()},
		{Name: p.T("field.street"), Value: a.GetStreet()},
		{Name: p.T("field.house"), Value: a.GetHouse()},
		{Name: p.T("field.flat"), Value: a.GetFlat()},
	}
}

// AddressLine is an address in a line.
func AddressLine(a *profilev1.Address) string {
	return i18n.UnbrokenAddress(identifiers.JoinNonEmpty(
		", ", a.GetPostalCode(), a.GetRegion(), a.GetCity(), a.GetStreet(), a.GetHouse(), a.GetFlat()))
}
