package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/internal/strictjson"
	"github.com/propusk-id/propusk/services/sandbox/internal/app"
)

// maxClientBody has room for a set of keys.
const maxClientBody = 1 << 16

// clientBody is a client with all its settings; a member that has no value is there all the same.
type clientBody struct {
	ClientID     string   `json:"clientId"`
	ClientSecret string   `json:"clientSecret,omitempty"`
	Name         string   `json:"name"`
	Type         string   `json:"type"`
	AuthMethod   string   `json:"authMethod"`
	PKCE         string   `json:"pkce"`
	RedirectURIs []string `json:"redirectUris"`

	PostLogoutRedirectURIs []string        `json:"postLogoutRedirectUris"`
	BackchannelLogoutURI   string          `json:"backchannelLogoutUri"`
	FrontchannelLogoutURI  string          `json:"frontchannelLogoutUri"`
	GrantTypes             []string        `json:"grantTypes"`
	Scopes                 []string        `json:"scopes"`
	IDTokenAlg             string          `json:"idTokenAlg"`
	IDTokenClaims          bool            `json:"idTokenClaims"`
	UserinfoAlg            string          `json:"userinfoAlg"`
	Audiences              []string        `json:"audiences"`
	LocalhostRedirects     bool            `json:"localhostRedirects"`
	JWKS                   json.RawMessage `json:"jwks,omitempty"`

	Misbehaviour *misbehaviourBody `json:"misbehaviour,omitempty"`
	CreateTime   time.Time         `json:"createTime"`
	UpdateTime   time.Time         `json:"updateTime"`
}

type misbehaviourBody struct {
	Kinds []string `json:"kinds"`
	// ExpireTime is when the server behaves again by itself.
	ExpireTime *time.Time `json:"expireTime,omitempty"`
}

func clientBodyOf(c *oidcv1.Client) clientBody {
	return clientBody{
		ClientID: c.GetClientId(), Name: c.GetNames()["ru"], Type: c.GetType().String(), AuthMethod: c.GetAuthMethod(),
		PKCE: c.GetPkce().String(), RedirectURIs: some(c.GetRedirectUris()), PostLogoutRedirectURIs: some(c.GetPostLogoutRedirectUris()),
		BackchannelLogoutURI: c.GetBackchannelLogoutUri(), FrontchannelLogoutURI: c.GetFrontchannelLogoutUri(),
		GrantTypes: some(c.GetGrantTypes()), Scopes: some(c.GetScopes()), IDTokenAlg: c.GetIdTokenAlg(),
		IDTokenClaims: c.GetIdTokenClaims(), UserinfoAlg: c.GetUserinfoAlg(), Audiences: some(c.GetAudiences()),
		LocalhostRedirects: c.GetLocalhostRedirects(), JWKS: json.RawMessage(c.GetJwks()),
		CreateTime: c.GetCreateTime().AsTime(), UpdateTime: c.GetUpdateTime().AsTime(),
	}
}

func viewBody(v app.ClientView) clientBody {
	out := clientBodyOf(v.Client)
	out.ClientSecret, out.Misbehaviour = v.Secret, misbehaviourBodyOf(v.Misbehaviour)
	return out
}

func misbehaviourBodyOf(m *oidcv1.Misbehaviour) *misbehaviourBody {
	out := &misbehaviourBody{Kinds: some(m.GetKinds())}
	if m.GetExpireTime() != nil {
		t := m.GetExpireTime().AsTime()
		out.ExpireTime = &t
	}
	return out
}

// some is never null.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (w *Web) createClient(rw http.ResponseWriter, r *http.Request) error {
	var in sandboxv1.ClientSettings
	if _, err := readBody(rw, r, &in); err != nil {
		return err
	}
	made, err := w.App.CreateClient(r.Context(), &in)
	if err != nil {
		return err
	}
	rw.Header().Set("Location", "/sandbox/v1/clients/"+made.GetClientId())
	return writeJSONAs(rw, http.StatusCreated, viewBody(made))
}

func (w *Web) listClients(rw http.ResponseWriter, r *http.Request) error {
	q, err := pageOf(r.URL.Query())
	if err != nil {
		return err
	}
	list, next, err := w.App.Clients(r.Context(), q)
	if err != nil {
		return err
	}
	out := make([]clientBody, len(list))
	for i, c := range list {
		out[i] = clientBodyOf(c)
	}
	return writePage(rw, "clients", out, next)
}

func (w *Web) getClient(rw http.ResponseWriter, r *http.Request) error {
	c, err := w.App.Client(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(rw, viewBody(c))
}

// patchClient changes the members that the body has; null takes a member back to what it is when left out (RFC 7396).
func (w *Web) patchClient(rw http.ResponseWriter, r *http.Request) error {
	var in sandboxv1.ClientSettings
	members, err := readBody(rw, r, &in)
	if err != nil {
		return err
	}
	c, err := w.App.UpdateClient(r.Context(), r.PathValue("id"), &in, members)
	if err != nil {
		return err
	}
	return writeJSON(rw, viewBody(c))
}

func (w *Web) deleteClient(rw http.ResponseWriter, r *http.Request) error {
	if err := w.App.DeleteClient(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	rw.WriteHeader(http.StatusNoContent)
	return nil
}

func (w *Web) putMisbehaviour(rw http.ResponseWriter, r *http.Request) error {
	var in sandboxv1.MisbehaviourSettings
	if _, err := readBody(rw, r, &in); err != nil {
		return err
	}
	m, err := w.App.Misbehave(r.Context(), r.PathValue("id"), &in)
	if err != nil {
		return err
	}
	return writeJSON(rw, misbehaviourBodyOf(m))
}

// readBody reads a JSON body into a message, and the names that its members have in the contract.
func readBody(rw http.ResponseWriter, r *http.Request, into protoreflect.ProtoMessage) (members []string, err error) {
	body, err := strictjson.Body(http.MaxBytesReader(rw, r.Body, maxClientBody))
	if err != nil {
		return nil, err
	}
	if err := strictjson.Unmarshal(body, into, nil); err != nil {
		return nil, err
	}
	var object map[string]json.RawMessage
	if len(body) > 0 {
		if err := json.Unmarshal(body, &object); err != nil {
			return nil, err // strictjson has read it
		}
	}
	fields := into.ProtoReflect().Descriptor().Fields()
	for _, name := range slices.Sorted(maps.Keys(object)) {
		f := fields.ByJSONName(name)
		if f == nil {
			f = fields.ByName(protoreflect.Name(name))
		}
		if f != nil {
			members = append(members, string(f.Name()))
		}
	}
	return members, nil
}
