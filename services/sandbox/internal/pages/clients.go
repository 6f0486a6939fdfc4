package pages

import (
	"slices"
	"strconv"
	"strings"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// ClientKinds are the ready-made choices for a new client.
func ClientKinds() []string { return []string{"server", "app", "page", "key"} }

// ClientForm is what a developer enters of a new client.
type ClientForm struct{ Kind, Name, RedirectURIs string }

func (m Client) name() string { return m.GetNames()[m.Lang] }

// settings are those that a library asks for, by the names that it has for them.
func (m Client) settings() [][2]string {
	out := [][2]string{
		{"issuer", m.Issuer},
		{"client_id", m.GetClientId()},
		{"redirect_uri", strings.Join(m.GetRedirectUris(), "\n")},
		{"token_endpoint_auth_method", m.authMethods()},
		{"pkce", m.GetPkce().String()},
		{"id_token_signed_response_alg", m.GetIdTokenAlg()},
		{"scope", strings.Join(m.GetScopes(), " ")},
		{"post_logout_redirect_uri", strings.Join(m.GetPostLogoutRedirectUris(), "\n")},
		{"backchannel_logout_uri", m.GetBackchannelLogoutUri()},
	}
	return slices.DeleteFunc(out, func(s [2]string) bool { return s[1] == "" })
}

// authMethods: who may send the secret in the form may use HTTP Basic as well.
func (m Client) authMethods() string {
	if m.GetAuthMethod() == "client_secret_post" {
		return "client_secret_post, client_secret_basic"
	}
	return m.GetAuthMethod()
}

func (m Client) outcome(r *oidcv1.ClientRequest) string {
	status := strconv.Itoa(int(r.GetStatus()))
	switch {
	case r.GetError() != "":
		return status + " " + r.GetError()
	case r.GetAdvice() != nil:
		return status + " " + r.GetAdvice().GetCode()
	case r.GetToPages():
		return status + ", " + m.t("client_to_pages")
	}
	return status
}

func (m Client) valueOf(p *oidcv1.RequestParameter) string {
	if p.GetHidden() > 0 {
		return m.t("client_hidden") + " " + strconv.Itoa(int(p.GetHidden()))
	}
	return p.GetValue()
}

func (m Client) on(k *oidcv1.MisbehaviourKind) bool {
	return slices.Contains(m.Misbehaviour.GetKinds(), k.GetKind())
}
