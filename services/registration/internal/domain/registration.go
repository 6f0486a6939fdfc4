// Package domain decides what a sign-up needs and how far it has come.
package domain

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
)

// Card is the person as the form has it.
type Card struct {
	LastName, FirstName, MiddleName string
	Phone                           identifiers.Phone
	Email                           identifiers.Email
	// Language is the one that the form was filled in: "ru" or "en".
	Language string
	// Interaction and Client are the partner's sign-in that it began from, and the partner; empty: none.
	Interaction, Client string
}

// Words are what a password must not be made of.
func (c Card) Words() []string {
	words := []string{c.LastName, c.FirstName, c.MiddleName, string(c.Phone), string(c.Email)}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// maxWrongRepeats is how often a step that was done may be asked for again with something else: as often as a code may be
// guessed.
const maxWrongRepeats = 5

// Registration is one sign-up.
type Registration struct {
	ID string
	// AccountID is the id that the account will have.
	AccountID uuid.UUID
	// Card is empty once the sign-up has ended.
	Card    Card
	Channel registrationv1.Channel
	// Decoy: the contact had an owner, so that no code is right.
	Decoy bool
	State registrationv1.State
	// TokenHash is the hash of the completion token; nil before the contact is proven.
	TokenHash []byte
	// ProofMAC is of the request that has proven the contact; nil if it had no key, and cannot be repeated.
	ProofMAC []byte
	// WrongProofs and WrongPasswords count what was presented as a repeat of a step that was done, and is not.
	WrongProofs, WrongPasswords int
	// CodeExpireTime is zero until the first code is on its way.
	CodeExpireTime, ResendTime time.Time
	ExpireTime                 time.Time
}

// HasCard says whether the person's data is there: it is until the sign-up has ended.
func (r Registration) HasCard() bool { return r.Card != Card{} }

// Proven is the contact that the channel proves: the phone or the e-mail, the other being empty.
func (r Registration) Proven() (phone, email string) {
	if r.Channel == registrationv1.Channel_EMAIL {
		return "", r.Card.Email.Key()
	}
	return string(r.Card.Phone), ""
}

// Unproven is the contact that nobody has proven, as typed.
func (r Registration) Unproven() (phone, email string) {
	if r.Channel == registrationv1.Channel_EMAIL {
		return string(r.Card.Phone), ""
	}
	return "", string(r.Card.Email)
}

// Destination is where codes go.
func (r Registration) Destination() string {
	phone, email := r.Proven()
	return phone + email
}

// Masked is the destination as it may be shown; empty once the sign-up has ended.
func (r Registration) Masked() string {
	switch {
	case r.Destination() == "":
		return ""
	case r.Channel == registrationv1.Channel_EMAIL:
		return r.Card.Email.Masked()
	}
	return r.Card.Phone.Masked()
}

// StateAt is the state as a reader sees it: a sign-up that nobody finished in time has expired, purged or not.
func (r Registration) StateAt(now time.Time) registrationv1.State {
	if r.State != registrationv1.State_COMPLETED && !now.Before(r.ExpireTime) {
		return registrationv1.State_EXPIRED
	}
	return r.State
}

// Deadline is until when the sign-up can be finished; zero once it has ended.
func (r Registration) Deadline(now time.Time) time.Time {
	if s := r.StateAt(now); s == registrationv1.State_CODE_SENT || s == registrationv1.State_CONTACT_VERIFIED {
		return r.ExpireTime
	}
	return time.Time{}
}

// CheckIn refuses a step that belongs to another state.
func (r Registration) CheckIn(want registrationv1.State, now time.Time) error {
	state := r.StateAt(now)
	if state == want {
		return nil
	}
	if state == registrationv1.State_EXPIRED {
		return errs.New(errorsv1.Reason_REGISTRATION_EXPIRED, "the sign-up was not finished in time: start again")
	}
	return WrongState()
}

// Repeats says whether a request is the one that has proven the contact; counts: it was compared, and is not.
func (r Registration) Repeats(mac []byte) (same, counts bool) {
	if mac == nil || r.ProofMAC == nil || r.WrongProofs >= maxWrongRepeats {
		return false, false
	}
	same = secret.Equal(mac, r.ProofMAC)
	return same, !same
}

// MayRepeatPassword says whether the account's password may still be presented again, as whoever lost the answer does.
func (r Registration) MayRepeatPassword() bool { return r.WrongPasswords < maxWrongRepeats }

// ProvenBefore refuses a proof of what is proven already. A link says so: it is opened again, or on another device.
func (r Registration) ProvenBefore() error {
	if r.Channel == registrationv1.Channel_EMAIL {
		return errs.New(errorsv1.Reason_LINK_USED, "the link has been used")
	}
	return WrongState()
}

// LinkRefusal tells links that cannot be used apart, as far as a person can act on it. Since nobody types a link's token,
// the attempts left would tell nothing.
func (r Registration) LinkRefusal(err error, now time.Time) error {
	reason := errorsv1.Reason_LINK_INVALID
	switch {
	case errs.Is(err, errorsv1.Reason_CODE_EXPIRED) && !now.Before(r.CodeExpireTime):
		reason = errorsv1.Reason_LINK_EXPIRED
	case errs.Is(err, errorsv1.Reason_CODE_EXPIRED), errs.Is(err, errorsv1.Reason_CODE_WRONG),
		errs.Is(err, errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED):
	default:
		return err
	}
	return errs.Wrap(err, reason, "the link is not valid: ask for a new one")
}

// WrongState refuses a step that is not the next one.
func WrongState() error {
	return errs.New(errorsv1.Reason_REGISTRATION_WRONG_STATE, "this step of the sign-up is not the next one")
}

// Proof is what the person presents: the code for a phone, the link's token for an e-mail. An empty one is refused here;
// what cannot be a code, otp refuses. Neither costs a try.
func (r Registration) Proof(code, token string) (string, error) {
	name, proof := "code", code
	if r.Channel == registrationv1.Channel_EMAIL {
		name, proof = "token", token
	}
	if proof = strings.TrimSpace(identifiers.Typed(proof)); proof != "" {
		return proof, nil
	}
	var wrong errs.Fields
	wrong.Add(name, errorsv1.Reason_FIELD_REQUIRED)
	return "", wrong.Err()
}
