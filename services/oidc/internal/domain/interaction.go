package domain

import (
	"slices"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// Interaction is a request while the person is on the pages. It is stored in Redis, encrypted.
type Interaction struct {
	ID      string
	Request Request
	// BeganAt is when the partner asked: prompt=login wants a sign-in after it.
	BeganAt    time.Time
	ExpireTime time.Time
	// BrowserHash is the SHA-256 of the cookie of the browser that began it.
	BrowserHash []byte
	// Pending is where it counts as long as nobody has decided.
	Pending Pending
	// ChosenBy is the account that somebody has chosen to go on with (prompt=select_account); empty: none.
	ChosenBy string
	// Outcome is nil until somebody decides.
	Outcome *Outcome
}

// Outcome is how an interaction ended.
type Outcome struct {
	Decision  Decision
	SessionID string
	// Scopes are those that an ALLOW was for, sorted; nil in what the version before stored.
	Scopes []string
	// Declined are the claims that an ALLOW keeps back, sorted; nil in what the version before stored.
	Declined []string
	// Error is the OAuth error code, with the description; empty: allowed, with an authorization code.
	Error, Description string
}

// NewOutcome is a decision by a session; what it leads to may still become an error.
func NewOutcome(d Decision, sessionID string, scopes, declined []string) Outcome {
	return Outcome{Decision: d, SessionID: sessionID, Scopes: set(scopes), Declined: set(declined), Error: DecisionError(d)}
}

// Repeats says whether another outcome is the one that was decided, once more: of a form that was sent twice.
func (o Outcome) Repeats(other Outcome) bool {
	if o.Decision != other.Decision || o.SessionID != other.SessionID {
		return false
	}
	return o.Decision != oidcv1.Decision_ALLOW || sameAs(o.Scopes, other.Scopes) && sameAs(o.Declined, other.Declined)
}

// sameAs is true too of what the version before did not store.
func sameAs(stored, given []string) bool { return stored == nil || slices.Equal(stored, given) }

// Refuse makes it the person's refusal: of the sign-in, when it was not done yet, or of what the partner wants.
func (o Outcome) Refuse(needs []Need) Outcome {
	o.Description = ConsentRefused
	if slices.Contains(needs, oidcv1.Need_LOGIN) || slices.Contains(needs, oidcv1.Need_ACCOUNT_CHOICE) {
		o.Description = SignInCancelled
	}
	return o
}

// set is never nil.
func set(scopes []string) []string {
	out := append([]string{}, scopes...)
	slices.Sort(out)
	return slices.Compact(out)
}

// Decision is what was decided.
type Decision = oidcv1.Decision

// Session is the sign-in of the person at an interaction.
type Session struct {
	ID, AccountID string
	Level         accountv1.Level
	AuthTime      time.Time
	AMR           []string
	ExpireTime    time.Time
	// Language is the person's.
	Language string
}

// TwoFactors says whether the person was recognised by two factors: account names "mfa" (RFC 8176) where it has judged so.
func (s Session) TwoFactors() bool { return slices.Contains(s.AMR, "mfa") }

// Need is what is missing between a session and the answer.
type Need = oidcv1.Need

// Facts are what the needs depend on beside the request.
type Facts struct {
	// Session is nil when nobody is signed in.
	Session *Session
	// Subject is the person's `sub` for this client.
	Subject string
	// Granted are the scopes agreed to before, without the claims Kept.
	Granted, Kept []string
	// Voluntary are the claims that the client can do without: only they stay kept back.
	Voluntary []string
	// Public: the client cannot prove who it is, so the person agrees each time (RFC 6749 §10.2, RFC 8252 §8.6).
	Public bool
	// SecondFactor: the client wants people to be recognised by two factors.
	SecondFactor bool
	// AtOnce: the request has just come, so no sign-in can have been made for it, whatever two clocks say.
	AtOnce bool
	Now    time.Time
}

// Needs are what is missing, in the order in which it is asked for; none: the partner can be answered.
func (i Interaction) Needs(f Facts) []Need {
	switch {
	case f.Session != nil && i.otherPerson(f.Subject):
		return []Need{oidcv1.Need_LOGIN, oidcv1.Need_OTHER_PERSON}
	case f.Session != nil && i.wantsChoice(f):
		return []Need{oidcv1.Need_ACCOUNT_CHOICE}
	case f.Session == nil, !i.fresh(f):
		return []Need{oidcv1.Need_LOGIN}
	}
	var needs []Need
	if f.SecondFactor && !f.Session.TwoFactors() {
		needs = append(needs, oidcv1.Need_SECOND_FACTOR)
	}
	if f.Session.Level < i.Request.Level {
		needs = append(needs, oidcv1.Need_LEVEL)
	}
	if i.Request.Consent || f.Public || !subset(i.Request.Scopes, f.Granted) || i.Request.asksForMore(f) {
		needs = append(needs, oidcv1.Need_CONSENT)
	}
	return needs
}

// asksForMore: the request asks for claims that were not asked for when the person agreed.
func (r Request) asksForMore(f Facts) bool {
	return slices.ContainsFunc(f.Kept, func(claim string) bool {
		return slices.Contains(ClaimsOf(r.Scopes), claim) && !slices.Contains(f.Voluntary, claim) && !slices.Contains(r.Withheld, claim)
	})
}

// wantsChoice: the partner wants an account to be chosen, and this one was not. To sign in for the request is to choose.
func (i Interaction) wantsChoice(f Facts) bool {
	return i.Request.SelectAccount && !i.madeFor(f) && i.ChosenBy != f.Session.AccountID
}

// madeFor says whether the sign-in was made for this request.
func (i Interaction) madeFor(f Facts) bool { return !f.AtOnce && !f.Session.AuthTime.Before(i.BeganAt) }

// fresh says whether the sign-in is recent enough: one made for this request always is.
func (i Interaction) fresh(f Facts) bool {
	if i.madeFor(f) {
		return true
	}
	if i.Request.Login {
		return false
	}
	return i.Request.MaxAge == nil || f.Now.Sub(f.Session.AuthTime) <= *i.Request.MaxAge
}

// otherPerson: the request names a person (id_token_hint) who is not the one signed in: nobody else may be answered for
// (OpenID Connect Core §3.1.2.1).
func (i Interaction) otherPerson(subject string) bool {
	return i.Request.HintSubject != "" && i.Request.HintSubject != subject
}

// SilentError is the OAuth error of a silent request that has a need.
func SilentError(n Need) string {
	switch n {
	case oidcv1.Need_LEVEL:
		return LevelUnmet
	case oidcv1.Need_CONSENT:
		return ConsentRequired
	default:
		return LoginRequired
	}
}

// Refusal is the answer to pages that allow before a need is met; none for consent, which allowing gives.
func Refusal(n Need, signedIn bool) error {
	switch {
	case n == oidcv1.Need_LEVEL:
		return errs.New(errorsv1.Reason_LEVEL_TOO_LOW, "the account's level is too low")
	case n == oidcv1.Need_LOGIN && signedIn:
		return errs.New(errorsv1.Reason_REAUTHENTICATION_REQUIRED, "the sign-in is too long ago")
	case n == oidcv1.Need_LOGIN:
		return errs.New(errorsv1.Reason_UNAUTHENTICATED, "nobody is signed in")
	case n == oidcv1.Need_SECOND_FACTOR:
		return errs.New(errorsv1.Reason_SECOND_FACTOR_REQUIRED, "the client wants two factors")
	case n == oidcv1.Need_ACCOUNT_CHOICE:
		return errs.New(errorsv1.Reason_CONSENT_MISSING, "the person has not chosen an account")
	}
	return nil
}

// Changes says whether a consent, to scopes that were asked for, changes what was agreed to before.
func (i Interaction) Changes(before, agreed Consent) bool {
	withdrawn := slices.ContainsFunc(i.Request.Scopes, func(s string) bool {
		return slices.Contains(before.Scopes, s) && !slices.Contains(agreed.Scopes, s)
	})
	asked := ClaimsOf(i.Request.Scopes)
	otherwise := slices.ContainsFunc(asked, func(claim string) bool {
		return slices.Contains(before.Declined, claim) != slices.Contains(agreed.Declined, claim)
	})
	return withdrawn || otherwise || !subset(agreed.Scopes, before.Scopes)
}

// Agree returns which of the requested scopes the person agreed to: at least openid.
func (i Interaction) Agree(scopes []string) ([]string, error) {
	if !slices.Contains(scopes, OpenID) {
		return nil, errs.New(errorsv1.Reason_CONSENT_MISSING, "the person has not agreed")
	}
	if !subset(scopes, i.Request.Scopes) {
		var wrong errs.Fields
		wrong.Add("scopes", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
		return nil, wrong.Err()
	}
	return slices.DeleteFunc(slices.Clone(i.Request.Scopes), func(s string) bool {
		return !slices.Contains(scopes, s)
	}), nil
}

// DecisionError is the OAuth error of a decision; empty for ALLOW.
func DecisionError(d Decision) string {
	switch d {
	case oidcv1.Decision_LOGIN_REQUIRED:
		return LoginRequired
	case oidcv1.Decision_CONSENT_REQUIRED:
		return ConsentRequired
	case oidcv1.Decision_LEVEL_UNMET:
		return LevelUnmet
	case oidcv1.Decision_DENY:
		return AccessDenied
	default:
		return ""
	}
}
