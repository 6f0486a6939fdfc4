package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Purpose is what a sign-in is for. A token of one purpose is none of another.
type Purpose int16

// The purposes, as they are stored.
const (
	// BeginSession ends in a new session.
	BeginSession Purpose = 1
	// StepUp renews the session that it was begun in: also a reauthentication.
	StepUp Purpose = 2
	// Recover ends in a new password.
	Recover Purpose = 3
)

// Path is one way to the end of a sign-in: its first step, and then the others in any order. Its JSON is stored.
type Path struct {
	First StepKind   `json:"first"`
	Rest  []StepKind `json:"rest,omitempty"`
	// Wait passes after the last step before the path has led to its end.
	Wait time.Duration `json:"wait,omitempty"`
}

// Paths are the ways to one end: one of them is enough.
type Paths []Path

// SignIn is a sign-in under way.
type SignIn struct {
	ID      uuid.UUID
	Purpose Purpose
	// AccountID is empty when the login is nobody's, or a passkey has not yet said whose.
	AccountID uuid.UUID
	// Subject is the MAC of what wrong passwords are counted by.
	Subject []byte
	Surface accountv1.Surface
	// SessionID is the session that a step-up renews.
	SessionID uuid.UUID
	// Devices are of the device's tokens, nil: it has none.
	Devices DeviceHashes
	Needs   Paths
	Met     Steps
	// Challenge is what a passkey has to sign.
	Challenge []byte
	// CodeExpireTime is until when the code that was sent last can be used; zero: none was.
	CodeExpireTime         time.Time
	CreateTime, ExpireTime time.Time
	Done                   bool

	// Contact is what a recovery was begun with. It waits since WaitTime, zero: it does not, until EffectiveTime.
	Contact                 Identifier
	WaitTime, EffectiveTime time.Time
	// CancelHash is of the token that stops it while it waits.
	CancelHash []byte
	Cancelled  bool
}

// SignInPaths are the ways in of an account with these second factors. Whatever an account has, also one that does not exist, the
// first steps are the same.
func SignInPaths(factors []StepKind, remembered bool) Paths {
	paths := ProofPaths(factors)
	if remembered {
		paths[0].Rest = nil
	}
	return paths
}

// ProofPaths are the ways to prove all that an account has to be proven with. The passkey that the person chooses is enough.
func ProofPaths(factors []StepKind) Paths {
	var paths Paths
	for _, k := range factors {
		paths = append(paths, Path{First: accountv1.StepKind_PASSWORD, Rest: []StepKind{k}})
	}
	if paths == nil {
		paths = Paths{{First: accountv1.StepKind_PASSWORD}}
	}
	return append(paths, Path{First: accountv1.StepKind_PASSKEY})
}

// PasskeyPaths is the way in by a passkey alone.
func PasskeyPaths() Paths { return Paths{{First: accountv1.StepKind_PASSKEY}} }

// MissingFactor are the ways to add a second factor to a password that is proven.
func MissingFactor(factors []StepKind) Paths {
	var paths Paths
	for _, k := range factors {
		paths = append(paths, Path{First: k})
	}
	return paths
}

// Offered are the steps that can be completed next. Before one is completed they are the first of each path; then what is left of
// those paths that it begins, so that who cannot take the first step learns nothing of the others.
func (p Paths) Offered(met Steps) []StepKind {
	var out []StepKind
	begun := p.begun(met)
	for _, path := range p {
		next := []StepKind{path.First}
		if begun {
			next = path.left(met)
		}
		if begun && p.longer(path, met) {
			continue
		}
		for _, k := range next {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

// longer says whether another path needs only a part of what this one still does, and no longer wait: nothing is gained by it.
func (p Paths) longer(path Path, met Steps) bool {
	left := path.left(met)
	return slices.ContainsFunc(p, func(other Path) bool {
		rest := other.left(met)
		return met.Has(other.First) && other.Wait <= path.Wait && len(rest) > 0 && len(rest) < len(left) &&
			!slices.ContainsFunc(rest, func(k StepKind) bool { return !slices.Contains(left, k) })
	})
}

// begun says whether the first step of some path is completed.
func (p Paths) begun(met Steps) bool {
	return slices.ContainsFunc(p, func(path Path) bool { return met.Has(path.First) })
}

// left are the steps that a path still needs; none of one that is not begun.
func (p Path) left(met Steps) []StepKind {
	if !met.Has(p.First) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.Rest), met.Has)
}

// Done says whether a path is wholly behind, and its wait over.
func (p Paths) Done(met Steps, now time.Time) bool {
	return slices.ContainsFunc(p, func(path Path) bool {
		return path.complete(met) && !now.Before(met.last().Add(path.Wait))
	})
}

func (p Path) complete(met Steps) bool { return met.Has(p.First) && len(p.left(met)) == 0 }

// ProvenAt is since when each step of some path has been completed; zero: of none.
func (p Paths) ProvenAt(met Steps) time.Time {
	var out time.Time
	for _, path := range p {
		if at := path.provenAt(met); at.After(out) {
			out = at
		}
	}
	return out
}

func (p Path) provenAt(met Steps) time.Time {
	if !p.complete(met) {
		return time.Time{}
	}
	at := met[met.index(p.First)].Time
	for _, k := range p.Rest {
		if t := met[met.index(k)].Time; t.Before(at) {
			at = t
		}
	}
	return at
}

// Offered are the steps that can be completed next.
func (s SignIn) Offered() []StepKind { return s.Needs.Offered(s.Met) }

// CheckOpen refuses a sign-in that is done or has run out (SIGN_IN_EXPIRED), and a step that cannot be completed now
// (STEP_NOT_OPEN).
func (s SignIn) CheckOpen(k StepKind, now time.Time) error {
	if s.Done || !now.Before(s.ExpireTime) {
		return s.gone()
	}
	if !slices.Contains(s.Offered(), k) {
		return StepNotOpen()
	}
	return nil
}

func (s SignIn) gone() error {
	if s.Purpose == Recover {
		return NoRecovery()
	}
	return SignInExpired()
}

// ByPasskeyAlone says whether the sign-in was begun without a login: a passkey says whose it is.
func (s SignIn) ByPasskeyAlone() bool {
	return s.Purpose != Recover && s.AccountID == uuid.Nil && !slices.ContainsFunc(s.Needs, func(p Path) bool { return p.First == accountv1.StepKind_PASSWORD })
}

// SignInExpired refuses a token that no open sign-in has, and does not say why.
func SignInExpired() error {
	return errs.New(errorsv1.Reason_SIGN_IN_EXPIRED, "there is no such sign-in under way")
}

// StepNotOpen refuses a step.
func StepNotOpen() error {
	return errs.New(errorsv1.Reason_STEP_NOT_OPEN, "the step cannot be completed now")
}
