// Package domain decides what a sign-up needs and how far it has come.
package domain

import (
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// State is how far a sign-up has come.
type State string

// The states, as they are stored and as the contract names them.
const (
	CodeSent        State = "CODE_SENT"
	ContactVerified State = "CONTACT_VERIFIED"
	Completed       State = "COMPLETED"
	Expired         State = "EXPIRED"
)

// Card is the person as the form has it.
type Card struct {
	LastName, FirstName, MiddleName string
	Phone                           identifiers.Phone
	Email                           identifiers.Email
	// Language is the one that the form was filled in: "ru" or "en".
	Language string
}

// Words are what a password must not be made of.
func (c Card) Words() []string {
	var out []string
	for _, w := range []string{c.LastName, c.FirstName, c.MiddleName, string(c.Phone), string(c.Email)} {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

// Registration is one sign-up.
type Registration struct {
	ID string
	// AccountID is the id that the account will have.
	AccountID uuid.UUID
	// Card is empty once the sign-up has ended.
	Card    Card
	Channel Channel
	// Decoy: the contact had an owner, so that no code is right.
	Decoy bool
	State State
	// TokenHash is of the completion token; none before the contact is proven.
	TokenHash []byte
	// CodeExpireTime is zero until the first code is on its way.
	CodeExpireTime, ResendTime time.Time
	ExpireTime                 time.Time
}

// Proven is the contact that the channel proves: the phone or the e-mail, the other being empty.
func (r Registration) Proven() (phone, email string) {
	if r.Channel == Email {
		return "", r.Card.Email.Key()
	}
	return string(r.Card.Phone), ""
}

// Unproven is the contact that nobody has proven, as typed.
func (r Registration) Unproven() (phone, email string) {
	if r.Channel == Email {
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
	case r.Channel == Email:
		return r.Card.Email.Masked()
	}
	return r.Card.Phone.Masked()
}

// StateAt is the state as a reader sees it: one that nobody finished in time has expired, purged or not.
func (r Registration) StateAt(now time.Time) State {
	if r.State != Completed && !now.Before(r.ExpireTime) {
		return Expired
	}
	return r.State
}

// CheckIn refuses a step that belongs to another state.
func (r Registration) CheckIn(want State, now time.Time) error {
	state := r.StateAt(now)
	if state == want {
		return nil
	}
	if state == Expired {
		return errs.New(errs.Conflict, errorsv1.Reason_REGISTRATION_EXPIRED, "the sign-up was not finished in time: start anew")
	}
	return errs.New(errs.Conflict, errorsv1.Reason_REGISTRATION_WRONG_STATE, "this step of the sign-up is not the next one")
}

// Proof is what the person presents: the code for a phone, the link's token for an e-mail. An empty one is
// refused here, so that it costs no try.
func (r Registration) Proof(code, token string) (string, error) {
	name, proof := "code", strings.Join(strings.FieldsFunc(code, notOfCode), "")
	if r.Channel == Email {
		name, proof = "token", strings.TrimSpace(token)
	}
	if proof != "" {
		return proof, nil
	}
	var wrong errs.Fields
	wrong.Add(name, errorsv1.Reason_FIELD_REQUIRED)
	return "", wrong.Err()
}

// notOfCode finds what people type between the digits of a code.
func notOfCode(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) }
