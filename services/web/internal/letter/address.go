package letter

import (
	"net/url"
	"slices"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// address takes the address and saves it among the person's data.
func (f feature) address(r *page.Request) error {
	person, err := profiles.Greet(r, f.Profiles)
	if err != nil {
		return err
	}
	if may, err := f.mayOrder(r); err != nil || !may {
		return err
	}
	known, err := f.addresses(r)
	if err != nil {
		return err
	}
	m := Address{Recipient: profiles.FullName(person), Seen: version(known)}
	if len(known) > 0 {
		m.Address = known[0]
	}
	if r.Typed() {
		m.Address = typedAddress(r)
	}
	if r.IsPost() {
		id, err := f.saveAddress(r, known, m.Address)
		if err == nil {
			r.Redirect(paths.LetterCheck + "?" + url.Values{"address": {id}}.Encode())
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	if saved := ofType(known, m.Address); saved != nil && r.Has(errorsv1.Reason_PRECONDITION_FAILED) {
		m.Saved = profiles.AddressFacts(r.Page, saved)
	}
	m.Page = r.Page
	return r.Render(m)
}

func (f feature) addresses(r *page.Request) ([]*profilev1.Address, error) {
	list, err := f.Profiles.ListAddresses(r.Context(), &profilev1.ListAddressesRequest{AccountId: r.AccountID()})
	return list.GetAddresses(), err
}

func typedAddress(r *page.Request) *profilev1.Address {
	return &profilev1.Address{
		Type:       profilev1.AddressType(profilev1.AddressType_value[r.Field("type")]),
		PostalCode: r.Field("postal_code"), Region: r.Field("region"), City: r.Field("city"),
		Street: r.Field("street"), House: r.Field("house"), Flat: r.Field("flat"),
	}
}

// saveAddress changes the person's address of the type, or adds it, and gives its id. The same as is saved needs no saving, so
// that a form sent twice, or from two tabs, acts once; what another tab has saved since the page was made is not overwritten
// unseen.
func (f feature) saveAddress(r *page.Request, known []*profilev1.Address, typed *profilev1.Address) (string, error) {
	saved := ofType(known, typed)
	if saved != nil && same(saved, typed) {
		return saved.GetId(), nil
	}
	err := profiles.CheckSeen(r, version(known))
	if err != nil {
		return "", err
	}
	id, err := f.write(r, saved, typed)
	if !errs.Is(err, errorsv1.Reason_ADDRESS_EXISTS) && !errs.Is(err, errorsv1.Reason_PRECONDITION_FAILED) {
		return id, err
	}
	known, err = f.addresses(r) // another tab was faster
	if now := ofType(known, typed); err != nil || now != nil && same(now, typed) {
		return now.GetId(), err
	}
	return "", profiles.SavedElsewhere()
}

// write adds the typed address, or changes the saved one to it.
func (f feature) write(r *page.Request, saved, typed *profilev1.Address) (string, error) {
	if saved == nil {
		made, err := f.Profiles.CreateAddress(r.Context(), &profilev1.CreateAddressRequest{AccountId: r.AccountID(), Address: typed})
		return made.GetId(), err
	}
	changed, err := f.Profiles.UpdateAddress(r.Context(), &profilev1.UpdateAddressRequest{
		AccountId: r.AccountID(), AddressId: saved.GetId(), Address: typed, IfMatch: saved.GetEtag(),
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"postal_code", "region", "city", "street", "house", "flat"}},
	})
	return changed.GetId(), err
}

// ofType is the saved address of the typed one's type; nil: there is none.
func ofType(known []*profilev1.Address, typed *profilev1.Address) *profilev1.Address {
	for _, a := range known {
		if a.GetType() == typed.GetType() {
			return a
		}
	}
	return nil
}

// same says whether what was typed is what is saved, however it is spaced.
func same(saved, typed *profilev1.Address) bool {
	index, err := identifiers.ParsePostIndex(typed.GetPostalCode())
	return err == nil && string(index) == saved.GetPostalCode() && slices.Equal(parts(saved), parts(typed))
}

// parts are the other parts of an address as they are saved; what cannot be read is given back as it is.
func parts(a *profilev1.Address) []string {
	out := []string{a.GetRegion(), a.GetCity(), a.GetStreet(), a.GetHouse(), a.GetFlat()}
	for i, part := range out {
		if read, err := identifiers.ParsePrintable(part, len(part)); err == nil {
			out[i] = read
		}
	}
	return out
}

// version is that of all saved addresses: the form can be about any of them.
func version(known []*profilev1.Address) string {
	var all []string
	for _, a := range known {
		all = append(all, a.GetId(), a.GetEtag())
	}
	return profiles.Version(all...)
}
