package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// keyHolder is a client that signs assertions.
type keyHolder struct {
	*registered
	key *ecdsa.PrivateKey
}

// keyHolder registers a client of private_key_jwt.
func (w *world) keyHolder(change ...func(*registered)) keyHolder {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	public, err := jwkset.NewJWKFromKey(&key.PublicKey, jwkset.JWKOptions{
		Metadata: jwkset.JWKMetadataOptions{KID: "one", ALG: jwkset.AlgES256, USE: jwkset.UseSig},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	set, err := json.Marshal(jwkset.JWKSMarshal{Keys: []jwkset.JWKMarshal{public.Marshal()}})
	if err != nil {
		w.t.Fatal(err)
	}
	c := w.client(append([]func(*registered){func(r *registered) {
		r.ClientId, r.ClientSecret, r.AuthMethod, r.Jwks = "bank", "", "private_key_jwt", string(set)
		r.GrantTypes, r.Audiences = []string{"authorization_code", "client_credentials"}, []string{"https://api.bank.ru/"}
	}}, change...)...)
	return keyHolder{c, key}
}

// assertion is a good one, but for what the test changes; nil removes.
func (k keyHolder) assertion(w *world, change map[string]any) *jwt.Token {
	now := w.Clock.Now()
	c := jwt.MapClaims{
		"iss": "bank", "sub": "bank", "aud": issuer, "jti": secret.NewRandomID(), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}
	maps.Copy(c, change)
	for name, value := range change {
		if value == nil {
			delete(c, name)
		}
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, c)
	token.Header["kid"] = "one"
	return token
}

func (k keyHolder) sign(w *world, token *jwt.Token) string {
	w.t.Helper()
	signed, err := token.SignedString(k.key)
	if err != nil {
		w.t.Fatal(err)
	}
	return signed
}

func asserted(assertion string, pairs ...string) url.Values {
	return change(url.Values{
		"grant_type": {"client_credentials"}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}, pairs...)
}

func TestClientAssertions(t *testing.T) {
	w := start(t)
	k := w.keyHolder()
	post := func(form url.Values) tokenAnswer { return readToken(t, w.browser().post("/oauth2/token", form)) }
	if a := post(asserted(k.sign(w, k.assertion(w, nil)))); a.status != http.StatusOK || a.Access == "" {
		t.Fatalf("a good one: %d %s", a.status, a.Error)
	}
	now := w.Clock.Now()
	for name, claims := range map[string]map[string]any{
		"nbf 8 s ahead": {"nbf": now.Add(8 * time.Second).Unix()},
		"iat 8 s ahead": {"iat": now.Add(8 * time.Second).Unix()},
		"no iat":        {"iat": nil},
	} {
		if a := post(asserted(k.sign(w, k.assertion(w, claims)))); a.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, a.status, a.Error)
		}
	}
	for name, claims := range map[string]map[string]any{
		"for the token endpoint": {"aud": issuer + "/oauth2/token"},
		"for several":            {"aud": []string{issuer, "https://evil.example"}},
		"for one, as a list":     {"aud": []string{issuer}},
		"for nobody":             {"aud": nil},
		"for a slash":            {"aud": issuer + "/"},
		"of another issuer":      {"iss": "agency"},
		"without an issuer":      {"iss": nil},
		"expired":                {"exp": now.Add(-5 * time.Minute).Unix()},
		"without an end":         {"exp": nil},
		"for a day":              {"exp": now.Add(24 * time.Hour).Unix()},
		"of later":               {"nbf": now.Add(time.Minute).Unix()},
		"made later":             {"iat": now.Add(time.Minute).Unix()},
		"without an id":          {"jti": nil},
		"with an endless id":     {"jti": strings.Repeat("x", 300)},
		"without a subject":      {"sub": nil},
	} {
		a := post(asserted(k.sign(w, k.assertion(w, claims))))
		if a.status != unauthorized || a.Error != "invalid_client" {
			t.Errorf("%s: %d %s", name, a.status, a.Error)
		}
	}
}

// What is not signed by the client's key, by that key's algorithm, proves nothing, whatever its header says.
func TestForgedAssertions(t *testing.T) {
	w := start(t)
	k := w.keyHolder()
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	stranger := keyHolder{k.registered, other}
	publicPoint, err := k.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	with := func(name string, value any) *jwt.Token {
		token := k.assertion(w, nil)
		token.Header[name] = value
		return token
	}
	hmac := jwt.NewWithClaims(jwt.SigningMethodHS256, k.assertion(w, nil).Claims)
	hmac.Header["kid"] = "one"
	byHMAC, err := hmac.SignedString(publicPoint)
	if err != nil {
		t.Fatal(err)
	}
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, k.assertion(w, nil).Claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(k.sign(w, k.assertion(w, nil)), ".")
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"one"}`))
	for name, assertion := range map[string]string{
		"another key":          stranger.sign(w, k.assertion(w, nil)),
		"another kid":          k.sign(w, with("kid", "two")),
		"kid is a path":        k.sign(w, with("kid", "../../one")),
		"kid is a number":      k.sign(w, with("kid", 1)),
		"jku":                  stranger.sign(w, with("jku", "https://evil.example/keys")),
		"x5u":                  stranger.sign(w, with("x5u", "https://evil.example/cert")),
		"jwk":                  stranger.sign(w, with("jwk", map[string]string{"kty": "EC"})),
		"crit":                 stranger.sign(w, with("crit", []string{"b64"})),
		"HMAC with the key":    byHMAC,
		"none":                 unsigned,
		"none, with a kid":     header + "." + parts[1] + ".",
		"without a signature":  parts[0] + "." + parts[1] + ".",
		"with another's":       parts[0] + "." + parts[1] + "." + strings.Repeat("A", len(parts[2])),
		"four parts":           strings.Join(parts, ".") + ".x",
		"no JWT":               "x",
		"too long":             strings.Repeat("a", 9<<10),
		"null bytes":           "\x00.\x00.\x00",
		"an encrypted one":     "e30.e30.e30.e30.e30",
		"a header that is nil": base64.RawURLEncoding.EncodeToString([]byte("null")) + "." + parts[1] + "." + parts[2],
	} {
		a := readToken(t, w.browser().post("/oauth2/token", asserted(assertion)))
		if a.Access != "" || a.status != unauthorized && a.status != badRequest {
			t.Errorf("%s: %d %s", name, a.status, a.Error)
		}
	}
	good := k.sign(w, k.assertion(w, nil))
	for name, form := range map[string]url.Values{
		"of another type":     asserted(good, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
		"of no type":          asserted(good, "client_assertion_type", ""),
		"a type alone":        asserted("", "client_assertion", ""),
		"beside another name": asserted(good, "client_id", "agency"),
		"beside a secret":     asserted(good, "client_secret", "x", "client_id", "bank"),
	} {
		if a := readToken(t, w.browser().post("/oauth2/token", form)); a.Access != "" {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if a := readToken(t, w.browser().post("/oauth2/token", asserted(good))); a.status != http.StatusOK {
		t.Errorf("one that was refused for its form is spent: %s", a.Error)
	}
}

// One assertion is used once, however many come at once, and without Redis by nobody.
func TestAnAssertionIsUsedOnce(t *testing.T) {
	w := start(t)
	k := w.keyHolder()
	one := k.sign(w, k.assertion(w, nil))
	var mu sync.Mutex
	var wg sync.WaitGroup
	won := 0
	for range 20 {
		wg.Go(func() {
			a := readToken(t, w.browser().post("/oauth2/token", asserted(one)))
			mu.Lock()
			defer mu.Unlock()
			if a.status == http.StatusOK {
				won++
			} else if a.Error != "invalid_client" {
				t.Errorf("%d %s", a.status, a.Error)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("used %d times", won)
	}
	if n := len(w.Redis.Keys(w.ctx, "oidc:assertion:*").Val()); n != 1 {
		t.Errorf("%d ids are remembered", n)
	}
	for range 50 { // strangers fill no memory
		forged := k.sign(w, k.assertion(w, map[string]any{"aud": "x"}))
		readToken(t, w.browser().post("/oauth2/token", asserted(forged)))
	}
	if n := len(w.Redis.Keys(w.ctx, "oidc:assertion:*").Val()); n != 1 {
		t.Errorf("%d ids are remembered of assertions that were refused", n)
	}
	if ttl := w.Redis.TTL(w.ctx, w.Redis.Keys(w.ctx, "oidc:assertion:*").Val()[0]).Val(); ttl <= 0 || ttl > 12*time.Minute {
		t.Errorf("it is remembered for %s", ttl)
	}
}

// A secret is taken in the form where the client's setting says so, HTTP Basic from everybody who has one; the refusal says what works.
func TestSecretsInTheForm(t *testing.T) {
	w := start(t)
	c := w.client(func(r *registered) { r.AuthMethod = "client_secret_post" })
	form := func(id, key string) url.Values { return redemption("x", "client_id", id, "client_secret", key) }
	w.wantError(readToken(t, w.browser().post("/oauth2/token", form("agency", theirKey))), badRequest, "invalid_grant")
	w.wantError(w.redeem(c, "x"), badRequest, "invalid_grant")
	w.wantError(readToken(t, w.browser().post("/oauth2/token", form("agency", "wrong"))), unauthorized, "invalid_client")
	w.client(func(r *registered) { r.ClientId = "other" })
	rec := w.browser().post("/oauth2/token", form("other", theirKey))
	if body := rec.Body.String(); rec.Code != unauthorized || !strings.Contains(body, "client_secret_basic") || !strings.Contains(body, "client_secret_post") {
		t.Errorf("the refusal names no way that works: %d %s", rec.Code, body)
	}
	k := w.keyHolder()
	a := w.redeem(&registered{Client: &oidcv1.Client{ClientId: k.GetClientId()}, ClientSecret: strings.Repeat("\x00", 32)}, "x")
	w.wantError(a, unauthorized, "invalid_client")
	w.wantError(w.redeem(&registered{Client: &oidcv1.Client{ClientId: k.GetClientId()}}, "x"), unauthorized, "invalid_client")
}
