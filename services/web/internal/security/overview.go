package security

import (
	"slices"
	"strings"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// fieldContact names the contact that a form of the overview is about.
const fieldContact = "contact"

// overview shows what opens the account. Its forms keep a contact that is about to go.
func (f feature) overview(r *page.Request) error {
	if r.IsPost() {
		done, err := f.keep(r)
		if err != nil || done {
			return err
		}
	}
	card, err := profiles.Card(r, f.Profiles)
	if err != nil {
		return err
	}
	contacts, err := f.contacts(r)
	if err != nil {
		return err
	}
	list, err := f.Notifications.ListNotifications(r.Context(), &notificationv1.ListNotificationsRequest{
		AccountId: r.AccountID(), PageSize: 1,
	})
	if err != nil {
		return err
	}
	m := Overview{Unread: int(list.GetUnreadCount()), Saved: r.URL.Query().Get("saved")}
	bound, err := f.bound(r)
	if err != nil {
		return err
	}
	m.Guarded = len(bound) > 0
	m.Contacts = append(shown(contacts), unproven(card, contacts)...)
	for _, kind := range []accountv1.ContactKind{accountv1.ContactKind_PHONE, accountv1.ContactKind_EMAIL} {
		if !slices.ContainsFunc(m.Contacts, func(c Contact) bool { return c.Kind == kind.String() }) {
			m.Missing = append(m.Missing, kind.String())
		}
	}
	m.Page = r.Page
	return r.Render(m)
}

// keep stops what would take a contact off the account.
func (f feature) keep(r *page.Request) (done bool, err error) {
	_, err = f.Contacts.KeepContact(r.Context(), &accountv1.KeepContactRequest{
		AccountId: r.AccountID(), ContactId: r.Field(fieldContact),
	})
	if err == nil {
		r.Redirect(saved("kept"))
		return true, nil
	}
	if !r.Refused(err, "") {
		return false, err
	}
	return false, nil
}

func saved(what string) string { return paths.Security + "?saved=" + what }

func (f feature) contacts(r *page.Request) ([]*accountv1.Contact, error) {
	list, err := f.Contacts.ListContacts(r.Context(), &accountv1.ListContactsRequest{AccountId: r.AccountID()})
	return list.GetContacts(), err
}

// find is one of the person's contacts; nil: it is none of them.
func (f feature) find(r *page.Request, id string) (*accountv1.Contact, error) {
	all, err := f.contacts(r)
	if i := slices.IndexFunc(all, func(c *accountv1.Contact) bool { return c.GetId() == id }); i >= 0 {
		return all[i], err
	}
	return nil, err
}

func shown(contacts []*accountv1.Contact) []Contact {
	proven := 0
	for _, c := range contacts {
		if c.GetState() == accountv1.Contact_PROVEN {
			proven++
		}
	}
	out := make([]Contact, 0, len(contacts))
	for _, c := range contacts {
		out = append(out, Contact{
			ID: c.GetId(), Kind: c.GetKind().String(), Value: written(c.GetKind(), c.GetValue()), State: c.GetState().String(),
			EffectiveTime: progress.Time(c.GetEffectiveTime()), RemovalTime: progress.Time(c.GetRemovalTime()),
			DetachTime: progress.Time(c.GetDetachTime()), Removable: proven > 1,
		})
	}
	return out
}

// unproven are the contacts that sign-up left unproven and that the account has not in any form.
func unproven(card *profilev1.Card, contacts []*accountv1.Contact) []Contact {
	var out []Contact
	for kind, value := range map[accountv1.ContactKind]string{
		accountv1.ContactKind_PHONE: card.GetUnprovenPhone(), accountv1.ContactKind_EMAIL: card.GetUnprovenEmail(),
	} {
		known := slices.ContainsFunc(contacts, func(c *accountv1.Contact) bool {
			return c.GetKind() == kind && (c.GetState() == accountv1.Contact_PROVEN || strings.EqualFold(c.GetValue(), value))
		})
		if value != "" && !known {
			out = append(out, Contact{
				Kind: kind.String(), Value: written(kind, value), State: stateGiven, AddURL: paths.AddContact(kind.String(), value),
			})
		}
	}
	return out
}
