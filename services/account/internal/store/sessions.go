package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// InsertSession stores a new session with the commit, of its token only the hash.
func (t *Tx) InsertSession(ctx context.Context, s domain.Session, token secret.String) error {
	return t.last.InsertSession(ctx, db.InsertSessionParams{
		ID: s.ID, AccountID: s.AccountID, Surface: int16(s.Surface), TokenHash: secret.HashToken(token.Reveal()),
		AuthTime: s.AuthTime, Amr: s.AMR, CreatedAt: s.AuthTime, ExpiresAt: s.ExpireTime, IdleExpiresAt: s.IdleExpireTime,
	})
}

// RenewSession gives a live session a new token and time of sign-in, in place of the one of before; false: it has ended,
// or another request was first.
func (t *Tx) RenewSession(ctx context.Context, s domain.Session, token secret.String, before time.Time) (bool, error) {
	n, err := t.q.RenewSession(ctx, db.RenewSessionParams{
		ID: s.ID, TokenHash: secret.HashToken(token.Reveal()), AuthTime: s.AuthTime, Amr: s.AMR, IdleExpiresAt: s.IdleExpireTime,
		RenewedAuthTime: before,
	})
	return n == 1, err
}

// EndSession ends the account's session; false: it had ended, or there is none.
func (t *Tx) EndSession(ctx context.Context, account, id uuid.UUID, at time.Time) (bool, error) {
	n, err := t.q.EndSession(ctx, db.EndSessionParams{ID: id, AccountID: account, EndedAt: &at})
	return n == 1, err
}

// Resolve finds the live session of a token and keeps it from going idle.
func (c conn) Resolve(
	ctx context.Context, token string, surface accountv1.Surface, life domain.SessionLife, now time.Time,
) (domain.Session, error) {
	row, err := c.q.ResolveSession(ctx, db.ResolveSessionParams{
		TokenHash: secret.HashToken(token), Surface: int16(surface), Now: now,
		IdleUntil: now.Add(life.Idle), SlideBefore: life.SlideBefore(now),
	})
	return session(db.GetSessionRow(row), err)
}

// Session finds a live session.
func (c conn) Session(ctx context.Context, id uuid.UUID, now time.Time) (domain.Session, error) {
	row, err := c.q.GetSession(ctx, db.GetSessionParams{ID: id, Now: now})
	return session(row, err)
}

func session(row db.GetSessionRow, err error) (domain.Session, error) {
	if pg.IsNotFound(err) {
		return domain.Session{}, domain.Ended()
	}
	return domain.Session{
		ID: row.ID, AccountID: row.AccountID, Level: accountv1.Level(row.Level), Language: row.Language,
		Surface: accountv1.Surface(row.Surface), AuthTime: row.AuthTime, AMR: row.Amr, ExpireTime: row.ExpiresAt, IdleExpireTime: row.IdleExpiresAt,
	}, err
}
