package domain

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Consent is what a person has agreed to for a client.
type Consent struct {
	Scopes []string
	// Declined are the claims that the person keeps back.
	Declined []string
	// Terms are digests of what was agreed to, by scope: see [Client.Terms]. A scope without one was agreed to before there were any.
	Terms map[string]string
	// Withdrawals is how often all of it was taken back.
	Withdrawals int32
	// Limited: the person gives no third party what it can do without.
	Limited bool
	// Held is the level that a request of the client waits for; unspecified: none waits.
	Held accountv1.Level
}

// Waited says whether a request that can be answered is what the held one waited for.
func (c Consent) Waited(r Request) bool { return c.Held > 0 && r.Level >= c.Held }

// Terms is a digest of what somebody agrees to who agrees to a scope: why the client wants it, which claims it gives, and which
// of them may be kept back.
func (c Client) Terms(scope string) string {
	claims := ClaimsOf([]string{scope})
	text, err := json.Marshal(struct {
		Scope             string
		Purpose           map[string]string
		Claims, Voluntary []string
	}{scope, c.Purpose(scope), claims, c.voluntary(scope)})
	if err != nil {
		panic(err) // texts only
	}
	sum := sha256.Sum256(text)
	return base64.RawStdEncoding.EncodeToString(sum[:16])
}

// voluntary are those claims of the scopes that may be kept back.
func (c Client) voluntary(scopes ...string) []string {
	return slices.DeleteFunc(ClaimsOf(scopes), func(claim string) bool { return !slices.Contains(c.VoluntaryClaims, claim) })
}

// Agreed are the scopes that were agreed to as the client asks for them now: when it changes its purposes, or which claims it must
// have, the person is asked anew.
func (c Consent) Agreed(client Client) []string {
	return slices.DeleteFunc(slices.Clone(c.Scopes), func(scope string) bool {
		terms, known := c.Terms[scope]
		return known && terms != client.Terms(scope)
	})
}

// onTermsOf says whether it was agreed to on the same terms before.
func (c Consent) onTermsOf(before Consent) bool {
	return !slices.ContainsFunc(c.Scopes, func(scope string) bool { return c.Terms[scope] != before.Terms[scope] })
}

// Limit leaves of scopes what the person lets clients have: who limits third parties gives no offline access, which a server
// may leave out (OpenID Connect Core §11).
func (c Consent) Limit(scopes []string) []string {
	if !c.Limited {
		return scopes
	}
	return slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool { return scope == Offline })
}

// For is the consent as far as a request goes that was agreed to before.
func (c Consent) For(r Request) Consent {
	return Consent{Scopes: r.Scopes, Declined: r.KeptBack(c.Declined), Withdrawals: c.Withdrawals}
}

// Agree is the consent to scopes without the claims that are kept back. Who limits third parties is not asked for claims one by
// one: those stay given, for when the limit goes, that were given before.
func (c Consent) Agree(client Client, scopes, declined []string) (Consent, error) {
	if c.Limited {
		declined = slices.DeleteFunc(client.voluntary(scopes...), c.gave)
	}
	kept, err := client.Withhold(scopes, declined)
	out := Consent{Scopes: scopes, Declined: kept, Withdrawals: c.Withdrawals, Terms: map[string]string{}}
	for _, scope := range scopes {
		out.Terms[scope] = client.Terms(scope)
	}
	return out, err
}

// gave says whether a claim was given before.
func (c Consent) gave(claim string) bool {
	return slices.Contains(ClaimsOf(c.Scopes), claim) && !slices.Contains(c.Declined, claim)
}

// Declines says whether a claim is kept back, for this client or from all.
func (c Consent) Declines(client Client, claim string) bool {
	return slices.Contains(c.Declined, claim) || c.Limited && slices.Contains(client.VoluntaryClaims, claim)
}

// StoredConsent is a consent of a person, with the client that it is for.
type StoredConsent struct {
	Consent
	ClientID  string
	AgreeTime time.Time
}

// ConsentAt is a position in the list of a person's consents.
type ConsentAt struct {
	Time     time.Time `json:"t"`
	ClientID string    `json:"c"`
}

// NewestConsent is before every consent.
func NewestConsent() ConsentAt { return ConsentAt{Time: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} }

// OpenGrant is a grant that lives, as its person sees it.
type OpenGrant struct {
	ID       uuid.UUID
	ClientID string
	Scopes   []string
	Offline  bool
	// IssueTime is when it was made, LastUseTime when its tokens were last renewed.
	IssueTime, LastUseTime, ExpireTime time.Time
}

// ErrNoConsent refuses a client for which nothing was ever agreed to.
func ErrNoConsent() error {
	return errs.New(errorsv1.Reason_CONSENT_NOT_FOUND, "nothing was agreed to for such a client")
}

// ErrNoGrant refuses a grant that is none of the person's.
func ErrNoGrant() error {
	return errs.New(errorsv1.Reason_GRANT_NOT_FOUND, "the account has no such grant")
}
