package pages

import (
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

const (
	pathConfirmed = "/cabinet/confirmed"
	// proveBefore sends the person to the password before he types an address or a code that would then be refused:
	// both need a sign-in of the last 20 minutes.
	proveBefore = 15 * time.Minute
)

// letter orders the letter, or shows where it is.
func (p *Pages) letter(v *visit) error {
	person, err := p.greetedPerson(v)
	if err != nil {
		return err
	}
	if v.session.GetLevel() != accountv1.Level_STANDARD {
		return p.letterNotNeeded(v)
	}
	latest, err := p.latestLetter(v)
	if err != nil {
		return err
	}
	if latest != nil && !v.isPost() && v.r.URL.Query().Get("new") == "" &&
		(letterUsable(latest) || latest.GetState() == confirmationv1.LetterState_RETURNED) {
		return v.show(p.letterStatus(v, latest))
	}
	return p.orderLetter(v, person)
}

func (p *Pages) letterNotNeeded(v *visit) error {
	if v.session.GetLevel() == accountv1.Level_CONFIRMED {
		v.redirect(pathConfirmed)
		return nil
	}
	v.redirect(view.PathCabinet)
	return nil
}

func (p *Pages) letterStatus(v *visit, l *confirmationv1.LetterOrder) view.LetterStatus {
	reorder := at(l.GetReorderTime())
	return view.LetterStatus{
		Page: v.page, State: l.GetState().String(), TrackingNumber: l.GetTrackingNumber(), TrackingURL: l.GetTrackingUrl(),
		Address: l.GetAddress(), CreateTime: at(l.GetCreateTime()), CodeExpireTime: at(l.GetCodeExpireTime()),
		CanReorder: !p.Now().Before(reorder), ReorderTime: reorder,
	}
}

// orderLetter saves the address and orders the letter to it.
func (p *Pages) orderLetter(v *visit, person *profilev1.Person) error {
	if !v.isPost() && p.Now().Sub(v.session.GetAuthTime().AsTime()) > proveBefore {
		return reauthenticationRequired()
	}
	addresses, err := p.Profiles.ListAddresses(v.ctx, &profilev1.ListAddressesRequest{AccountId: v.accountID()})
	if err != nil {
		return err
	}
	m := view.LetterOrder{Recipient: fullName(person)}
	if list := addresses.GetAddresses(); len(list) > 0 {
		m = fillAddress(m, list[0])
	}
	if v.isPost() {
		m = typedAddress(v, m)
		done, err := p.sendLetter(v, addresses.GetAddresses(), m)
		if err != nil || done {
			return err
		}
	}
	m.Page = v.page
	return v.show(m)
}

func fillAddress(m view.LetterOrder, a *profilev1.Address) view.LetterOrder {
	m.Type, m.PostalCode, m.Region, m.City = a.GetType().String(), a.GetPostalCode(), a.GetRegion(), a.GetCity()
	m.Street, m.House, m.Flat = a.GetStreet(), a.GetHouse(), a.GetFlat()
	return m
}

func typedAddress(v *visit, m view.LetterOrder) view.LetterOrder {
	m.Type, m.PostalCode, m.Region, m.City = v.form("type"), v.form("postal_code"), v.form("region"), v.form("city")
	m.Street, m.House, m.Flat = v.form("street"), v.form("house"), v.form("flat")
	return m
}

func (p *Pages) sendLetter(v *visit, known []*profilev1.Address, m view.LetterOrder) (done bool, err error) {
	address, err := p.saveAddress(v, known, m)
	if err != nil {
		if !v.refused(err, "") {
			return false, err
		}
		return false, nil
	}
	_, err = p.Confirmations.CreateLetterOrder(v.ctx, &confirmationv1.CreateLetterOrderRequest{
		AccountId: v.accountID(), AddressId: address.GetId(),
	})
	if err == nil {
		v.redirect(view.PathLetter)
		return true, nil
	}
	if !v.refused(err, "") {
		return false, err
	}
	return false, nil
}

// saveAddress changes the address of that type, or adds it.
func (p *Pages) saveAddress(v *visit, known []*profilev1.Address, m view.LetterOrder) (*profilev1.Address, error) {
	kind := profilev1.AddressType(profilev1.AddressType_value[m.Type])
	address := &profilev1.Address{
		Type: kind, PostalCode: m.PostalCode, Region: m.Region, City: m.City, Street: m.Street, House: m.House, Flat: m.Flat,
	}
	for _, a := range known {
		if a.GetType() == kind {
			return p.Profiles.UpdateAddress(v.ctx, &profilev1.UpdateAddressRequest{
				AccountId: v.accountID(), AddressId: a.GetId(), Address: address,
				UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"postal_code", "region", "city", "street", "house", "flat"}},
			})
		}
	}
	return p.Profiles.CreateAddress(v.ctx, &profilev1.CreateAddressRequest{AccountId: v.accountID(), Address: address})
}

// letterCode takes the code from the letter.
func (p *Pages) letterCode(v *visit) error {
	if err := p.greet(v); err != nil {
		return err
	}
	if v.session.GetLevel() != accountv1.Level_STANDARD && !v.isPost() {
		return p.letterNotNeeded(v)
	}
	m := view.LetterCode{Code: v.form("code")}
	if !v.isPost() && p.Now().Sub(v.session.GetAuthTime().AsTime()) > proveBefore {
		return reauthenticationRequired()
	}
	if v.isPost() {
		_, err := p.Confirmations.RedeemCode(v.ctx, &confirmationv1.RedeemCodeRequest{AccountId: v.accountID(), Code: m.Code})
		if err == nil {
			v.redirect(pathConfirmed)
			return nil
		}
		if !v.refused(err, "code") {
			return err
		}
		if m.Dead = v.has(errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED); m.Dead {
			v.noForm()
		}
	}
	m.Page = v.page
	return v.show(m)
}

// confirmed shows the badge.
func (p *Pages) confirmed(v *visit) error {
	person, err := p.greetedPerson(v)
	if err != nil {
		return err
	}
	account, err := p.Accounts.GetAccount(v.ctx, &accountv1.GetAccountRequest{AccountId: v.accountID()})
	if err != nil {
		return err
	}
	if account.GetLevel() != accountv1.Level_CONFIRMED {
		v.redirect(view.PathCabinet)
		return nil
	}
	return v.show(view.Confirmed{
		Page: v.page, FullName: fullName(person), Method: account.GetConfirmation().GetMethod().String(),
		Time: at(account.GetConfirmation().GetTime()),
	})
}
