package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store/db"
)

// Insert keeps a message unless its key is known, and gives the id of the one that is kept; fresh says that
// it is this one.
func (t *Tx) Insert(ctx context.Context, m domain.Message, now time.Time) (id uuid.UUID, fresh bool, err error) {
	destination, err := t.keys.Seal([]byte(m.Destination), placeOf(m.ID, "destination"))
	if err != nil {
		return uuid.Nil, false, err
	}
	plain, err := json.Marshal(m.Params)
	if err != nil {
		return uuid.Nil, false, err
	}
	params, err := t.keys.Seal(plain, placeOf(m.ID, "params"))
	if err != nil {
		return uuid.Nil, false, err
	}
	n, err := t.q.InsertMessage(ctx, db.InsertMessageParams{
		ID: m.ID, IdempotencyKey: m.Key, Template: m.Template, Channel: string(m.Channel), Language: m.Language,
		Destination: destination, Params: params, AccountID: m.AccountID, CreatedAt: now, ExpireAt: m.ExpireTime,
	})
	if n == 1 || err != nil {
		return m.ID, true, err
	}
	id, err = t.q.FindMessage(ctx, m.Key)
	return id, false, err
}

// Take counts an attempt at a message; it is not found unless it is queued.
func (s *Store) Take(ctx context.Context, id uuid.UUID) (m domain.Message, found bool, err error) {
	row, err := db.New(s.pool).TakeMessage(ctx, id)
	if pg.IsNotFound(err) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	m = domain.Message{
		ID: row.ID, Key: row.IdempotencyKey, Template: row.Template, Channel: domain.Channel(row.Channel),
		Language: row.Language, AccountID: row.AccountID, Attempts: int(row.Attempts), ExpireTime: row.ExpireAt,
	}
	destination, err := s.keys.Open(row.Destination, placeOf(id, "destination"))
	if err != nil {
		return m, false, err
	}
	m.Destination = string(destination)
	params, err := s.keys.Open(row.Params, placeOf(id, "params"))
	if err != nil {
		return m, false, err
	}
	return m, true, json.Unmarshal(params, &m.Params)
}

// End ends a message and wipes what it said and to whom; false: it had ended before.
func (t *Tx) End(ctx context.Context, id uuid.UUID, state domain.State) (bool, error) {
	n, err := t.q.EndMessage(ctx, db.EndMessageParams{ID: id, State: string(state)})
	return n == 1, err
}

func placeOf(id uuid.UUID, column string) secret.AssociatedData {
	return secret.AssociatedData{Table: "messages", Row: id.String(), Column: column}
}
