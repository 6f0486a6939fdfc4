package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// LogRequests writes requests of clients in one go. The commit waits for no disk: a crash may lose the last of them.
func (s *Store) LogRequests(ctx context.Context, list []domain.LoggedRequest) error {
	rows := make([]db.InsertClientRequestsParams, len(list))
	for i, r := range list {
		params, err := json.Marshal(r.Params)
		if err != nil {
			return err
		}
		rows[i] = db.InsertClientRequestsParams{
			ID: r.ID, ClientID: r.ClientID, CalledAt: r.Time, Endpoint: r.Endpoint, Method: r.Method, Status: int32(r.Status),
			AuthMethod: r.AuthMethod, Params: params, Error: r.Error, Reason: r.Reason, ToPages: r.ToPages,
			Skipped: int32(r.Skipped), RequestID: r.RequestID,
		}
	}
	return s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL synchronous_commit = off`); err != nil {
			return err
		}
		_, err := tx.q.InsertClientRequests(ctx, rows)
		return err
	})
}

// LoggedRequests are a client's, newest first, from below a position.
func (c conn) LoggedRequests(
	ctx context.Context, clientID string, before paging.Moment, limit int32,
) ([]domain.LoggedRequest, error) {
	rows, err := c.q.ListClientRequests(ctx, db.ListClientRequestsParams{
		ClientID: clientID, Limit: limit, BeforeAt: before.Time, BeforeID: before.ID,
	})
	out := make([]domain.LoggedRequest, len(rows))
	for i, r := range rows {
		out[i] = domain.LoggedRequest{
			ID: r.ID, ClientID: r.ClientID, Time: r.CalledAt, Endpoint: r.Endpoint, Method: r.Method, Status: int(r.Status),
			AuthMethod: r.AuthMethod, Error: r.Error, Reason: r.Reason, ToPages: r.ToPages, Skipped: int(r.Skipped),
			RequestID: r.RequestID,
		}
		err = errors.Join(err, json.Unmarshal(r.Params, &out[i].Params))
	}
	return out, err
}
