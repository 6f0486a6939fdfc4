package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// NoteRelease stores that a set of claims is given under a grant for the first time; false: it was given before.
func (t *Tx) NoteRelease(ctx context.Context, grant uuid.UUID, r domain.Release) (bool, error) {
	n, err := t.q.NoteRelease(ctx, db.NoteReleaseParams{
		AccountID: r.AccountID, ClientID: r.ClientID, Day: r.Day(), Claims: r.Claims, Now: r.Time, Digest: r.Digest(),
		GrantID: grant, MaxSets: domain.MaxReleasedSets,
	})
	return n == 1, err
}

// CountReleases adds what was given again, of which no two may be of one day, client, person and set of claims.
func (c conn) CountReleases(ctx context.Context, list []domain.Release) error {
	var p db.CountReleasesParams
	for _, r := range list {
		p.Accounts, p.Clients = append(p.Accounts, r.AccountID), append(p.Clients, r.ClientID)
		p.Days, p.Claims = append(p.Days, r.Day()), append(p.Claims, r.Joined())
		p.Times, p.LastAt = append(p.Times, r.Times), append(p.LastAt, r.Time)
	}
	return c.q.CountReleases(ctx, p)
}

// Releases are what clients got of an account since an instant, by client.
func (c conn) Releases(
	ctx context.Context, account uuid.UUID, clients []string, since time.Time,
) (map[string]domain.Releases, error) {
	rows, err := c.q.ListReleases(ctx, db.ListReleasesParams{AccountID: account, Clients: list(clients), Since: since})
	out := map[string]domain.Releases{}
	for _, row := range rows {
		out[row.ClientID] = append(out[row.ClientID], domain.Release{
			AccountID: account, ClientID: row.ClientID, Claims: row.Claims, Times: row.Times, Time: row.LastAt,
		})
	}
	return out, err
}
