package domain

import (
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// TrustPolicy is what an installation decides about trusted contacts.
type TrustPolicy struct {
	// InviteLife is how long an invitation waits to be accepted. Delay is how long a trusted contact stays once the person protected
	// has ended it: whoever has come into the account is not to be rid of it at once.
	InviteLife, Delay time.Duration
	// PerDay is how many invitations an account may send within [TrustDay], Told how many an account is told of.
	PerDay, Told int
}

// TrustDay is the window that invitations are counted in.
const TrustDay = 24 * time.Hour

const (
	// maxPrincipals is how many people one person can be the trusted contact of.
	maxPrincipals = 5
	// adultAge is in years.
	adultAge = 18
)

// Trust is what one person has agreed with another, or has asked for.
type Trust struct {
	ID uuid.UUID
	// PrincipalID is whose account it protects, ContactID who is trusted: Nil when the login that was invited is nobody's.
	PrincipalID, ContactID uuid.UUID
	// Login is what was invited.
	Login Identifier
	// AcceptTime is zero of an invitation; from EndTime on it has no effect, zero: it has until somebody ends it.
	CreateTime, AcceptTime, EndTime time.Time
}

// Active says whether the code is asked for.
func (t Trust) Active(now time.Time) bool {
	return !t.AcceptTime.IsZero() && (t.EndTime.IsZero() || now.Before(t.EndTime))
}

// Since is when it was agreed on, or asked for where it is not agreed on yet.
func (t Trust) Since() time.Time {
	if t.AcceptTime.IsZero() {
		return t.CreateTime
	}
	return t.AcceptTime
}

// Accepted is the invitation once both agree.
func (t Trust) Accepted(now time.Time) Trust {
	t.AcceptTime, t.EndTime = now, time.Time{}
	return t
}

// CheckInvitations refuses one more invitation of an account that has sent n since the first of them.
func (p TrustPolicy) CheckInvitations(n int, first, now time.Time) error {
	if n < p.PerDay {
		return nil
	}
	return errs.New(errorsv1.Reason_TRUSTED_CONTACT_LIMIT, "too many were invited").After(first.Add(TrustDay).Sub(now))
}

// CheckPrincipals refuses one more of who has these.
func CheckPrincipals(all []Trust, now time.Time) error {
	n := 0
	for _, t := range all {
		if t.Active(now) {
			n++
		}
	}
	if n < maxPrincipals {
		return nil
	}
	return errs.New(errorsv1.Reason_PRINCIPAL_LIMIT, "the person is the trusted contact of as many as one can be")
}

// CheckAdult refuses who is not of age, or has no birth date that says so (ISO 8601).
func CheckAdult(birthDate string, now time.Time) error {
	born, err := time.Parse(time.DateOnly, birthDate)
	if err != nil || now.Before(born.AddDate(adultAge, 0, 0)) {
		return errs.New(errorsv1.Reason_TRUSTED_CONTACT_MINOR, "only adults can be trusted contacts")
	}
	return nil
}

// CheckTrusted refuses to change a password without the code of the trusted contact, where one is active. The code of one contact
// does not serve another.
func (s Session) CheckTrusted(t Trust, recent time.Duration, now time.Time) error {
	if !t.Active(now) || s.Steps.trustedBy(t.ID, now.Add(-recent)) {
		return nil
	}
	return errs.New(errorsv1.Reason_TRUSTED_CONTACT_REQUIRED, "the trusted contact's code comes first")
}

func (s Steps) trustedBy(trust uuid.UUID, since time.Time) bool {
	step, ok := s.Of(accountv1.StepKind_TRUSTED_CONTACT)
	return ok && step.HoldingID == trust && !step.Time.Before(since)
}

// Longer are the paths with a wait at each that is at least as long.
func (p Paths) Longer(wait time.Duration) Paths {
	out := make(Paths, len(p))
	for i, path := range p {
		path.Wait = max(path.Wait, wait)
		out[i] = path
	}
	return out
}

// And are the paths with one more step at each.
func (p Paths) And(k StepKind) Paths {
	out := make(Paths, len(p))
	for i, path := range p {
		path.Rest = append(append([]StepKind(nil), path.Rest...), k)
		out[i] = path
	}
	return out
}

// NoTrustedContact refuses what needs one.
func NoTrustedContact() error {
	return errs.New(errorsv1.Reason_TRUSTED_CONTACT_NOT_SET, "the account has no trusted contact")
}

// OtherTrustedContact refuses a second one.
func OtherTrustedContact() error {
	return errs.New(errorsv1.Reason_TRUSTED_CONTACT_EXISTS, "the account has another trusted contact")
}

// NoPrincipal refuses an id that nobody who trusts the person has.
func NoPrincipal() error {
	return errs.New(errorsv1.Reason_PRINCIPAL_NOT_FOUND, "nobody with this id has invited the person")
}
