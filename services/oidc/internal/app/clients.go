package app

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
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

// client finds a partner's application; false: there is none.
func (a *App) client(ctx context.Context, id string) (domain.Client, bool, error) {
	now := a.Now()
	c, mark, ok := a.clients.get(id, now)
	if ok {
		return c, true, nil
	}
	c, found, err := a.Store.Client(ctx, id)
	if err == nil && found {
		a.clients.put(id, c, now.Add(clientAge), mark)
	}
	return c, found, err
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
	case client.Public(), secret.Equal(secret.HashToken(c.Secret.Reveal()), client.SecretHash):
		return client, nil
	}
	return domain.Client{}, &domain.OAuthError{Code: domain.InvalidClient, Description: "client authentication failed"}
}

// PutSandboxClient registers or changes a client, in a sandbox only. Without a secret it is a public one.
func (a *App) PutSandboxClient(ctx context.Context, c domain.Client, clientSecret secret.String) error {
	if !a.Sandbox {
		return errs.New(errorsv1.Reason_PERMISSION_DENIED, "this is not a sandbox")
	}
	if !clientSecret.IsZero() {
		c.SecretHash = secret.HashToken(clientSecret.Reveal())
	}
	if c.IDTokenAlg == "" {
		c.IDTokenAlg = domain.ES256
	}
	if err := c.CheckRegistration(); err != nil {
		return err
	}
	defer a.origins.clear()
	defer a.clients.drop(c.ID)
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		changed, err := tx.PutClient(ctx, c)
		if err != nil || !changed {
			return err
		}
		return tx.Emit(ctx, c.ID, &eventsv1.ClientChanged{ClientId: c.ID})
	})
}

// PutSandboxApp registers a sandbox's ready-made public client, for trying the platform from one's own machine.
func (a *App) PutSandboxApp(ctx context.Context) error {
	if !a.Sandbox {
		return nil
	}
	return a.PutSandboxClient(ctx, domain.Client{
		ID: "sandbox-app", Names: map[string]string{"ru": "Пробное приложение", "en": "Sandbox app"},
		RedirectURIs: []string{"http://127.0.0.1/callback"}, PostLogoutRedirectURIs: []string{"http://127.0.0.1/"},
		Scopes: domain.Scopes(), Purposes: sandboxPurposes(),
	}, secret.String{})
}

func sandboxPurposes() map[string]string {
	return map[string]string{
		"openid.ru": "чтобы узнавать вас, когда вы придёте снова", "openid.en": "to recognise you when you come again",
		"profile.ru": "чтобы обращаться к вам по имени", "profile.en": "to call you by your name",
		"email.ru": "чтобы писать вам", "email.en": "to write to you",
		"phone.ru": "чтобы звонить вам", "phone.en": "to call you",
		"address.ru": "чтобы посылать вам письма", "address.en": "to send you letters",
		"snils.ru": "чтобы найти вас в своих записях", "snils.en": "to find you in its records",
		"id_doc.ru": "чтобы заполнить за вас договор", "id_doc.en": "to fill in a contract for you",
		"offline_access.ru": "чтобы обновлять эти данные, когда вас нет на сайте",
		"offline_access.en": "to update these details while you are away",
	}
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
