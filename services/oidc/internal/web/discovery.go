package web

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/clientauth"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// metadata is OpenID Connect Discovery §3 and RFC 8414 §2.
type metadata struct {
	Issuer        string `json:"issuer"`
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	Userinfo      string `json:"userinfo_endpoint"`
	Keys          string `json:"jwks_uri"`
	EndSession    string `json:"end_session_endpoint"`
	Introspection string `json:"introspection_endpoint"`
	Revocation    string `json:"revocation_endpoint"`

	Scopes        []string `json:"scopes_supported"`
	Claims        []string `json:"claims_supported"`
	ResponseTypes []string `json:"response_types_supported"`
	ResponseModes []string `json:"response_modes_supported"`
	GrantTypes    []string `json:"grant_types_supported"`
	Subjects      []string `json:"subject_types_supported"`
	IDTokenAlgs   []string `json:"id_token_signing_alg_values_supported"`
	UserinfoAlgs  []string `json:"userinfo_signing_alg_values_supported"`
	ClientAuth    []string `json:"token_endpoint_auth_methods_supported"`
	ClientAlgs    []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	IntrospectBy  []string `json:"introspection_endpoint_auth_methods_supported"`
	IntrospectAlg []string `json:"introspection_endpoint_auth_signing_alg_values_supported"`
	RevokeBy      []string `json:"revocation_endpoint_auth_methods_supported"`
	RevokeAlgs    []string `json:"revocation_endpoint_auth_signing_alg_values_supported"`
	Displays      []string `json:"display_values_supported"`
	ClaimTypes    []string `json:"claim_types_supported"`
	Challenges    []string `json:"code_challenge_methods_supported"`
	Prompts       []string `json:"prompt_values_supported"`
	ACRs          []string `json:"acr_values_supported"`
	Languages     []string `json:"ui_locales_supported"`

	FrontLogout        bool `json:"frontchannel_logout_supported"`
	FrontLogoutSession bool `json:"frontchannel_logout_session_supported"`
	BackLogout         bool `json:"backchannel_logout_supported"`
	BackLogoutSession  bool `json:"backchannel_logout_session_supported"`

	// Given although false or optional: their absence would mean something else, or clients look for them.
	RequestObjects bool `json:"request_parameter_supported"`
	RequestURIs    bool `json:"request_uri_parameter_supported"`
	ClaimsParam    bool `json:"claims_parameter_supported"`
	IssInAnswer    bool `json:"authorization_response_iss_parameter_supported"`
}

func discoveryDocument(issuer string, grantTypes []string) ([]byte, error) {
	m := metadata{
		Issuer: issuer, Authorization: issuer + app.PathAuthorize, Token: issuer + app.PathToken,
		Userinfo: issuer + app.PathUserinfo, Keys: issuer + app.PathKeys, EndSession: issuer + app.PathLogout,
		Introspection: issuer + app.PathIntrospect, Revocation: issuer + app.PathRevoke,
		Scopes: domain.Scopes(),
		Claims: []string{
			"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash",
			"name", "family_name", "given_name", "middle_name", "gender", "birthdate", "locale",
			"email", "email_verified", "phone_number", "phone_number_verified", "address", "snils", "id_doc",
		},
		ResponseTypes: []string{"code"}, ResponseModes: domain.ResponseModes(),
		GrantTypes: grantTypes, Subjects: []string{"pairwise", "public"},
		IDTokenAlgs: domain.SigningAlgs(), UserinfoAlgs: domain.SigningAlgs(), ClientAuth: clientauth.Names(),
		ClientAlgs: domain.SigningAlgs(), IntrospectBy: authenticating(), IntrospectAlg: domain.SigningAlgs(),
		RevokeBy: clientauth.Names(), RevokeAlgs: domain.SigningAlgs(),
		Displays: []string{"page", "popup", "touch", "wap"}, ClaimTypes: []string{"normal"},
		Challenges: []string{"S256"}, Prompts: []string{"none", "login", "consent", "select_account"},
		Languages: domain.Languages(), ClaimsParam: true, IssInAnswer: true,
		FrontLogout: true, FrontLogoutSession: true, BackLogout: true, BackLogoutSession: true,
	}
	for _, l := range domain.Levels() {
		m.ACRs = append(m.ACRs, domain.ACR(l))
	}
	return json.Marshal(m)
}

// authenticating are the ways by which a client proves who it is.
func authenticating() []string {
	return slices.DeleteFunc(clientauth.Names(), func(name string) bool { return name == domain.AuthNone })
}

// How long partners may cache the documents: a new key is published a day before it signs.
const (
	cacheDiscovery = "public, max-age=3600"
	cacheKeys      = "public, max-age=900"
)

func (h *handler) discover(w http.ResponseWriter, _ *http.Request) {
	public(w, cacheDiscovery, "application/json", h.discovery)
}

func (h *handler) keys(w http.ResponseWriter, _ *http.Request) {
	public(w, cacheKeys, "application/jwk-set+json", h.app.KeySet.JSON())
}

// public serves a document that any web page may read: it is the same for everybody.
func public(w http.ResponseWriter, cache, contentType string, body []byte) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cache-Control", cache)
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(body) // a client that has disconnected needs no answer
}
