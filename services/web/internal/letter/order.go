package letter

import (
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
	if !r.IsPost() && f.now().Sub(r.User().ProofTime) > proveBefore {
		return false, reauthenticationRequired()
	}
	return true, nil
}

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
	if r.IsPost() {
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
	if err = profiles.CheckSeen(r, to.GetEtag()); err == nil {
		_, err = f.Confirmations.CreateLetterOrder(r.Context(), &confirmationv1.CreateLetterOrderRequest{
			AccountId: r.AccountID(), AddressId: to.GetId(),
		})
	}
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
