package clientauth

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

type firstAlways struct{}

func (firstAlways) First(context.Context, string, string, time.Duration) (bool, error) {
	return true, nil
}

// Nothing but what the client's key has signed proves who it is, whatever is sent and wherever.
func FuzzAssertion(f *testing.F) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	x := base64.RawURLEncoding.EncodeToString(private.Public().(ed25519.PublicKey)) //nolint:forcetypeassert // by its documentation
	c := domain.Client{
		ID: "bank", Type: domain.ConfidentialClient, AuthMethod: domain.AuthPrivateKeyJWT,
		JWKS: `{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"one","x":"` + x + `"}]}`,
	}
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"iss": "bank", "sub": "bank", "aud": "https://id.ru", "jti": "1", "exp": now.Add(time.Minute).Unix(),
	})
	token.Header["kid"] = "one"
	good, err := token.SignedString(private)
	if err != nil {
		f.Fatal(err)
	}
	environment := Environment{Issuer: "https://id.ru", Now: now, Replay: firstAlways{}}
	proves := func(form url.Values, header string) bool {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		if header != "" {
			r.Header["Authorization"] = []string{header}
		}
		p, err := Read(r, form)
		return err == nil && p.Check(context.Background(), c, true, environment) == nil
	}
	form := func(assertion string) url.Values {
		return url.Values{"client_assertion": {assertion}, "client_assertion_type": {assertionType}}
	}
	if !proves(form(good), "") {
		f.Fatal("a good assertion proves nothing")
	}
	parts := strings.Split(good, ".")
	f.Add(good, "", "")
	f.Add(parts[0]+"."+parts[1]+".", "", "bank")
	f.Add("e30.e30.", "Basic YmFuazo=", "")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"one"}`))+"."+parts[1]+".", "Bearer x", "bank")
	f.Fuzz(func(t *testing.T, assertion, header, id string) {
		sent := form(assertion)
		if id != "" {
			sent.Set("client_id", id)
		}
		// base64 has more than one way to write the last octet; that the signature is the same is what counts.
		same := strings.HasPrefix(assertion, parts[0]+"."+parts[1]+"."+parts[2][:len(parts[2])-1])
		if !same && proves(sent, header) {
			t.Errorf("%q, %q, %q proves who the client is", assertion, header, id)
		}
	})
}
