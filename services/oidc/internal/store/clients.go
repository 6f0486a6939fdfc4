package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// Client finds a partner's application; false: there is none.
func (c conn) Client(ctx context.Context, id string) (domain.Client, bool, error) {
	if !domain.ValidClientID(id) {
		return domain.Client{}, false, nil
	}
	row, err := c.q.Client(ctx, id)
	if pg.IsNotFound(err) {
		return domain.Client{}, false, nil
	}
	if err != nil {
		return domain.Client{}, false, err
	}
	client := domain.Client{
		ID: row.ID, SecretHash: row.SecretHash, RedirectURIs: row.RedirectUris,
		PostLogoutRedirectURIs: row.PostLogoutRedirectUris, Scopes: row.Scopes, IDTokenAlg: row.IDTokenAlg,
		PublicSubject: row.PublicSubject, VoluntaryClaims: row.VoluntaryClaims, StartURL: row.StartUrl,
		SecondFactor: row.SecondFactor,
	}
	return client, true, errors.Join(
		json.Unmarshal(row.Names, &client.Names), json.Unmarshal(row.Purposes, &client.Purposes))
}

// PutClient registers or changes an application; false: nothing changed.
func (c conn) PutClient(ctx context.Context, client domain.Client) (bool, error) {
	names, errNames := json.Marshal(client.Names)
	purposes, errPurposes := json.Marshal(client.Purposes)
	if err := errors.Join(errNames, errPurposes); err != nil {
		return false, err
	}
	n, err := c.q.PutClient(ctx, db.PutClientParams{
		ID: client.ID, Names: names, SecretHash: client.SecretHash, RedirectUris: list(client.RedirectURIs),
		PostLogoutRedirectUris: list(client.PostLogoutRedirectURIs), Origins: list(client.Origins()), Scopes: list(client.Scopes),
		Purposes: purposes, IDTokenAlg: client.IDTokenAlg, PublicSubject: client.PublicSubject,
		VoluntaryClaims: list(client.VoluntaryClaims), StartUrl: client.StartURL,
		SecondFactor: client.SecondFactor,
	})
	return n == 1, err
}

// list is never NULL.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// OriginKnown says whether it is the origin of a public client's browser application.
func (c conn) OriginKnown(ctx context.Context, origin string) (bool, error) {
	loopback, _ := domain.LoopbackHost(origin)
	return c.q.OriginKnown(ctx, db.OriginKnownParams{Origin: origin, Loopback: loopback})
}
