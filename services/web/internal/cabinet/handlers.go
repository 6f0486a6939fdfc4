package cabinet

import (
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// The entries of the feed that the overview and a page of notifications show.
const (
	latestEntries = 3
	pageEntries   = 20
)

// overview shows the person where they stand, what is next and what was written last.
func (f feature) overview(r *page.Request) error {
	person, err := profiles.Greet(r, f.Profiles)
	if err != nil {
		return err
	}
	passport, err := profiles.Passport(r, f.Profiles)
	if err != nil {
		return err
	}
	account, err := f.Accounts.GetAccount(r.Context(), &accountv1.GetAccountRequest{AccountId: r.AccountID()})
	if err != nil {
		return err
	}
	m := Overview{
		Page: r.Page, FullName: profiles.FullName(person), Level: account.GetLevel().String(), Saved: r.URL.Query().Get("saved"),
	}
	if c := account.GetConfirmation(); c != nil {
		m.Method, m.ConfirmTime = c.GetMethod().String(), c.GetTime().AsTime()
	}
	if m.Standing, err = f.standing(r, account.GetLevel(), profiles.Answers(person, passport)); err != nil {
		return err
	}
	list, err := f.list(r, &notificationv1.ListNotificationsRequest{PageSize: latestEntries})
	if err != nil {
		return err
	}
	m.Unread, m.Feed = int(list.GetUnreadCount()), entries(list)
	if m.Held, err = f.Partners.Held(r); err != nil {
		return err
	}
	return r.Render(m)
}

// data shows everything that is known about the person.
func (f feature) data(r *page.Request) error {
	card, err := profiles.Card(r, f.Profiles)
	if err != nil {
		return err
	}
	contacts, err := f.Accounts.GetContacts(r.Context(), &accountv1.GetContactsRequest{AccountId: r.AccountID()})
	if err != nil {
		return err
	}
	letter, err := progress.LatestLetter(r, f.Confirmations)
	if err != nil {
		return err
	}
	list, err := f.list(r, &notificationv1.ListNotificationsRequest{PageSize: 1})
	if err != nil {
		return err
	}
	passport := profiles.PassportIn(card.GetDocuments())
	return r.Render(Data{
		Page: r.Page, State: card.GetPerson().GetState().String(), Answers: profiles.Answers(card.GetPerson(), passport),
		Phone: contacts.GetPhone(), Email: contacts.GetEmail(),
		UnprovenPhone: card.GetUnprovenPhone(), UnprovenEmail: card.GetUnprovenEmail(),
		Addresses: card.GetAddresses(), Letter: letter, Unread: int(list.GetUnreadCount()),
	})
}

func (f feature) list(
	r *page.Request, q *notificationv1.ListNotificationsRequest,
) (*notificationv1.ListNotificationsResponse, error) {
	q.AccountId = r.AccountID()
	return f.Notifications.ListNotifications(r.Context(), q)
}

func entries(list *notificationv1.ListNotificationsResponse) []Entry {
	out := make([]Entry, 0, len(list.GetNotifications()))
	for _, n := range list.GetNotifications() {
		out = append(out, Entry{
			ID: n.GetId(), Title: n.GetTitle(), Text: n.GetText(), Kind: n.GetKind().String(), Unread: n.GetUnread(),
			Time: progress.Time(n.GetCreateTime()),
		})
	}
	return out
}
