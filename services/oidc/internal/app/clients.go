package app

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Credentials are what a client presents at the token endpoint.
type Credentials struct {
	ClientID string
	// Secret came by HTTP Basic; Basic says that there was one.
	Secret secret.String
	Basic  bool
}

// clientAge is for how long a replica goes by what it knows of a client. The one that changes it forgets it at once, the
// others after this time, whatever happens to events and networks: that is one statement per client, replica and five seconds.
const clientAge = 5 * time.Second

// client finds a partner's application that may be served; false: there is none, or it is disabled.
func (a *App) client(ctx context.Context, id string) (domain.Client, bool, error) {
	now := a.Now()
	c, mark, ok := a.clients.get(id, now)
	if ok {
		return c, !c.Disabled, nil
	}
	c, found, err := a.Store.Client(ctx, id)
	if err == nil && found {
		a.clients.put(id, c, now.Add(clientAge), mark)
	}
	return c, found && !c.Disabled, err
}

// RemembersClient says whether to find a client costs nothing.
func (a *App) RemembersClient(id string) bool {
	_, _, ok := a.clients.get(id, a.Now())
	return ok
}

// knownClient is the client, or the refusal for a person whom a partner sent that is none.
func (a *App) knownClient(ctx context.Context, id string) (domain.Client, error) {
	c, found, err := a.client(ctx, id)
	if err == nil && !found {
		err = errUnknownClient()
	}
	return c, err
}

// AuthenticateClient finds the calling client: a confidential one by its secret (client_secret_basic), a public one by its
// id alone. The secret is 256 random bits: one hash is enough.
func (a *App) AuthenticateClient(ctx context.Context, c Credentials) (domain.Client, error) {
	client, found, err := a.client(ctx, c.ClientID)
	if err != nil {
		return client, err
	}
	switch {
	case !found, client.Public() == c.Basic:
	case client.Public(), client.UsesSecret() && a.knowsSecret(client, c.Secret):
		return client, nil
	}
	return domain.Client{}, &domain.OAuthError{Code: domain.InvalidClient, Description: "client authentication failed"}
}

// knowsSecret says whether it is one of the client's secrets. All are compared, so that the time tells nothing.
func (a *App) knowsSecret(c domain.Client, presented secret.String) bool {
	known, hash := false, secret.HashToken(presented.Reveal())
	for _, s := range c.LiveSecrets(a.Now()) {
		known = secret.Equal(hash, s.Hash) || known
	}
	return known
}

// OriginKnown says whether a public client's browser application of this origin may read answers.
func (a *App) OriginKnown(ctx context.Context, origin string) (bool, error) {
	if !utf8.ValidString(origin) || domain.Origin(origin) != origin { // no text: Postgres would not take it
		return false, nil
	}
	now := a.Now()
	_, mark, remembered := a.origins.get(origin, now)
	if remembered {
		return true, nil
	}
	known, err := a.Store.OriginKnown(ctx, origin)
	if err == nil && known {
		a.origins.put(origin, true, now.Add(clientAge), mark)
	}
	return known, err
}

// RemembersOrigin says whether to find an origin costs nothing.
func (a *App) RemembersOrigin(origin string) bool {
	_, _, ok := a.origins.get(origin, a.Now())
	return ok
}
