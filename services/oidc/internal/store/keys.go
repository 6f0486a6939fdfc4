package store

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// Key is a signing key as it is stored: encrypted.
type Key struct {
	ID, Alg   string
	Sealed    []byte
	NotBefore time.Time
}

// LockKeys are all signing keys; until the transaction ends nobody else can add one.
func (t *Tx) LockKeys(ctx context.Context) ([]Key, error) {
	if err := t.q.LockKeys(ctx); err != nil {
		return nil, err
	}
	return t.Keys(ctx)
}

// Keys are all signing keys, in the order in which they begin to sign.
func (c conn) Keys(ctx context.Context) ([]Key, error) {
	rows, err := c.q.Keys(ctx)
	out := make([]Key, len(rows))
	for i, r := range rows {
		out[i] = Key{ID: r.ID, Alg: r.Alg, Sealed: r.PrivateKey, NotBefore: r.NotBefore}
	}
	return out, err
}

// InsertKey adds a key.
func (t *Tx) InsertKey(ctx context.Context, k Key) error {
	return t.q.InsertKey(ctx, db.InsertKeyParams{ID: k.ID, Alg: k.Alg, PrivateKey: k.Sealed, NotBefore: k.NotBefore})
}

// RotationRequested is when an operator last wanted other keys; zero: never.
func (c conn) RotationRequested(ctx context.Context) (time.Time, error) {
	return c.q.RotationRequested(ctx)
}

// RequestRotation notes in the schema that c sees that an operator wants other keys.
func RequestRotation(ctx context.Context, c db.DBTX, now time.Time) error {
	return db.New(c).RequestRotation(ctx, now)
}
