package letter

import (
	"time"

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

const (
	// proveBefore sends the person to the password before he types an address or a code that would then be refused:
	// both need a sign-in of the last 20 minutes.
	proveBefore = 15 * time.Minute
)

// letter orders the letter, or shows where it is.
func (f feature) letter(r *page.Request) error {
	person, err := profiles.Greet(r, f.Profiles)
	if err != nil {
		return err
	}
	if r.Level() != accountv1.Level_STANDARD {
		return f.letterNotNeeded(r)
	}
	latest, err := progress.LatestLetter(r, f.Confirmations)
	if err != nil {
		return err
	}
	if latest != nil && !r.IsPost() && r.URL.Query().Get("new") == "" &&
		(progress.LetterUsable(latest) || latest.GetState() == confirmationv1.LetterState_RETURNED) {
		return r.Render(f.letterStatus(r, latest))
	}
	return f.orderLetter(r, person)
}

func (f feature) letterNotNeeded(r *page.Request) error {
	if r.Level() == accountv1.Level_CONFIRMED {
		r.Redirect(paths.Confirmed)
		return nil
	}
	r.Redirect(paths.Cabinet)
	return nil
}

func (f feature) letterStatus(r *page.Request, l *confirmationv1.LetterOrder) Status {
	reorder := progress.Time(l.GetReorderTime())
	return Status{
		Page: r.Page, State: l.GetState().String(), TrackingNumber: l.GetTrackingNumber(), TrackingURL: l.GetTrackingUrl(),
		Address: l.GetAddress(), CreateTime: progress.Time(l.GetCreateTime()), CodeExpireTime: progress.Time(l.GetCodeExpireTime()),
		CanReorder: !f.now().Before(reorder), ReorderTime: reorder,
	}
}

// orderLetter orders the letter to the address that was typed.
func (f feature) orderLetter(r *page.Request, person *profilev1.Person) error {
	if !r.IsPost() && f.now().Sub(r.User().AuthTime) > proveBefore {
		return reauthenticationRequired()
	}
	addresses, err := f.Profiles.ListAddresses(r.Context(), &profilev1.ListAddressesRequest{AccountId: r.AccountID()})
	if err != nil {
		return err
	}
	m := Order{Recipient: profiles.FullName(person)}
	if list := addresses.GetAddresses(); len(list) > 0 {
		m = fillAddress(m, list[0])
	}
	if r.Typed() {
		m = typedAddress(r, m)
	}
	if r.IsPost() {
		done, err := f.sendLetter(r, m)
		if err != nil || done {
			return err
		}
	}
	m.Page = r.Page
	return r.Render(m)
}

func fillAddress(m Order, a *profilev1.Address) Order {
	m.Type, m.PostalCode, m.Region, m.City = a.GetType().String(), a.GetPostalCode(), a.GetRegion(), a.GetCity()
	m.Street, m.House, m.Flat = a.GetStreet(), a.GetHouse(), a.GetFlat()
	return m
}

func typedAddress(r *page.Request, m Order) Order {
	m.Type, m.PostalCode, m.Region, m.City = r.Field("type"), r.Field("postal_code"), r.Field("region"), r.Field("city")
	m.Street, m.House, m.Flat = r.Field("street"), r.Field("house"), r.Field("flat")
	return m
}

// sendLetter orders the letter; confirmation writes the address once it takes the order.
func (f feature) sendLetter(r *page.Request, m Order) (done bool, err error) {
	_, err = f.Confirmations.CreateLetterOrder(r.Context(), &confirmationv1.CreateLetterOrderRequest{
		AccountId: r.AccountID(), Address: &profilev1.Address{
			Type:       profilev1.AddressType(profilev1.AddressType_value[m.Type]),
			PostalCode: m.PostalCode, Region: m.Region, City: m.City, Street: m.Street, House: m.House, Flat: m.Flat,
		},
	})
	if err == nil {
		r.Redirect(paths.Letter)
		return true, nil
	}
	if !r.Refused(err, "") {
		return false, err
	}
	return false, nil
}

// letterCode takes the code from the letter.
func (f feature) letterCode(r *page.Request) error {
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	if r.Level() != accountv1.Level_STANDARD && !r.IsPost() {
		return f.letterNotNeeded(r)
	}
	m := EnterCode{Code: r.Field("code")}
	if !r.IsPost() && f.now().Sub(r.User().AuthTime) > proveBefore {
		return reauthenticationRequired()
	}
	if r.IsPost() {
		_, err := f.Confirmations.RedeemCode(r.Context(), &confirmationv1.RedeemCodeRequest{AccountId: r.AccountID(), Code: m.Code})
		if err == nil {
			r.Redirect(paths.Confirmed)
			return nil
		}
		if !r.Refused(err, "code") {
			return err
		}
	}
	if m.Dead = r.Has(errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED); m.Dead {
		r.FormExpired()
	}
	m.Page = r.Page
	return r.Render(m)
}

// confirmed shows the badge.
func (f feature) confirmed(r *page.Request) error {
	person, err := profiles.Greet(r, f.Profiles)
	if err != nil {
		return err
	}
	account, err := f.Accounts.GetAccount(r.Context(), &accountv1.GetAccountRequest{AccountId: r.AccountID()})
	if err != nil {
		return err
	}
	if account.GetLevel() != accountv1.Level_CONFIRMED {
		r.Redirect(paths.Cabinet)
		return nil
	}
	return r.Render(Confirmed{
		Page: r.Page, FullName: profiles.FullName(person), Method: account.GetConfirmation().GetMethod().String(),
		Time: progress.Time(account.GetConfirmation().GetTime()),
	})
}

func reauthenticationRequired() error {
	return errs.New(errs.Denied, errorsv1.Reason_REAUTHENTICATION_REQUIRED, "the sign-in is too long ago")
}
