package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
)

// StepKind is what a step asks for.
type StepKind = accountv1.StepKind

// Step is one thing that was proven. Its JSON is stored.
type Step struct {
	Kind StepKind  `json:"kind"`
	Time time.Time `json:"time"`
	// HoldingID is what it was proven by: the second factor, the agreement with the trusted contact, or in a recovery the contact.
	HoldingID uuid.UUID `json:"factor,omitzero"`
	// Synced: the passkey's key is not bound to one device.
	Synced bool `json:"synced,omitempty"`
	// Proof is the MAC of what was presented, so that a repeated request is known; the session's steps have none.
	Proof []byte `json:"proof,omitempty"`
}

// Steps are completed ones, oldest first.
type Steps []Step

// Has says whether something of this kind was proven.
func (s Steps) Has(k StepKind) bool { return s.index(k) >= 0 }

// Of is what was proven of this kind; false: nothing.
func (s Steps) Of(k StepKind) (Step, bool) {
	if i := s.index(k); i >= 0 {
		return s[i], true
	}
	return Step{}, false
}

func (s Steps) index(k StepKind) int {
	return slices.IndexFunc(s, func(x Step) bool { return x.Kind == k })
}

// With are the steps and one more, which takes the place of an earlier one of its kind.
func (s Steps) With(more ...Step) Steps {
	out := slices.Clone(s)
	for _, x := range more {
		out = append(slices.DeleteFunc(out, func(old Step) bool { return old.Kind == x.Kind }), x)
	}
	return out
}

// Public are the steps as a session keeps them.
func (s Steps) Public() Steps {
	out := slices.Clone(s)
	for i := range out {
		out[i].Proof = nil
	}
	return out
}

// last is when the last of them was completed.
func (s Steps) last() time.Time {
	var out time.Time
	for _, x := range s {
		if x.Time.After(out) {
			out = x.Time
		}
	}
	return out
}

// AMR says how the person was recognised (RFC 8176), derived from what was proven; "rc" is a backup code.
func (s Steps) AMR() []string {
	var out []string
	for _, x := range s {
		switch x.Kind {
		case accountv1.StepKind_PASSWORD:
			out = append(out, "pwd")
		case accountv1.StepKind_SMS_CODE:
			out = append(out, "sms")
		case accountv1.StepKind_TOTP:
			out = append(out, "otp")
		case accountv1.StepKind_BACKUP_CODE:
			out = append(out, "rc")
		case accountv1.StepKind_PASSKEY:
			key := "hwk"
			if x.Synced {
				key = "swk"
			}
			out = append(out, key, "user")
		default:
		}
	}
	if s.Assurance() >= accountv1.Assurance_TWO_FACTORS {
		out = append(out, "mfa")
	}
	return out
}

// Assurance is how surely the person was recognised. A passkey is two factors, the device and what unlocks it, and cannot be
// typed into a false page.
func (s Steps) Assurance() accountv1.Assurance {
	switch {
	case s.Has(accountv1.StepKind_PASSKEY):
		return accountv1.Assurance_PHISHING_RESISTANT
	case s.Has(accountv1.StepKind_PASSWORD) && slices.ContainsFunc(s, Step.isSecondFactor):
		return accountv1.Assurance_TWO_FACTORS
	}
	return accountv1.Assurance_ONE_FACTOR
}

func (s Step) isSecondFactor() bool { return IsSecondFactor(s.Kind) }

// IsSecondFactor says whether a kind can be bound to an account beside its password.
func IsSecondFactor(k StepKind) bool {
	switch k {
	case accountv1.StepKind_SMS_CODE, accountv1.StepKind_TOTP, accountv1.StepKind_PASSKEY, accountv1.StepKind_BACKUP_CODE:
		return true
	default:
		return false
	}
}
