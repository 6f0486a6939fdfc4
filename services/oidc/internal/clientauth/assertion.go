package clientauth

import (
	"context"
	"crypto"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// The bounds of a client assertion.
const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	maxAssertion  = 8 << 10
	maxJTI        = 256
	// maxLife is how far in the future an assertion may end: so long its jti is remembered.
	maxLife = 10 * time.Minute
	// leeway is how much clocks may differ.
	leeway = 10 * time.Second
)

// privateKeyJWT is an assertion that the client signs (RFC 7523 §2.2, OpenID Connect Core §9).
type privateKeyJWT struct{}

func (privateKeyJWT) Name() string { return domain.AuthPrivateKeyJWT }

func (privateKeyJWT) Read(_ *http.Request, form url.Values) (Credentials, bool, error) {
	token, kind := form.Get("client_assertion"), form.Get("client_assertion_type")
	switch {
	case token == "" && kind == "":
		return nil, false, nil
	case kind != assertionType:
		return nil, false, refused("client_assertion_type is not " + assertionType)
	case token == "" || len(token) > maxAssertion:
		return nil, false, refused("client_assertion is missing or longer than 8 kB")
	}
	var claims jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(token, &claims); err != nil {
		return nil, false, refused("client_assertion is no JWT")
	}
	return assertion{claims.Subject, token}, true, nil
}

// assertion names the client by its subject, which nothing has proved yet.
type assertion struct{ subject, token string }

func (a assertion) ClientID() string { return a.subject }

var errKey = errors.New("none of the client's keys")

// Verify checks the signature by the client's own key that the header names, and by that key's algorithm: nothing else in the header
// (alg, jku, jwk, x5u) says what it is verified with. An assertion is for the issuer, by its exact name and for nobody beside, ends
// soon and is used once. Whether it was is asked last, so that strangers fill no memory.
func (a assertion) Verify(ctx context.Context, c domain.Client, e Environment) (bool, error) {
	keys, err := c.VerificationKeys()
	if err != nil {
		return false, nil //nolint:nilerr // the client has no keys
	}
	var claims claims
	_, err = jwt.ParseWithClaims(a.token, &claims, func(t *jwt.Token) (any, error) { return keyOf(t, keys) },
		jwt.WithValidMethods(domain.SigningAlgs()), jwt.WithIssuer(c.ID), jwt.WithSubject(c.ID), jwt.WithLeeway(leeway),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return e.Now }), jwt.WithIssuedAt())
	switch {
	case err != nil, claims.Audience != e.Issuer, claims.ID == "", len(claims.ID) > maxJTI:
		return false, nil
	case claims.ExpiresAt.After(e.Now.Add(maxLife)):
		return false, nil
	}
	return e.Replay.First(ctx, c.ID, claims.ID, claims.ExpiresAt.Sub(e.Now)+leeway)
}

// claims are those of an assertion; its audience is one text: an array could be for others, too.
type claims struct {
	jwt.RegisteredClaims
	Audience string `json:"aud"`
}

func (c claims) GetAudience() (jwt.ClaimStrings, error) { return jwt.ClaimStrings{c.Audience}, nil }

// keyOf is the key that the header names, or the only one that there is.
func keyOf(t *jwt.Token, keys []domain.VerificationKey) (crypto.PublicKey, error) {
	id, named := t.Header["kid"]
	for _, k := range keys {
		if (k.ID == id || !named && len(keys) == 1) && k.Alg == t.Method.Alg() {
			return k.Key, nil
		}
	}
	return nil, errKey
}
