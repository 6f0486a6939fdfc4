package domain

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// An address that can be registered is read alike by everybody, and allows nothing but itself, or another port where it may.
func FuzzRedirectURI(f *testing.F) {
	for _, seed := range []string{
		"https://a.ru/cb", "http://127.0.0.1/cb", "http://[::1]:1/", "ru.example.app:/cb", "http://localhost/", "https://a.ru/\\@b.ru", "https://a.ru#",
		"javascript:alert(1)", "https://а.ru/", "http://127.0.0.1:80@b.ru/cb", "https://a.ru:/", "HTTPS://A.RU/%2e%2e/", "a.b://c?d=e",
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, registered, presented string) {
		for _, c := range []Client{{Type: PublicClient, LocalhostRedirects: true}, {Type: ConfidentialClient}} {
			if c.unsafeRedirect(registered) {
				continue
			}
			u, err := url.Parse(registered)
			if err != nil || u.Scheme == "" || u.User != nil || u.Fragment != "" || strings.ContainsAny(registered, "#\\ \x00") {
				t.Fatalf("%q was taken", registered)
			}
			c.RedirectURIs = []string{registered}
			if !c.AllowsRedirect(registered) {
				t.Errorf("%q does not allow itself", registered)
			}
			if !c.AllowsRedirect(presented) || presented == registered {
				continue
			}
			other, err := url.Parse(presented)
			if err != nil || !c.Public() || !loopback(other.Hostname()) || other.Hostname() != u.Hostname() || other.User != nil ||
				other.EscapedPath() != u.EscapedPath() || other.RawQuery != u.RawQuery || other.Scheme != "http" {
				t.Errorf("%q allows %q", registered, presented)
			}
		}
	})
}

// Whatever `claims` says, a request asks for nothing that its client may not have.
func FuzzClaims(f *testing.F) {
	for _, seed := range []string{
		`{"userinfo":{"name":{"essential":true}}}`, `{"id_token":{"acr":{"essential":true,"values":["confirmed"]},"sub":{"value":"x"}}}`,
		`{"userinfo":{"snils":null},"id_token":{"email":null}}`, `{}`, `[]`, `{"userinfo":null}`, `{"id_token":{"acr":{"essential":true,"value":[[]]}}}`,
	} {
		f.Add(seed, "openid profile")
	}
	f.Fuzz(func(t *testing.T, param, scope string) {
		c := Client{Scopes: []string{OpenID, Profile, Email}, Type: PublicClient}
		r := Request{Scopes: slices.DeleteFunc(parseScopes(scope), func(s string) bool { return !slices.Contains(c.Scopes, s) })}
		if refusal := readClaims(&r, c, url.Values{"claims": {param}}); refusal != nil && refusal.Description == "" {
			t.Error("a refusal says nothing")
		}
		if !subset(r.Scopes, c.Scopes) || !subset(r.Withheld, ClaimsOf(r.Scopes)) {
			t.Errorf("%q asks for %v without %v", param, r.Scopes, r.Withheld)
		}
		if !subset(r.IDClaims, append(ClaimsOf(c.Scopes), "name")) {
			t.Errorf("%q asks for %v in the ID token", param, r.IDClaims)
		}
	})
}

// Settings that are taken can be kept as they are, and their keys are public ones, each for one algorithm.
func FuzzClientMetadata(f *testing.F) {
	f.Add("agency", "Агентство", "https://a.ru/", "openid", `{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"}]}`, "https://a.ru/api")
	f.Add("a b", "", "x", "", `{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}`, "urn:x")
	f.Add("\x00", "\xff", "https://", "snils", `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AA","d":"AA"}]}`, "#")
	f.Fuzz(func(t *testing.T, id, name, uri, scope, jwks, audience string) {
		c := Client{
			ID: id, Names: map[string]string{"ru": name, "en": name}, RedirectURIs: []string{uri}, Scopes: []string{scope}, JWKS: jwks,
			Audiences: []string{audience}, Purposes: map[string]string{scope + ".ru": name}, Contact: name, LogoURI: uri, StartURL: uri,
		}.WithDefaults()
		if c.Check() != nil {
			return
		}
		keys, err := c.VerificationKeys()
		if jwks != "" && err != nil || !ValidClientID(id) || c.NewSector() == "" {
			t.Errorf("%q was taken: %v", id, err)
		}
		for _, k := range keys {
			if !slices.Contains(SigningAlgs(), k.Alg) || k.ID == "" {
				t.Errorf("a key of %q was taken", k.Alg)
			}
		}
	})
}
