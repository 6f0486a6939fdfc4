package cabinet

import (
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// cabinet shows the person what is known, what is next and what was written to him.
func (f feature) cabinet(r *page.Request) error {
	person, err := profiles.Greet(r, f.Profiles)
	if err != nil {
		return err
	}
	account, err := f.Accounts.GetAccount(r.Context(), &accountv1.GetAccountRequest{AccountId: r.AccountID()})
	if err != nil {
		return err
	}
	contacts, err := f.Accounts.GetContacts(r.Context(), &accountv1.GetContactsRequest{AccountId: r.AccountID()})
	if err != nil {
		return err
	}
	passport, err := profiles.Passport(r, f.Profiles)
	if err != nil {
		return err
	}
	m := Overview{
		Page: r.Page, FullName: profiles.FullName(person), Level: account.GetLevel().String(),
		Phone: contacts.GetPhone(), Email: contacts.GetEmail(), BirthDate: person.GetBirthDate(), SNILS: person.GetSnils(),
		PassportSeries: passport.GetSeries(), PassportNumber: passport.GetNumber(),
	}
	if c := account.GetConfirmation(); c != nil {
		m.Method, m.ConfirmTime = c.GetMethod().String(), c.GetTime().AsTime()
	}
	if m.Next, m.NextURL, err = f.next(r, account); err != nil {
		return err
	}
	m.Feed, err = f.feed(r)
	if err != nil {
		return err
	}
	return r.Render(m)
}

// next is what the person does next on the way to a confirmed account.
func (f feature) next(r *page.Request, a *accountv1.Account) (next, url string, err error) {
	switch a.GetLevel() {
	case accountv1.Level_CONFIRMED:
		return NextDone, "", nil
	case accountv1.Level_STANDARD:
		letter, err := progress.LatestLetter(r, f.Confirmations)
		if err != nil || !progress.LetterUsable(letter) {
			return NextLetter, "", err
		}
		return NextCode, "", nil
	case accountv1.Level_LEVEL_UNSPECIFIED, accountv1.Level_SIMPLIFIED:
	}
	return f.nextVerification(r)
}

func (f feature) nextVerification(r *page.Request) (next, url string, err error) {
	latest, err := progress.LatestVerification(r, f.Verifications)
	switch {
	case err != nil || latest == nil:
		return NextPerson, "", err
	case latest.GetState() == verificationv1.State_PENDING:
		return NextWait, paths.Verification(latest.GetId()), nil
	case latest.GetState() == verificationv1.State_MATCHED:
		// The level follows the match at once; the event that says so may be on its way.
		return NextWait, paths.Verification(latest.GetId()), nil
	default:
		return NextCorrect, paths.Verification(latest.GetId()), nil
	}
}

func (f feature) feed(r *page.Request) ([]FeedItem, error) {
	list, err := f.Notifications.ListNotifications(r.Context(), &notificationv1.ListNotificationsRequest{AccountId: r.AccountID()})
	if err != nil {
		return nil, err
	}
	items := make([]FeedItem, 0, len(list.GetNotifications()))
	for _, n := range list.GetNotifications() {
		items = append(items, FeedItem{Title: n.GetTitle(), Text: n.GetText(), Time: progress.Time(n.GetCreateTime())})
	}
	return items, nil
}
