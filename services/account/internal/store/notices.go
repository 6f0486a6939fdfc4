package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// InsertSignInNotice stores a notice, with the hash of the token that disowns the sign-in.
func (t *Tx) InsertSignInNotice(ctx context.Context, n domain.SignInNotice, tokenHash []byte) error {
	return t.q.InsertSignInNotice(ctx, db.InsertSignInNoticeParams{
		ID: n.ID, AccountID: n.AccountID, TokenHash: tokenHash, CreatedAt: n.CreateTime, ExpiresAt: n.ExpireTime,
	})
}

// CountSignInNotices is how many the account was sent since an instant.
func (t *Tx) CountSignInNotices(ctx context.Context, account uuid.UUID, since time.Time) (int, error) {
	n, err := t.q.CountSignInNotices(ctx, db.CountSignInNoticesParams{AccountID: account, Since: since})
	return int(n), err
}

// SignInNotice reads a notice; false: there is none.
func (c conn) SignInNotice(ctx context.Context, id uuid.UUID) (domain.SignInNotice, bool, error) {
	row, err := c.q.GetSignInNotice(ctx, id)
	if pg.IsNotFound(err) {
		return domain.SignInNotice{}, false, nil
	}
	return notice(row), err == nil, err
}

// SignInNoticeOf is the notice that a link's token disowns; LINK_INVALID when there is none, or it has run out.
func (c conn) SignInNoticeOf(ctx context.Context, token string, now time.Time) (domain.SignInNotice, error) {
	row, err := c.q.FindSignInNotice(ctx, secret.HashToken(token))
	if pg.IsNotFound(err) || err == nil && !now.Before(row.ExpiresAt) {
		err = domain.NoSuchLink()
	}
	return notice(row), err
}

// UseSignInNotice notes that a sign-in was disowned; false: it was before.
func (t *Tx) UseSignInNotice(ctx context.Context, id uuid.UUID, now time.Time) (bool, error) {
	n, err := t.q.UseSignInNotice(ctx, db.UseSignInNoticeParams{ID: id, Now: now})
	return n == 1, err
}

// EndSignInNotices ends the account's links that have not been used.
func (t *Tx) EndSignInNotices(ctx context.Context, account uuid.UUID, now time.Time) error {
	return t.q.EndSignInNotices(ctx, db.EndSignInNoticesParams{AccountID: account, Now: now})
}

func notice(row db.SignInNotice) domain.SignInNotice {
	return domain.SignInNotice{
		ID: row.ID, AccountID: row.AccountID, CreateTime: row.CreatedAt, ExpireTime: row.ExpiresAt, UseTime: instant(row.UsedAt),
	}
}
