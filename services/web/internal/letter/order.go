package letter

import (
	"net/url"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// mayOrder leads away whoever cannot order a letter now; the page that it leads to says why.
func (f feature) mayOrder(r *page.Request) (bool, error) {
	if r.Level() != accountv1.Level_STANDARD {
		return false, notNeeded(r)
	}
	latest, err := progress.LatestLetter(r, f.Confirmations)
	if err != nil {
		return false, err
	}
	if latest != nil && f.now().Before(progress.Time(latest.GetReorderTime())) {
		r.Redirect(paths.Letter)
		return false, nil
	}
	if !r.IsPost() && f.now().Sub(r.User().AuthTime) > proveBefore {
		return false, reauthenticationRequired()
	}
	return true, nil
}

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
	m := Address{Recipient: profiles.FullName(person)}
	if len(known) > 0 {
		m.Address = known[0]
	}
	if r.Typed() {
		m.Address = typedAddress(r)
	}
	if r.IsPost() {
		saved, err := f.saveAddress(r, known, m.Address)
		if err == nil {
			r.Redirect(paths.LetterCheck + "?" + url.Values{"address": {saved.GetId()}}.Encode())
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
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

// saveAddress changes the person's address of the type, or adds it.
func (f feature) saveAddress(r *page.Request, known []*profilev1.Address, typed *profilev1.Address) (*profilev1.Address, error) {
	for _, a := range known {
		if a.GetType() == typed.GetType() {
			return f.Profiles.UpdateAddress(r.Context(), &profilev1.UpdateAddressRequest{
				AccountId: r.AccountID(), AddressId: a.GetId(), Address: typed, UpdateMask: &fieldmaskpb.FieldMask{
					Paths: []string{"postal_code", "region", "city", "street", "house", "flat"},
				},
			})
		}
	}
	return f.Profiles.CreateAddress(r.Context(), &profilev1.CreateAddressRequest{AccountId: r.AccountID(), Address: typed})
}

// fieldSeen is the version of the address that the page shows; names that end so are not kept with what was typed.
const fieldSeen = "seen_etag"

// check shows the address once more, and orders the letter to it: to no other, should another tab have changed it.
func (f feature) check(r *page.Request) error {
	person, err := profiles.Greet(r, f.Profiles)
	if err != nil {
		return err
	}
	known, err := f.addresses(r)
	if err != nil {
		return err
	}
	m := Check{Recipient: profiles.FullName(person)}
	for _, a := range known {
		if a.GetId() == r.URL.Query().Get("address") {
			m.Address = a
		}
	}
	if m.Address == nil {
		r.Redirect(paths.LetterAddress)
		return nil
	}
	if r.IsPost() && r.PostFormValue(fieldSeen) != m.Address.GetEtag() {
		r.Wrong("", errorsv1.Reason_PRECONDITION_FAILED)
	} else if r.IsPost() {
		if done, err := f.order(r, m.Address); err != nil || done {
			return err
		}
	} else if may, err := f.mayOrder(r); err != nil || !may {
		return err
	}
	m.Page = r.Page
	return r.Render(m)
}

// order orders the letter, or leads to the one that another tab has ordered. Its refusals are about no field of this page.
func (f feature) order(r *page.Request, to *profilev1.Address) (done bool, err error) {
	_, err = f.Confirmations.CreateLetterOrder(r.Context(), &confirmationv1.CreateLetterOrderRequest{
		AccountId: r.AccountID(), AddressId: to.GetId(),
	})
	if err == nil || errs.Is(err, errorsv1.Reason_LETTER_ALREADY_ORDERED) {
		r.Redirect(paths.Letter)
		return true, nil
	}
	if !r.Refused(err, "") {
		return false, err
	}
	r.FormExpired()
	return false, nil
}
