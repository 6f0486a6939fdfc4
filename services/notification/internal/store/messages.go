package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store/db"
)

// Insert stores a message unless there is one with its key, and returns the id of the stored one; inserted says that it
// is this one. Exactly one of several concurrent callers with one key inserts.
func (c conn) Insert(ctx context.Context, m domain.Message, now time.Time) (id uuid.UUID, inserted bool, err error) {
	destination, err := c.keys.Seal([]byte(m.Destination), associatedData(m.ID, "destination"))
	if err != nil {
		return uuid.Nil, false, err
	}
	plain, err := json.Marshal(m.Params)
	if err != nil {
		return uuid.Nil, false, err
	}
	params, err := c.keys.Seal(plain, associatedData(m.ID, "params"))
	if err != nil {
		return uuid.Nil, false, err
	}
	n, err := c.q.InsertMessage(ctx, db.InsertMessageParams{
		ID: m.ID, IdempotencyKey: m.Key, Template: m.Template, Channel: m.Channel.String(), Language: m.Language,
		Destination: destination, Params: params, AccountID: m.AccountID, CreatedAt: now, ExpireAt: m.ExpireTime,
		InHandUntil: optional(m.InHandUntil), Attempts: int32(m.Attempts),
	})
	if n == 1 || err != nil {
		return m.ID, err == nil, err
	}
	id, err = c.q.FindMessage(ctx, m.Key)
	return id, false, err
}

// BeginAttempt counts an attempt at a message; it is not found unless it is queued.
func (c conn) BeginAttempt(ctx context.Context, id uuid.UUID) (m domain.Message, found bool, err error) {
	row, err := c.q.BeginAttempt(ctx, id)
	if pg.IsNotFound(err) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	m = domain.Message{
		ID: row.ID, Key: row.IdempotencyKey, Template: row.Template, Channel: domain.Channel(notificationv1.Channel_value[row.Channel]),
		Language: row.Language, AccountID: row.AccountID, Attempts: int(row.Attempts), ExpireTime: row.ExpireAt,
	}
	destination, err := c.keys.Open(row.Destination, associatedData(id, "destination"))
	if err != nil {
		return m, false, err
	}
	m.Destination = string(destination)
	params, err := c.keys.Open(row.Params, associatedData(id, "params"))
	if err != nil {
		return m, false, err
	}
	return m, true, json.Unmarshal(params, &m.Params)
}

// LetGo says that a message is in this process's hand no more; false: it was not, or has ended.
func (t *Tx) LetGo(ctx context.Context, id uuid.UUID) (bool, error) {
	n, err := t.q.LetGo(ctx, id)
	return n == 1, err
}

// TakeLeft takes over a batch of messages whose time in hand is over.
func (t *Tx) TakeLeft(ctx context.Context, now time.Time) ([]uuid.UUID, error) {
	return t.q.TakeLeft(ctx, now)
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// End ends a message and wipes its text and destination; false: it had ended before.
func (t *Tx) End(ctx context.Context, id uuid.UUID, state domain.State) (bool, error) {
	n, err := t.q.EndMessage(ctx, db.EndMessageParams{ID: id, State: string(state)})
	return n == 1, err
}

func associatedData(id uuid.UUID, column string) secret.AssociatedData {
	return secret.AssociatedData{Table: "messages", Row: id.String(), Column: column}
}
