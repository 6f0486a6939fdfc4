package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// ContactPolicy is what an installation decides about contacts.
type ContactPolicy struct {
	// Countries are the dialled codes of the phones that an account may have.
	Countries []int
	// Life is how long a contact, or a claim to one, waits to be proven.
	Life time.Duration
	// Delay is how long a contact stays after it was to be changed or removed, where that is not done at once.
	Delay time.Duration
	// PerDay is how many contacts an account may add within [ContactDay], proven or not.
	PerDay int
	// ClaimDelay is how long an account keeps a contact that somebody else has proven; ClaimLife is for how long after that
	// it can be taken.
	ClaimDelay, ClaimLife time.Duration
}

// ContactDay is the window that the contacts of an account are counted in.
const ContactDay = 24 * time.Hour

// Read reads a contact as typed.
func (p ContactPolicy) Read(kind Kind, typed string) (Identifier, error) {
	var wrong errs.Fields
	out := Identifier{Kind: kind}
	if kind == Phone {
		phone, err := identifiers.ParsePhoneOf(p.Countries, typed)
		wrong.Check("value", err)
		out.Key, out.Value = string(phone), string(phone)
	} else {
		email, err := identifiers.ParseEmail(typed)
		wrong.Check("value", err)
		out.Key, out.Value = email.Key(), string(email)
	}
	return out, wrong.Err()
}

// Wait is for how long it can be stopped that a contact goes, before it takes effect: whoever has come into an account is not to shut
// its person out of it. That of a confirmed account always waits, that of another unless one stays that the account has had for at least
// as long. A contact beside others, when none goes (the zero Contact), shuts nobody out.
func (p ContactPolicy) Wait(level accountv1.Level, goes Contact, stay Contacts) time.Duration {
	older := func(c Contact) bool { return !c.AddTime.After(goes.AddTime) }
	if goes == (Contact{}) || level != accountv1.Level_CONFIRMED && slices.ContainsFunc(stay, older) {
		return 0
	}
	return p.Delay
}

// CheckCount refuses one more contact of an account that has added n since the first of them.
func (p ContactPolicy) CheckCount(n int, first, now time.Time) error {
	if n < p.PerDay {
		return nil
	}
	return errs.New(errorsv1.Reason_CONTACT_LIMIT, "too many contacts were added").After(first.Add(ContactDay).Sub(now))
}

// Contact is a proven phone or e-mail address of an account.
type Contact struct {
	ID uuid.UUID
	Identifier
	// AddTime is since when the account has it; zero: from its beginning.
	AddTime time.Time
}

// Contacts are those of one account: at most one of each kind.
type Contacts []Contact

// Of is the contact of the kind.
func (c Contacts) Of(kind Kind) (Contact, bool) {
	return c.find(func(x Contact) bool { return x.Kind == kind })
}

// ByID is the contact with the id.
func (c Contacts) ByID(id uuid.UUID) (Contact, bool) {
	return c.find(func(x Contact) bool { return x.ID == id })
}

func (c Contacts) find(is func(Contact) bool) (Contact, bool) {
	if i := slices.IndexFunc(c, is); i >= 0 {
		return c[i], true
	}
	return Contact{}, false
}

// Has says whether the contact is among them.
func (c Contacts) Has(i Identifier) bool {
	own, found := c.Of(i.Kind)
	return found && own.Key == i.Key
}

// Without are the others.
func (c Contacts) Without(id uuid.UUID) Contacts {
	return slices.DeleteFunc(slices.Clone(c), func(x Contact) bool { return x.ID == id })
}

// Staying are the others than the one that goes, less those that are on their way out themselves.
func (c Contacts) Staying(goes uuid.UUID, changes []ContactChange, claims []ContactClaim) Contacts {
	return slices.DeleteFunc(slices.Clone(c), func(x Contact) bool {
		return x.ID == goes ||
			slices.ContainsFunc(changes, func(c ContactChange) bool { return c.State == Waiting && c.OldID == x.ID }) ||
			slices.ContainsFunc(claims, func(c ContactClaim) bool { return c.IsOf(x) })
	})
}

// Settled are those that the account has had since an instant; all of them where there is none.
func (c Contacts) Settled(since time.Time) Contacts {
	settled := slices.DeleteFunc(slices.Clone(c), func(x Contact) bool { return x.AddTime.After(since) })
	if len(settled) == 0 {
		return c
	}
	return settled
}

// Masked is the contact as it may be shown to who has not proven to have it.
func (i Identifier) Masked() string {
	if i.Kind == Phone {
		return identifiers.Phone(i.Value).Masked()
	}
	return identifiers.Email(i.Value).Masked()
}

// ContactState is how far a change has come.
type ContactState string

// The states, as they are stored.
const (
	Unproven  ContactState = "UNPROVEN"
	Waiting   ContactState = "WAITING"
	Effective ContactState = "EFFECTIVE"
	// GivenUp: stopped, or replaced by another before it was proven.
	GivenUp ContactState = "GIVEN_UP"
	// Failed: it could not take effect.
	Failed ContactState = "FAILED"
)

// ContactChange is a contact on its way into an account, or out of it.
type ContactChange struct {
	ID, AccountID uuid.UUID
	Kind          Kind
	State         ContactState
	// New is the contact that is to be the account's; zero: the present one is removed.
	New Identifier
	// OldID is the contact that goes, Nil where there is none. Old is its value until it was told so.
	OldID uuid.UUID
	Old   string
	// CancelHash is of the token that stops it.
	CancelHash []byte
	// CodeExpireTime and ResendTime are of the code that proves it.
	CodeExpireTime, ResendTime time.Time
	EffectiveTime              time.Time
	CreateTime, ExpireTime     time.Time
}

// Removal says whether no contact takes the place of the one that goes; of a change that has not ended.
func (c ContactChange) Removal() bool { return c.New == Identifier{} }

// ContactID is the contact that the change is about: the one that is to be the account's, or the one that is removed.
func (c ContactChange) ContactID() uuid.UUID {
	if c.Removal() {
		return c.OldID
	}
	return c.ID
}

// Replaces is the change that takes the place of a contact, or removes it.
func (c ContactChange) Replaces(old Contact) ContactChange {
	c.OldID, c.Old = old.ID, old.Value
	return c
}

// WaitingUntil is the change that takes effect at an instant.
func (c ContactChange) WaitingUntil(at time.Time, cancelHash []byte) ContactChange {
	c.State, c.EffectiveTime, c.ExpireTime, c.CancelHash = Waiting, at, at, cancelHash
	return c
}

// Ended is the change with nothing left to do. One that has come to nothing tells nobody.
func (c ContactChange) Ended(as ContactState) ContactChange {
	c.State, c.New = as, Identifier{}
	if as != Effective {
		c.Old = ""
	}
	return c
}

// CheckProvable refuses to prove what does not wait for it.
func (c ContactChange) CheckProvable(account uuid.UUID, now time.Time) error {
	if c.AccountID != account || c.State != Unproven || !now.Before(c.ExpireTime) {
		return NoContact()
	}
	return nil
}

// NoContact refuses an id that no contact of the account has.
func NoContact() error {
	return errs.New(errorsv1.Reason_CONTACT_NOT_FOUND, "the account has no such contact")
}

// LastContact refuses to leave an account without any: nobody could sign in to it, or be told what becomes of it.
func LastContact() error {
	return errs.New(errorsv1.Reason_CONTACT_LAST, "an account keeps one contact at least")
}

// ChangeWaits refuses a second change of a contact.
func ChangeWaits() error {
	return errs.New(errorsv1.Reason_CONTACT_CHANGE_WAITING, "another change of the contact waits")
}

// TakenMeanwhile refuses a contact that another account has claimed since its code was sent.
func TakenMeanwhile() error {
	return errs.New(errorsv1.Reason_CONTACT_TAKEN, "the contact belongs to another account")
}

// NothingToStop refuses to stop what has taken effect.
func NothingToStop() error {
	return errs.New(errorsv1.Reason_CONTACT_CHANGE_EFFECTIVE, "the change has taken effect")
}

// NoSuchLink refuses a link's token that stops nothing.
func NoSuchLink() error { return errs.New(errorsv1.Reason_LINK_INVALID, "there is no such link") }
