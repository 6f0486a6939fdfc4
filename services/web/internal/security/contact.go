package security

import (
	"math"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// kindOf is the kind of contact that the page is about.
func kindOf(r *page.Request) accountv1.ContactKind {
	if r.URL.Query().Get("kind") == accountv1.ContactKind_EMAIL.String() {
		return accountv1.ContactKind_EMAIL
	}
	return accountv1.ContactKind_PHONE
}

// fieldOf is the form's field for a contact of the kind.
func fieldOf(kind accountv1.ContactKind) string { return strings.ToLower(kind.String()) }

func lower(kind string) string { return strings.ToLower(kind) }

// addContact takes a contact and has a code sent to it.
func (f feature) addContact(r *page.Request) error {
	kind := kindOf(r)
	field := fieldOf(kind)
	if r.IsPost() {
		c, err := f.Contacts.AddContact(r.Context(), &accountv1.AddContactRequest{
			AccountId: r.AccountID(), Kind: kind, Value: r.Field(field),
		})
		if err == nil {
			r.Redirect(paths.Contact(c.GetId()))
			return nil
		}
		if !r.Refused(err, field) {
			return err
		}
		r.RenameField("value", field)
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	contacts, err := f.contacts(r)
	if err != nil {
		return err
	}
	m := NewContact{Kind: kind.String(), Value: r.URL.Query().Get("value")}
	if r.Typed() {
		m.Value = r.Field(field)
	}
	for _, c := range contacts {
		if c.GetKind() == kind && c.GetState() == accountv1.Contact_PROVEN {
			m.Old, m.Waits = written(kind, c.GetValue()), c.GetChangeWaits()
		}
	}
	m.Page = r.Page
	return r.Render(m)
}

// proveContact takes the code of a contact, or sends it anew, or gives the contact up.
func (f feature) proveContact(r *page.Request) error {
	c, err := f.find(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	if c == nil {
		return errs.New(errorsv1.Reason_CONTACT_NOT_FOUND, "the person has no such contact")
	}
	if c.GetState() != accountv1.Contact_UNPROVEN {
		r.Redirect(outcome(c))
		return nil
	}
	if r.IsPost() {
		done, err := f.prove(r, c)
		if err != nil || done {
			return err
		}
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	return f.showCode(r, codeAsked{
		kind: c.GetKind(), to: written(c.GetKind(), c.GetValue()), expire: progress.Time(c.GetCodeExpireTime()),
		resend: progress.Time(c.GetResendTime()), back: paths.AddContact(c.GetKind().String(), ""),
	})
}

// prove sends another code or takes the one that was typed.
func (f feature) prove(r *page.Request, c *accountv1.Contact) (done bool, err error) {
	next, field := paths.Contact(c.GetId()), "code"
	if r.Action() == components.ActionResend {
		field = ""
		_, err = f.Contacts.ResendContactCode(r.Context(), &accountv1.ResendContactCodeRequest{
			AccountId: r.AccountID(), ContactId: c.GetId(),
		})
	} else {
		c, err = f.Contacts.VerifyContact(r.Context(), &accountv1.VerifyContactRequest{
			AccountId: r.AccountID(), ContactId: c.GetId(), Code: r.Field("code"),
		})
		next = outcome(c)
	}
	if err == nil {
		r.Redirect(next)
		return true, nil
	}
	if !r.Refused(err, field) {
		return false, err
	}
	return false, nil
}

// outcome is where a contact that is proven leads.
func outcome(c *accountv1.Contact) string {
	if c.GetState() == accountv1.Contact_WAITING {
		return saved("waiting")
	}
	return saved("proven")
}

// codeAsked is a code that was sent.
type codeAsked struct {
	kind           accountv1.ContactKind
	to             string
	expire, resend time.Time
	// back is where it can be given up, backText what the link there says; empty: another contact is given there.
	back, backText string
}

// showCode asks for the code. Where it is dead, only another helps.
func (f feature) showCode(r *page.Request, c codeAsked) error {
	locked := r.Has(errorsv1.Reason_FACTOR_LOCKED)
	dead := locked || r.Has(errorsv1.Reason_CODE_EXPIRED) || r.Has(errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
	if dead {
		r.FormExpired()
	}
	return r.Render(EnterCode{
		Page: r.Page, Kind: c.kind.String(), Destination: c.to, ExpireTime: c.expire, BackURL: c.back,
		ResendSeconds: max(0, int(math.Ceil(c.resend.Sub(f.now()).Seconds()))), Code: r.Field("code"), Dead: dead, Locked: locked,
		BackText: c.backText,
	})
}

// removeContact asks, and removes a contact or gives it up.
func (f feature) removeContact(r *page.Request) error {
	c, err := f.find(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	if c == nil {
		r.Redirect(saved("removed"))
		return nil
	}
	if r.IsPost() {
		_, err := f.Contacts.DeleteContact(r.Context(), &accountv1.DeleteContactRequest{
			AccountId: r.AccountID(), ContactId: c.GetId(),
		})
		if err == nil {
			r.Redirect(saved("removed"))
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	return r.Render(Remove{
		Page: r.Page, Kind: c.GetKind().String(), Value: written(c.GetKind(), c.GetValue()),
		Own: c.GetState() == accountv1.Contact_PROVEN, Waits: c.GetChangeWaits(),
	})
}
