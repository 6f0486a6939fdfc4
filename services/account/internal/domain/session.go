package domain

import (
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// SurfaceOf is REST unless another surface is asked for.
func SurfaceOf(asked accountv1.Surface) accountv1.Surface {
	if asked == accountv1.Surface_PAGES {
		return asked
	}
	return accountv1.Surface_REST
}

// Session is a person signed in on one device.
type Session struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	// Level and Language are the account's, as they are now.
	Level    accountv1.Level
	Language string
	Surface  accountv1.Surface
	// AuthTime is when the person last proved something, Steps what was proven and when, AMR what that is called.
	AuthTime time.Time
	Steps    Steps
	AMR      []string
	// ProofTime is since when everything that the account has to be proven with has been proven; zero: a remembered device stood
	// for some of it.
	ProofTime time.Time
	// ExpireTime ends it whatever happens, IdleExpireTime when it is not used.
	ExpireTime, IdleExpireTime time.Time
}

// SessionLife is how long sessions of one surface live.
type SessionLife struct {
	// Absolute is from the sign-in, Idle from the last use.
	Absolute, Idle time.Duration
}

// Lifetimes are those of each surface (NIST SP 800-63B-4 §2.2.3: 24 h altogether, 1 h without use).
type Lifetimes struct{ REST, Pages SessionLife }

// Of is the lifetime on a surface.
func (l Lifetimes) Of(s accountv1.Surface) SessionLife {
	if s == accountv1.Surface_PAGES {
		return l.Pages
	}
	return l.REST
}

// Begin is a session that starts now, made of these steps; its level and language are the account's when it is stored.
func (l Lifetimes) Begin(id, account uuid.UUID, surface accountv1.Surface, steps Steps, now time.Time) Session {
	s := Session{
		ID: id, AccountID: account, Surface: surface, AuthTime: now, Steps: steps.Public(), AMR: steps.AMR(),
		ExpireTime: now.Add(l.Of(surface).Absolute),
	}
	s.IdleExpireTime = l.IdleUntil(s, now)
	return s
}

// ByPassword are the steps of who has only typed the password.
func ByPassword(at time.Time) Steps { return Steps{{Kind: accountv1.StepKind_PASSWORD, Time: at}} }

// IdleUntil is when a session that is used now ends unless it is used again.
func (l Lifetimes) IdleUntil(s Session, now time.Time) time.Time {
	idle := now.Add(l.Of(s.Surface).Idle)
	if idle.After(s.ExpireTime) {
		return s.ExpireTime
	}
	return idle
}

// Renewed is the session once its person has proven more. Its sign-in time is later than the old one whatever the clock says: it
// tells the token that is good now from those before.
func (s Session) Renewed(l Lifetimes, steps Steps, now time.Time) Session {
	s.Steps, s.IdleExpireTime = s.Steps.With(steps.Public()...), l.IdleUntil(s, now)
	// A second factor that is added proves nothing of the first anew: max_age of partners is about a whole sign-in.
	if !now.After(s.AuthTime) || !steps.Has(accountv1.StepKind_PASSWORD) && !steps.Has(accountv1.StepKind_PASSKEY) {
		now = s.AuthTime.Add(time.Microsecond)
	}
	s.AuthTime, s.AMR = now, s.Steps.AMR()
	return s
}

// IsOf says whether a caller who signed in at that time has the session's present token. Internal tokens of the version
// before tell the time in seconds.
func (s Session) IsOf(authTime time.Time) bool {
	return s.AuthTime.Equal(authTime) || authTime.Nanosecond() == 0 && s.AuthTime.Truncate(time.Second).Equal(authTime)
}

// slideStep is how much of the idle time may pass before a use is stored.
const slideStep = time.Minute

// UsedBefore is the earliest use that is recent enough for one now not to be stored.
func (l SessionLife) UsedBefore(now time.Time) time.Time {
	return now.Add(-min(slideStep, l.Idle/2))
}

// Ended refuses a token or an id that no live session has, and does not say why.
func Ended() error {
	return errs.New(errorsv1.Reason_SESSION_ENDED, "there is no such session any more")
}

// SignInFailed refuses a login or a password, and does not say which.
func SignInFailed() error {
	return errs.New(errorsv1.Reason_SIGN_IN_FAILED, "the login or the password is wrong")
}
