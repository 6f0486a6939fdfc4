// Package clientauth finds out which client calls, by the ways of client authentication that discovery names. Each way is a [Method];
// to add one is to add a file here and an entry to [Methods].
package clientauth

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Method is a way of client authentication.
type Method interface {
	// Name is what discovery and clients' settings call it.
	Name() string
	// Read finds what a request presents by this method; false: nothing.
	Read(r *http.Request, form url.Values) (Credentials, bool, error)
}

// Credentials are what a client presents.
type Credentials interface {
	// ClientID is who the client says that it is.
	ClientID() string
	// Verify says whether they are the client's.
	Verify(ctx context.Context, c domain.Client, e Environment) (bool, error)
}

// Environment is what credentials are verified with.
type Environment struct {
	// Issuer is who client assertions have to be for.
	Issuer string
	Now    time.Time
	Replay ReplayGuard
}

// ReplayGuard remembers what may be used once.
type ReplayGuard interface {
	// First says whether a client uses an id for the first time, which is remembered for a time. It fails when it cannot know.
	First(ctx context.Context, clientID, id string, life time.Duration) (bool, error)
}

// Methods are all ways of client authentication.
func Methods() []Method { return []Method{basic{}, post{}, privateKeyJWT{}, none{}} }

// Names are what discovery calls them.
func Names() []string {
	var out []string
	for _, m := range Methods() {
		out = append(out, m.Name())
	}
	return out
}

// Presented is what a request presents, by one method.
type Presented struct {
	Credentials
	Method string
}

// Read finds what a request presents. By two methods at once, or for two clients, it is refused (RFC 6749 §2.3).
func Read(r *http.Request, form url.Values) (Presented, error) {
	var found []Presented
	for _, m := range Methods() {
		c, ok, err := m.Read(r, form)
		if err != nil {
			return Presented{}, err
		}
		if ok {
			found = append(found, Presented{c, m.Name()})
		}
	}
	switch id := form.Get("client_id"); {
	case len(found) == 0:
		return Presented{}, refused("no client is named")
	case len(found) > 1, id != "" && id != found[0].ClientID():
		return Presented{}, &domain.OAuthError{Code: domain.InvalidRequest, Description: "the client presents two identities"}
	}
	return found[0], nil
}

// Check says whether it is the client that it says it is. A method that is not the client's is refused, and which would work is said.
func (p Presented) Check(ctx context.Context, c domain.Client, found bool, e Environment) error {
	if !found {
		return refused("client authentication failed")
	}
	if allowed := allowed(c); !slices.Contains(allowed, p.Method) {
		return refused("client authentication failed: by its setting auth_method the client authenticates by " +
			strings.Join(allowed, " or ") + ", and this request does by " + p.Method)
	}
	ok, err := p.Verify(ctx, c, e)
	if err != nil {
		return err
	}
	if !ok {
		return refused("client authentication failed")
	}
	return nil
}

// allowed are the methods that a client may use. Whoever has a secret may always use HTTP Basic (RFC 6749 §2.3.1).
func allowed(c domain.Client) []string {
	if c.AuthMethod == domain.AuthSecretPost {
		return []string{domain.AuthSecretPost, domain.AuthSecretBasic}
	}
	return []string{c.AuthMethod}
}

func refused(description string) error {
	return &domain.OAuthError{Code: domain.InvalidClient, Description: description}
}
