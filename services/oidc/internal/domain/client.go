package domain

import (
	"net/url"
	"slices"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// The algorithms that tokens are signed with.
const (
	ES256 = "ES256"
	RS256 = "RS256"
)

// Client is a partner's application.
type Client struct {
	ID string
	// Names are what people see, in each language.
	Names map[string]string
	// SecretHash is the SHA-256 of the secret; nil: a public client.
	SecretHash             []byte
	RedirectURIs           []string
	PostLogoutRedirectURIs []string
	Scopes                 []string
	// Purposes say why a scope is requested: "snils.ru" → text.
	Purposes   map[string]string
	IDTokenAlg string
	// PublicSubject: `sub` is the same for every client with this setting.
	PublicSubject bool
	// VoluntaryClaims are those that it can do without: people may keep them back.
	VoluntaryClaims []string
	// StartURL is where a person begins at the partner, if it says so: see [Client.Start].
	StartURL string
	// SecondFactor: people are to be recognised by two factors.
	SecondFactor bool
}

// Public says whether the client cannot keep a secret.
func (c Client) Public() bool { return c.SecretHash == nil }

// Sector is what a pairwise `sub` is for (OpenID Connect Core §8.1): the host of the redirect URIs. A loopback host is
// everybody's own and does not identify the client's owner: such a client is its own sector.
func (c Client) Sector() string {
	if hosts := c.hosts(); len(hosts) == 1 {
		return "host:" + hosts[0]
	}
	return "client:" + c.ID
}

// hosts are the hosts of the redirect URIs, but loopback.
func (c Client) hosts() []string {
	var hosts []string
	for _, r := range c.RedirectURIs {
		if u, err := url.Parse(r); err == nil && !loopback(u.Hostname()) {
			hosts = append(hosts, strings.ToLower(u.Hostname()))
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1" || strings.HasSuffix(host, ".localhost")
}

// Origins are those of the redirect URIs, where a browser application of this client runs.
func (c Client) Origins() []string {
	origins := make([]string, 0, len(c.RedirectURIs))
	for _, r := range c.RedirectURIs {
		origins = append(origins, Origin(r))
	}
	slices.Sort(origins)
	return slices.Compact(origins)
}

// LoopbackHost is the scheme and host of an origin on the machine of the person, without the port: a client that is
// registered for the host runs on any port there.
func LoopbackHost(origin string) (string, bool) {
	for _, host := range []string{"http://127.0.0.1", "http://[::1]", "http://localhost"} {
		port, ok := strings.CutPrefix(origin, host)
		if ok && (port == "" || port[0] == ':' && isPort(port[1:])) {
			return host, true
		}
	}
	return "", false
}

// Origin is the scheme, host and port of an address.
func Origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Purpose is why a scope is requested, by language.
func (c Client) Purpose(scope string) map[string]string {
	out := map[string]string{}
	for _, lang := range Languages() {
		if text, ok := c.Purposes[scope+"."+lang]; ok {
			out[lang] = text
		}
	}
	return out
}

// Start is where a person begins at the partner: an absolute address.
func (c Client) Start() string {
	if c.StartURL != "" || len(c.RedirectURIs) == 0 {
		return c.StartURL
	}
	return Origin(c.RedirectURIs[0])
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
	if id == "" || len(id) > 64 {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// CheckRegistration refuses a client that could not work or would be unsafe.
func (c Client) CheckRegistration() error {
	var wrong errs.Fields
	if !ValidClientID(c.ID) {
		wrong.Add("client_id", errorsv1.Reason_FIELD_MALFORMED)
	}
	for _, lang := range Languages() {
		if c.Names[lang] == "" {
			wrong.Add("names", errorsv1.Reason_FIELD_REQUIRED)
			break
		}
	}
	if len(c.RedirectURIs) == 0 {
		wrong.Add("redirect_uris", errorsv1.Reason_FIELD_REQUIRED)
	}
	if slices.ContainsFunc(c.RedirectURIs, unsafeURI) {
		wrong.Add("redirect_uris", errorsv1.Reason_FIELD_MALFORMED)
	}
	if slices.ContainsFunc(c.PostLogoutRedirectURIs, unsafeURI) {
		wrong.Add("post_logout_redirect_uris", errorsv1.Reason_FIELD_MALFORMED)
	}
	if !c.PublicSubject && len(c.hosts()) > 1 {
		// Which of the hosts would the sector be?
		wrong.Add("redirect_uris", errorsv1.Reason_MISMATCH)
	}
	if !subset(c.Scopes, Scopes()) {
		wrong.Add("scopes", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	if !subset(c.VoluntaryClaims, ClaimsOf(c.Scopes)) {
		wrong.Add("voluntary_claims", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	c.checkStart(&wrong)
	return wrong.Err()
}

// checkStart wants the way back to lead where answers go: people are told its host.
func (c Client) checkStart(wrong *errs.Fields) {
	switch {
	case c.StartURL == "":
	case unsafeURI(c.StartURL):
		wrong.Add("start_url", errorsv1.Reason_FIELD_MALFORMED)
	case !slices.Contains(c.Origins(), Origin(c.StartURL)):
		wrong.Add("start_url", errorsv1.Reason_MISMATCH)
	}
}

// unsafeURI says whether it is not an absolute web address, or one that parsers read differently.
func unsafeURI(s string) bool {
	u, err := url.Parse(s)
	return err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil ||
		strings.Contains(s, "#") || strings.ContainsAny(s, "*\\ \t\r\n")
}
