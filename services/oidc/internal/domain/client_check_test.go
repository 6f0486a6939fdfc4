package domain

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/MicahParks/jwkset"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func goodClient() Client {
	return Client{
		ID: "agency", Names: map[string]string{"ru": "Агентство", "en": "Agency"},
		RedirectURIs: []string{"https://agency.example.ru/callback"}, Scopes: Scopes(),
	}
}

func publicKeySet(t *testing.T, change func(*jwkset.JWKMarshal)) string {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jwkset.NewJWKFromKey(private, jwkset.JWKOptions{
		Marshal: jwkset.JWKMarshalOptions{Private: true}, Metadata: jwkset.JWKMetadataOptions{KID: "one", ALG: jwkset.AlgES256},
	})
	if err != nil {
		t.Fatal(err)
	}
	m := key.Marshal()
	m.D = ""
	change(&m)
	set, err := json.Marshal(jwkset.JWKSMarshal{Keys: []jwkset.JWKMarshal{m}})
	if err != nil {
		t.Fatal(err)
	}
	return string(set)
}

func TestEveryWrongSettingIsNamed(t *testing.T) {
	const (
		required, malformed = errorsv1.Reason_FIELD_REQUIRED, errorsv1.Reason_FIELD_MALFORMED
		unknown, mismatch   = errorsv1.Reason_FIELD_UNKNOWN_VALUE, errorsv1.Reason_MISMATCH
		long, rang          = errorsv1.Reason_FIELD_TOO_LONG, errorsv1.Reason_FIELD_OUT_OF_RANGE
		repeated            = errorsv1.Reason_FIELD_REPEATED
	)
	keys := publicKeySet(t, func(*jwkset.JWKMarshal) {})
	for name, c := range map[string]struct {
		change func(*Client)
		field  string
		reason errorsv1.Reason
	}{
		"short id":        {func(c *Client) { c.ID = "ab" }, "client_id", malformed},
		"odd id":          {func(c *Client) { c.ID = "агентство" }, "client_id", malformed},
		"no English name": {func(c *Client) { delete(c.Names, "en") }, "names.en", required},
		"blank name":      {func(c *Client) { c.Names["ru"] = " " }, "names.ru", required},
		"long name":       {func(c *Client) { c.Names["ru"] = strings.Repeat("я", 201) }, "names.ru", long},
		"name in lines":   {func(c *Client) { c.Names["ru"] = "a\nb" }, "names.ru", malformed},
		"French name":     {func(c *Client) { c.Names["fr"] = "Agence" }, "names.fr", unknown},
		"logo by http":    {func(c *Client) { c.LogoURI = "http://agency.example.ru/logo.svg" }, "logo_uri", malformed},
		"negative rate":   {func(c *Client) { c.RequestsPerMinute = -1 }, "requests_per_minute", rang},

		"odd way to authenticate": {func(c *Client) { c.AuthMethod = "client_secret_jwt" }, "auth_method", unknown},
		"public with a secret":    {func(c *Client) { c.Type, c.AuthMethod = PublicClient, AuthSecretBasic }, "auth_method", mismatch},
		"confidential by nothing": {func(c *Client) { c.Type, c.AuthMethod = ConfidentialClient, AuthNone }, "auth_method", mismatch},
		"public without PKCE":     {func(c *Client) { c.Type, c.PKCE = PublicClient, PKCEOptional }, "pkce", mismatch},
		"no keys":                 {func(c *Client) { c.AuthMethod = AuthPrivateKeyJWT }, "jwks", required},
		"no JSON":                 {func(c *Client) { c.JWKS = "{" }, "jwks", malformed},
		"no key in the set":       {func(c *Client) { c.JWKS = `{"keys":[]}` }, "jwks", malformed},
		"a secret beside keys": {func(c *Client) {
			c.AuthMethod, c.JWKS, c.Secrets = AuthPrivateKeyJWT, keys, make([]Secret, 1)
		}, "secrets", mismatch},
		"six secrets": {func(c *Client) { c.Secrets = make([]Secret, 6) }, "secrets", rang},

		"no address":       {func(c *Client) { c.RedirectURIs = nil }, "redirect_uris", required},
		"repeated address": {func(c *Client) { c.RedirectURIs = append(c.RedirectURIs, c.RedirectURIs[0]) }, "redirect_uris[1]", repeated},
		"two sectors":      {func(c *Client) { c.RedirectURIs = append(c.RedirectURIs, "https://b.ru/") }, "redirect_uris", mismatch},
		"odd sector":       {func(c *Client) { c.SectorIdentifierURI = "http://agency.example.ru/s" }, "sector_identifier_uri", malformed},
		"localhost of a server": {
			func(c *Client) { c.LocalhostRedirects = true }, "localhost_redirects", mismatch,
		},
		"way back by script": {func(c *Client) { c.PostLogoutRedirectURIs = []string{"javascript:alert(1)"} }, "post_logout_redirect_uris[0]", malformed},
		"frame elsewhere":    {func(c *Client) { c.Frontchannel.URI = "https://evil.example/out" }, "frontchannel_logout_uri", mismatch},
		"back-channel file":  {func(c *Client) { c.Backchannel.URI = "file:///etc/passwd" }, "backchannel_logout_uri", malformed},

		"unknown scope":       {func(c *Client) { c.Scopes = []string{"openid", "everything"} }, "scopes[1]", unknown},
		"claim of no scope":   {func(c *Client) { c.Scopes, c.VoluntaryClaims = []string{"openid"}, []string{"email"} }, "voluntary_claims[0]", unknown},
		"purpose of nothing":  {func(c *Client) { c.Purposes = map[string]string{"x.ru": "a"} }, "purposes.x.ru", unknown},
		"long legal basis":    {func(c *Client) { c.LegalBases = map[string]string{"snils.ru": strings.Repeat("a", 501)} }, "legal_bases.snils.ru", long},
		"unknown grant":       {func(c *Client) { c.GrantTypes = []string{"password"} }, "grant_types[0]", unknown},
		"public by itself":    {func(c *Client) { c.Type, c.GrantTypes = PublicClient, []string{GrantClientCredentials} }, "grant_types", mismatch},
		"unsigned ID tokens":  {func(c *Client) { c.IDTokenAlg = "none" }, "id_token_alg", unknown},
		"HMAC userinfo":       {func(c *Client) { c.UserinfoAlg = "HS256" }, "userinfo_alg", unknown},
		"relative resource":   {func(c *Client) { c.Audiences = []string{"/api"} }, "audiences[0]", malformed},
		"confirmed by nobody": {func(c *Client) { c.Policy.ConfirmationMethods = []string{"rumour"} }, "policy.confirmation_methods[0]", unknown},
	} {
		client := goodClient()
		c.change(&client)
		err := client.WithDefaults().Check()
		e, ok := errs.As(err)
		if !ok || !slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Name == c.field && f.Reason == c.reason }) {
			t.Errorf("%s: %v, want %s %s", name, err, c.field, c.reason)
		}
	}
	for name, change := range map[string]func(*Client){
		"as it is":  func(*Client) {},
		"keys":      func(c *Client) { c.AuthMethod, c.JWKS = AuthPrivateKeyJWT, keys },
		"two hosts": func(c *Client) { c.RedirectURIs, c.PublicSubject = []string{"https://a.ru/", "https://b.ru/"}, true },
		"their sector": func(c *Client) {
			c.RedirectURIs, c.SectorIdentifierURI = []string{"https://a.ru/", "https://b.ru/"}, "https://c.ru/s"
		},
		"a machine": func(c *Client) { c.RedirectURIs, c.GrantTypes = nil, []string{GrantClientCredentials} },
	} {
		client := goodClient()
		change(&client)
		if err := client.WithDefaults().Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Keys that are private, weak, nameless or for something else are no client's.
func TestKeysThatAreRefused(t *testing.T) {
	for name, change := range map[string]func(*jwkset.JWKMarshal){
		"private":            func(m *jwkset.JWKMarshal) { m.D = "AAAA" },
		"symmetric":          func(m *jwkset.JWKMarshal) { m.KTY, m.K = jwkset.KtyOct, "AAAA" },
		"nameless":           func(m *jwkset.JWKMarshal) { m.KID = "" },
		"for encryption":     func(m *jwkset.JWKMarshal) { m.USE = jwkset.UseEnc },
		"of another alg":     func(m *jwkset.JWKMarshal) { m.ALG = jwkset.AlgRS256 },
		"of HMAC":            func(m *jwkset.JWKMarshal) { m.ALG = jwkset.AlgHS256 },
		"not on the curve":   func(m *jwkset.JWKMarshal) { m.X = m.Y },
		"of a weak RSA":      func(m *jwkset.JWKMarshal) { *m = jwkset.JWKMarshal{KTY: jwkset.KtyRSA, KID: "a", N: "wQ", E: "AQAB"} },
		"of an endless RSA":  func(m *jwkset.JWKMarshal) { m.KTY, m.N = jwkset.KtyRSA, strings.Repeat("A", 4000) },
		"of an unknown kind": func(m *jwkset.JWKMarshal) { m.KTY = "GOST" },
	} {
		if keys, err := (Client{JWKS: publicKeySet(t, change)}).VerificationKeys(); err == nil {
			t.Errorf("%s: %v", name, keys)
		}
	}
	elsewhere := publicKeySet(t, func(m *jwkset.JWKMarshal) { m.X5U = "https://evil.example/cert" })
	if keys, err := (Client{JWKS: elsewhere}).VerificationKeys(); err != nil || len(keys) != 1 || keys[0].Alg != ES256 {
		t.Errorf("what x5u says counts: %v, %v", keys, err)
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	public, confidential := Client{Type: PublicClient}, Client{Type: ConfidentialClient}
	for address, good := range map[string][2]bool{ // for a public client, for a confidential one
		"https://a.ru/cb":                           {true, true},
		"https://a.ru:8443/cb?x=1":                  {true, true},
		"http://127.0.0.1/cb":                       {true, true},
		"http://[::1]:4000/cb":                      {true, true},
		"http://localhost:3000/":                    {true, true},
		"http://app.localhost/":                     {true, true},
		"http://intranet:8080/cb":                   {false, true},
		"ru.example.app:/callback":                  {true, false},
		"ru.example.app://callback":                 {true, false},
		"ru.example.app:":                           {false, false},
		"app:/callback":                             {false, false},
		"javascript:alert(1)":                       {false, false},
		"java.script:/cb#x":                         {false, false},
		"data:text/html,x":                          {false, false},
		"https://a.ru/cb#":                          {false, false},
		"https://*.a.ru/cb":                         {false, false},
		"https://user@a.ru/cb":                      {false, false},
		"https://а.ru/cb":                           {false, false}, // a Cyrillic letter
		"https://a.ru/\\@evil.ru":                   {false, false},
		"https:///cb":                               {false, false},
		"https:a.ru/cb":                             {false, false},
		"https://a.ru:/cb":                          {false, false},
		"https://:443/cb":                           {false, false},
		"//a.ru/cb":                                 {false, false},
		"a.ru/cb":                                   {false, false},
		" https://a.ru/cb":                          {false, false},
		"https://a.ru/" + strings.Repeat("a", 2000): {false, false},
	} {
		got := [2]bool{!public.unsafeRedirect(address), !confidential.unsafeRedirect(address)}
		if got != good {
			t.Errorf("%.60q is taken %v, want %v", address, got, good)
		}
	}
}

// On the person's own machine any port will do, and nothing else (RFC 8252 §7.3).
func TestPortsOnLoopback(t *testing.T) {
	c := Client{Type: PublicClient, RedirectURIs: []string{
		"http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost/cb", "ru.example.app:/cb", "https://a.ru/cb",
	}}
	for address, want := range map[string]bool{
		"http://127.0.0.1:4000/cb": true, "http://[::1]:4000/cb": true, "http://localhost:4000/cb": false, "http://localhost/cb": true,
		"http://127.0.0.1:4000/other": false, "http://127.0.0.1:4000/cb?x=1": false, "http://127.0.0.2:4000/cb": false,
		"http://127.0.0.1:4000@evil.ru/cb": false, "https://127.0.0.1:4000/cb": false, "http://127.0.0.1:/cb": false,
		"http://127.0.0.1:123456/cb": false, "ru.example.app:/cb": true, "RU.example.app:/cb": false, "ru.example.app:/cb/": false,
		"https://a.ru:443/cb": false, "https://A.ru/cb": false, "https://a.ru/cb/../cb": false, "https://a.ru/c%62": false,
	} {
		if got := c.AllowsRedirect(address); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
	c.LocalhostRedirects = true
	if !c.AllowsRedirect("http://localhost:4000/cb") {
		t.Error("localhost has one port although the client may have any")
	}
	c.Type = ConfidentialClient
	if c.AllowsRedirect("http://127.0.0.1:4000/cb") {
		t.Error("a server may be on any port")
	}
}
