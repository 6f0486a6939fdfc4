package domain

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
)

// Client is a partner's application.
type Client struct {
	ID string
	// Names are what people see, in each language.
	Names map[string]string
	Type  ClientType
	// AuthMethod is how it authenticates: one of the Auth… names.
	AuthMethod string
	PKCE       PKCEPolicy
	// Secrets are those that have not been removed; some may have expired.
	Secrets                []Secret
	RedirectURIs           []string
	PostLogoutRedirectURIs []string
	// StartURL is where a person begins at the partner, if it says so: see [Client.Start].
	StartURL string
	// Frontchannel and Backchannel are how it is told of sign-outs.
	Frontchannel, Backchannel LogoutTarget
	GrantTypes                []string
	Scopes                    []string
	// Purposes say why a scope is requested, and LegalBases by what right: "snils.ru" → text.
	Purposes, LegalBases map[string]string
	// VoluntaryClaims are those that it can do without: people may keep them back.
	VoluntaryClaims []string
	IDTokenAlg      string
	// IDTokenClaims: ID tokens have the person's claims.
	IDTokenClaims bool
	// UserinfoAlg is what userinfo is signed with; empty: it is plain JSON.
	UserinfoAlg string
	// PublicSubject: `sub` is the same for every client with this setting.
	PublicSubject bool
	// StoredSector is what its pairwise `sub` is for since it was registered; empty: see [Client.Sector].
	StoredSector        string
	SectorIdentifierURI string
	// Audiences are the resources that its access tokens may be for (RFC 8707).
	Audiences []string
	// JWKS are the public keys of private_key_jwt, as JSON.
	JWKS   string
	Policy ClientPolicy
	// RequestsPerMinute bounds its requests for tokens; 0: as the installation does.
	RequestsPerMinute int32
	LogoURI, Contact  string
	// LocalhostRedirects: on http://localhost any port will do.
	LocalhostRedirects bool
	// Disabled: it gets nothing any more, and nothing that it was issued is of use.
	Disabled bool
	// Owner is who registered it.
	Owner                  string
	CreateTime, UpdateTime time.Time
}

// ClientType says whether an application can keep a secret.
type ClientType string

// The types of clients (RFC 6749 §2.1).
const (
	PublicClient       ClientType = "public"
	ConfidentialClient ClientType = "confidential"
)

// The ways of client authentication, as discovery names them.
const (
	AuthNone          = "none"
	AuthSecretBasic   = "client_secret_basic"
	AuthSecretPost    = "client_secret_post"
	AuthPrivateKeyJWT = "private_key_jwt"
)

// PKCEPolicy is what a request for a code needs.
type PKCEPolicy string

// The policies: a challenge, a challenge or a nonce, nothing.
const (
	PKCERequired PKCEPolicy = "required"
	PKCEOptional PKCEPolicy = "optional"
	PKCEOff      PKCEPolicy = "off"
)

// The grant types.
const (
	GrantCode              = "authorization_code"
	GrantRefresh           = "refresh_token"
	GrantClientCredentials = "client_credentials"
)

// Who registers clients.
const (
	OwnerOperator = "operator"
	OwnerSandbox  = "sandbox"
)

// Secret is a secret of a client, which is not kept itself.
type Secret struct {
	ID uuid.UUID
	// Hash is the SHA-256.
	Hash       []byte
	CreateTime time.Time
	// ExpireTime is from when on it is refused; zero: it does not expire.
	ExpireTime time.Time
}

// Live says whether the secret may still be used.
func (s Secret) Live(now time.Time) bool { return s.ExpireTime.IsZero() || now.Before(s.ExpireTime) }

// LogoutTarget is where a client is told of a sign-out.
type LogoutTarget struct {
	// URI is empty if it is not told.
	URI string `json:"uri,omitempty"`
	// Session: it has to be told which session ended.
	Session bool `json:"session,omitempty"`
}

// ClientPolicy is what a client asks of how people are recognised, whatever its requests say.
type ClientPolicy struct {
	LowestLevel accountv1.Level `json:"lowest_level,omitempty"`
	// ConfirmationMethods are those that it accepts; none: all.
	ConfirmationMethods []string `json:"confirmation_methods,omitempty"`
	SecondFactor        bool     `json:"second_factor,omitempty"`
	// EssentialACR: the acr_values of its requests are essential.
	EssentialACR bool `json:"essential_acr,omitempty"`
}

// WithDefaults fills in what was left open.
func (c Client) WithDefaults() Client {
	if c.Type == "" {
		c.Type = ConfidentialClient
		if c.AuthMethod == AuthNone {
			c.Type = PublicClient
		}
	}
	if c.AuthMethod == "" {
		c.AuthMethod = AuthSecretBasic
		if c.Public() {
			c.AuthMethod = AuthNone
		}
	}
	if c.PKCE == "" {
		c.PKCE = PKCERequired
	}
	if len(c.GrantTypes) == 0 {
		c.GrantTypes = []string{GrantCode, GrantRefresh}
	}
	if c.IDTokenAlg == "" {
		c.IDTokenAlg = RS256
	}
	if c.Owner == "" {
		c.Owner = OwnerOperator
	}
	return c
}

// Public says whether the client cannot keep a secret.
func (c Client) Public() bool { return c.Type == PublicClient }

// UsesSecret says whether the client authenticates by a secret.
func (c Client) UsesSecret() bool {
	return c.AuthMethod == AuthSecretBasic || c.AuthMethod == AuthSecretPost
}

// MayUse says whether the client may use a kind of grant.
func (c Client) MayUse(grantType string) bool { return slices.Contains(c.GrantTypes, grantType) }

// LiveSecrets are those of its secrets that have not expired.
func (c Client) LiveSecrets(now time.Time) []Secret {
	return slices.DeleteFunc(slices.Clone(c.Secrets), func(s Secret) bool { return !s.Live(now) })
}

// Sector is what a pairwise `sub` is for (OpenID Connect Core §8.1). It is settled when the client is registered, so that a `sub`
// stays when addresses change.
func (c Client) Sector() string {
	if c.StoredSector != "" {
		return c.StoredSector
	}
	return c.NewSector()
}

// NewSector follows from the addresses: the host of the sector's or else of the redirect URIs. A loopback host is everybody's own and
// does not identify the client's owner, nor does a private-use scheme: such a client is its own sector.
func (c Client) NewSector() string {
	if u, err := url.Parse(c.SectorIdentifierURI); err == nil && u.Host != "" {
		return "host:" + strings.ToLower(u.Hostname())
	}
	if hosts := c.hosts(); len(hosts) == 1 {
		return "host:" + hosts[0]
	}
	return "client:" + c.ID
}

// hosts are the hosts of the redirect URIs, but loopback.
func (c Client) hosts() []string {
	var hosts []string
	for _, r := range c.RedirectURIs {
		if u, err := url.Parse(r); err == nil && webScheme(u.Scheme) && !loopback(u.Hostname()) {
			hosts = append(hosts, strings.ToLower(u.Hostname()))
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// Purpose is why a scope is requested, by language.
func (c Client) Purpose(scope string) map[string]string { return ofScope(c.Purposes, scope) }

// LegalBasis is by what right a scope is requested, by language.
func (c Client) LegalBasis(scope string) map[string]string { return ofScope(c.LegalBases, scope) }

func ofScope(texts map[string]string, scope string) map[string]string {
	out := map[string]string{}
	for _, lang := range Languages() {
		if text, ok := texts[scope+"."+lang]; ok {
			out[lang] = text
		}
	}
	return out
}

// Start is where a person begins at the partner: an absolute web address; empty: an application on a device has none.
func (c Client) Start() string {
	if c.StartURL != "" {
		return c.StartURL
	}
	for _, r := range c.RedirectURIs {
		if origin := Origin(r); origin != "" {
			return origin
		}
	}
	return ""
}

// Host is the host of the partner's site, with a port unless it is the usual one.
func (c Client) Host() string {
	u, err := url.Parse(c.Start())
	if err != nil {
		return ""
	}
	return u.Host
}

// ValidClientID says whether it can be a client's identifier; anything else need not be looked up.
func ValidClientID(id string) bool {
	if id == "" || len(id) > maxClientID {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}
