package pages

import (
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// cabinet shows the person what is known, what is next and what was written to him.
func (p *Pages) cabinet(v *visit) error {
	person, err := p.greetedPerson(v)
	if err != nil {
		return err
	}
	account, err := p.Accounts.GetAccount(v.ctx, &accountv1.GetAccountRequest{AccountId: v.accountID()})
	if err != nil {
		return err
	}
	contacts, err := p.contacts(v)
	if err != nil {
		return err
	}
	passport, err := p.passport(v)
	if err != nil {
		return err
	}
	m := view.Cabinet{
		Page: v.page, FullName: fullName(person), Level: account.GetLevel().String(),
		Phone: contacts.GetPhone(), Email: contacts.GetEmail(), BirthDate: person.GetBirthDate(), SNILS: person.GetSnils(),
		PassportSeries: passport.GetSeries(), PassportNumber: passport.GetNumber(),
	}
	if c := account.GetConfirmation(); c != nil {
		m.Method, m.ConfirmTime = c.GetMethod().String(), c.GetTime().AsTime()
	}
	if m.Next, m.NextURL, err = p.next(v, account); err != nil {
		return err
	}
	m.Feed, err = p.feed(v)
	if err != nil {
		return err
	}
	return v.show(m)
}

// next is what the person does next on the way to a confirmed account.
func (p *Pages) next(v *visit, a *accountv1.Account) (next, url string, err error) {
	switch a.GetLevel() {
	case accountv1.Level_CONFIRMED:
		return view.NextDone, "", nil
	case accountv1.Level_STANDARD:
		letter, err := p.latestLetter(v)
		if err != nil || !letterUsable(letter) {
			return view.NextLetter, "", err
		}
		return view.NextCode, "", nil
	case accountv1.Level_LEVEL_UNSPECIFIED, accountv1.Level_SIMPLIFIED:
	}
	return p.nextVerification(v)
}

func (p *Pages) nextVerification(v *visit) (next, url string, err error) {
	latest, err := p.latestVerification(v)
	switch {
	case err != nil || latest == nil:
		return view.NextPerson, "", err
	case latest.GetState() == verificationv1.State_PENDING:
		return view.NextWait, verificationPath(latest.GetId()), nil
	case latest.GetState() == verificationv1.State_MATCHED:
		// The level follows the match at once; the event that says so may be on its way.
		return view.NextWait, verificationPath(latest.GetId()), nil
	default:
		return view.NextCorrect, verificationPath(latest.GetId()), nil
	}
}

func (p *Pages) latestVerification(v *visit) (*verificationv1.Verification, error) {
	list, err := p.Verifications.ListVerifications(v.ctx, &verificationv1.ListVerificationsRequest{AccountId: v.accountID()})
	if err != nil || len(list.GetVerifications()) == 0 {
		return nil, err
	}
	return list.GetVerifications()[0], nil
}

func (p *Pages) latestLetter(v *visit) (*confirmationv1.LetterOrder, error) {
	list, err := p.Confirmations.ListLetterOrders(v.ctx, &confirmationv1.ListLetterOrdersRequest{AccountId: v.accountID()})
	if err != nil || len(list.GetLetterOrders()) == 0 {
		return nil, err
	}
	return list.GetLetterOrders()[0], nil
}

// letterUsable says whether a letter's code may still be typed in.
func letterUsable(l *confirmationv1.LetterOrder) bool {
	switch l.GetState() {
	case confirmationv1.LetterState_LETTER_STATE_UNSPECIFIED, confirmationv1.LetterState_RETURNED,
		confirmationv1.LetterState_VOIDED, confirmationv1.LetterState_REDEEMED, confirmationv1.LetterState_LETTER_EXPIRED:
		return false
	case confirmationv1.LetterState_CREATED, confirmationv1.LetterState_PRINTED, confirmationv1.LetterState_HANDED_OVER,
		confirmationv1.LetterState_IN_TRANSIT, confirmationv1.LetterState_AT_OFFICE, confirmationv1.LetterState_DELIVERED:
		return true
	}
	return false
}

func (p *Pages) feed(v *visit) ([]view.FeedItem, error) {
	list, err := p.Notifications.ListNotifications(v.ctx, &notificationv1.ListNotificationsRequest{AccountId: v.accountID()})
	if err != nil {
		return nil, err
	}
	items := make([]view.FeedItem, 0, len(list.GetNotifications()))
	for _, n := range list.GetNotifications() {
		items = append(items, view.FeedItem{Title: n.GetTitle(), Text: n.GetText(), Time: at(n.GetCreateTime())})
	}
	return items, nil
}

// greet puts the signed-in person's short name on the page.
func (p *Pages) greet(v *visit) error {
	_, err := p.greetedPerson(v)
	return err
}

func (p *Pages) greetedPerson(v *visit) (*profilev1.Person, error) {
	person, err := p.Profiles.GetPerson(v.ctx, &profilev1.GetPersonRequest{AccountId: v.accountID()})
	if err != nil {
		return nil, err
	}
	v.page.SignedInName = shortName(person)
	return person, nil
}

// passport is the person's passport; an empty one when there is none.
func (p *Pages) passport(v *visit) (*profilev1.Document, error) {
	list, err := p.Profiles.ListDocuments(v.ctx, &profilev1.ListDocumentsRequest{AccountId: v.accountID()})
	if err != nil {
		return nil, err
	}
	for _, d := range list.GetDocuments() {
		if d.GetType() == profilev1.DocumentType_RF_PASSPORT {
			return d, nil
		}
	}
	return &profilev1.Document{}, nil
}

func fullName(p *profilev1.Person) string {
	return strings.Join(strings.Fields(p.GetLastName()+" "+p.GetFirstName()+" "+p.GetMiddleName()), " ")
}

// shortName is "Анна П.".
func shortName(p *profilev1.Person) string {
	last := []rune(p.GetLastName())
	if len(last) == 0 {
		return p.GetFirstName()
	}
	return p.GetFirstName() + " " + string(last[0]) + "."
}

// at is a timestamp's instant; the zero time when there is none.
func at(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}
