package oidc

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// How long a loaded grant lives.
const loadedGrantLife = 30 * 24 * time.Hour

// LoadClient registers a confidential client, which may ask for everything, in the schema that conn sees.
func LoadClient(ctx context.Context, conn *pgx.Conn, id string, clientSecret secret.String, redirectURI string) error {
	now := time.Unix(0, 0) // how old it is costs nothing
	c := domain.Client{
		ID: id, Names: map[string]string{"ru": id, "en": id}, RedirectURIs: []string{redirectURI}, Scopes: domain.Scopes(),
		IDTokenAlg: domain.ES256, CreateTime: now, UpdateTime: now,
		Secrets: []domain.Secret{{ID: secret.NewID(), Hash: secret.HashToken(clientSecret.Reveal()), CreateTime: now}},
	}
	c.StoredSector = c.NewSector()
	return store.LoadClient(ctx, conn, c.WithDefaults())
}

// Load copies, for each account, a consent and a grant for the client into the schema that conn sees, to measure what an
// installation's size costs.
func Load(ctx context.Context, conn *pgx.Conn, clientID string, accounts []uuid.UUID, scopes []string, now time.Time) error {
	return store.Load(ctx, conn, len(accounts), func(i int) domain.Grant {
		return domain.Grant{
			ID: secret.NewID(), ClientID: clientID, AccountID: accounts[i], SessionID: secret.NewID().String(), Scopes: scopes,
			AuthTime: now, ACR: domain.ACR(accountv1.Level_SIMPLIFIED), AMR: []string{"pwd"}, Offline: true, Generation: 1,
			RotatedAt: now, ExpireTime: now.Add(loadedGrantLife),
		}
	})
}
