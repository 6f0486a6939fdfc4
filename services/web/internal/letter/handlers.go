package letter

import (
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// proveBefore sends the person to the password before he types an address for an order that would then be refused: it
// needs a sign-in of the last 20 minutes.
const proveBefore = 15 * time.Minute

// letter says what a letter is good for, or where the last one is, and takes its code.
func (f feature) letter(r *page.Request) error {
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	if r.Level() != accountv1.Level_STANDARD && !r.IsPost() {
		return notNeeded(r)
	}
	latest, err := progress.LatestLetter(r, f.Confirmations)
	if err != nil {
		return err
	}
	if r.IsPost() {
		if done, err := f.redeem(r); err != nil || done {
			return err
		}
	}
	if latest == nil {
		return r.Render(Intro{Page: r.Page})
	}
	return r.Render(f.status(r, latest))
}

func notNeeded(r *page.Request) error {
	if r.Level() == accountv1.Level_CONFIRMED {
		r.Redirect(paths.Confirmed)
		return nil
	}
	r.Redirect(paths.Cabinet)
	return nil
}

// status is where the letter is. When no attempts are left there is no field for a code.
func (f feature) status(r *page.Request, l *confirmationv1.LetterOrder) Status {
	reorder := progress.Time(l.GetReorderTime())
	m := Status{
		State: l.GetState().String(), TrackingNumber: l.GetTrackingNumber(), TrackingURL: l.GetTrackingUrl(),
		Address: i18n.UnbrokenAddress(l.GetAddress()), CreateTime: progress.Time(l.GetCreateTime()), CodeExpireTime: progress.Time(l.GetCodeExpireTime()),
		ExpectedFrom: l.GetExpectedFrom(), ExpectedUntil: l.GetExpectedUntil(),
		CanReorder: !f.now().Before(reorder), ReorderTime: reorder, Code: r.Field("code"),
		TakesCode: progress.LetterUsable(l) && !r.Has(errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED),
	}
	if !m.TakesCode {
		r.FormExpired()
	}
	m.Page = r.Page
	return m
}

// redeem takes the code from the letter.
func (f feature) redeem(r *page.Request) (done bool, err error) {
	_, err = f.Confirmations.RedeemCode(r.Context(), &confirmationv1.RedeemCodeRequest{AccountId: r.AccountID(), Code: r.Field("code")})
	if err == nil {
		r.Redirect(paths.Confirmed)
		return true, nil
	}
	if !r.Refused(err, "code") {
		return false, err
	}
	return false, nil
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
	return errs.New(errorsv1.Reason_REAUTHENTICATION_REQUIRED, "the sign-in is too long ago")
}
