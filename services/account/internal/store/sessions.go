package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// NewSession is a session to store.
type NewSession struct {
	domain.Session

	Token secret.String
	// Device is the hash of the device's token.
	Device []byte
	Seen   domain.Seen
}

// InsertSession stores a new session with the commit, of its token only the hash. Where nobody may sign in any more by then, it
// has ended.
func (t *Tx) InsertSession(ctx context.Context, s NewSession) error {
	steps, err := json.Marshal(s.Steps)
	if err != nil {
		return err
	}
	hash := secret.HashToken(s.Token.Reveal())
	seen, err := sealSeen(t.keys, sessionSeenAD(hash), s.Seen)
	if err != nil {
		return err
	}
	return t.last.InsertSession(ctx, db.InsertSessionParams{
		ID: s.ID, AccountID: s.AccountID, Surface: int16(s.Surface), TokenHash: hash,
		AuthTime: s.AuthTime, Amr: s.AMR, Steps: steps, ProofTime: optional(s.ProofTime), CreatedAt: s.AuthTime,
		ExpiresAt: s.ExpireTime, IdleExpiresAt: s.IdleExpireTime, Device: s.Device, Seen: seen,
	})
}

// RenewSession gives a live session a new token, steps and time of sign-in, in place of those of before; false: it has ended,
// or another request was first.
func (t *Tx) RenewSession(ctx context.Context, s NewSession, before time.Time) (bool, error) {
	steps, err := json.Marshal(s.Steps)
	if err != nil {
		return false, err
	}
	hash := secret.HashToken(s.Token.Reveal())
	seen, err := sealSeen(t.keys, sessionSeenAD(hash), s.Seen)
	if err != nil {
		return false, err
	}
	n, err := t.q.RenewSession(ctx, db.RenewSessionParams{
		ID: s.ID, TokenHash: hash, AuthTime: s.AuthTime, Amr: s.AMR, Steps: steps, Seen: seen,
		ProofTime: optional(s.ProofTime), IdleExpiresAt: s.IdleExpireTime, RenewedAuthTime: before,
	})
	return n == 1, err
}

// EndSession ends the account's session; false: it had ended, or there is none.
func (t *Tx) EndSession(ctx context.Context, account, id uuid.UUID, at time.Time) (bool, error) {
	n, err := t.q.EndSession(ctx, db.EndSessionParams{ID: id, AccountID: account, EndedAt: &at})
	return n == 1, err
}

// EndSignIns ends the account's sign-ins under way, but those within one session.
func (t *Tx) EndSignIns(ctx context.Context, account, kept uuid.UUID, at time.Time) error {
	return t.q.EndSignIns(ctx, db.EndSignInsParams{AccountID: account, Kept: kept, Now: at})
}

// EndOtherSessions ends the account's live sessions but one, and says which.
func (t *Tx) EndOtherSessions(ctx context.Context, account, kept uuid.UUID, at time.Time) ([]uuid.UUID, error) {
	return t.q.EndOtherSessions(ctx, db.EndOtherSessionsParams{AccountID: account, Kept: kept, Now: at})
}

// Use is that of a session's token.
type Use struct {
	Token   string
	Surface accountv1.Surface
	Seen    domain.Seen
}

// Resolve finds the live session of a token, keeps it from going idle and remembers its use.
func (c conn) Resolve(ctx context.Context, u Use, life domain.SessionLife, now time.Time) (domain.Session, error) {
	hash := secret.HashToken(u.Token)
	seen, err := sealSeen(c.keys, sessionSeenAD(hash), u.Seen)
	if err != nil {
		return domain.Session{}, err
	}
	row, err := c.q.ResolveSession(ctx, db.ResolveSessionParams{
		TokenHash: hash, Surface: int16(u.Surface), Now: now,
		IdleUntil: now.Add(life.Idle), UsedBefore: life.UsedBefore(now), Seen: seen,
	})
	return session(db.GetSessionRow(row), err)
}

// Session finds a live session.
func (c conn) Session(ctx context.Context, id uuid.UUID, now time.Time) (domain.Session, error) {
	row, err := c.q.GetSession(ctx, db.GetSessionParams{ID: id, Now: now})
	return session(row, err)
}

// OpenSessions are the account's that have not ended, the one that was used last first.
func (c conn) OpenSessions(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.OpenSession, error) {
	rows, err := c.q.ListSessions(ctx, db.ListSessionsParams{AccountID: account, Now: now})
	if err != nil {
		return nil, err
	}
	out := make([]domain.OpenSession, len(rows))
	for i, row := range rows {
		if out[i], err = c.openSession(row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c conn) openSession(row db.ListSessionsRow) (out domain.OpenSession, err error) {
	out = domain.OpenSession{CreateTime: row.CreatedAt, LastUseTime: row.UsedAt, DeviceID: row.DeviceID.UUID}
	out.Session, err = session(db.GetSessionRow{
		ID: row.ID, Surface: row.Surface, AuthTime: row.AuthTime, Amr: row.Amr, Steps: row.Steps,
	}, nil)
	if err != nil {
		return out, err
	}
	if row.DeviceSealed != nil {
		if out.DeviceName, err = openName(c.keys, row.DeviceID.UUID, row.DeviceSealed); err != nil {
			return out, err
		}
	}
	out.Seen = c.seen(row.TokenHash, row.Seen)
	return out, nil
}

// SeenIn is what the device of a session said of itself at its last use; nothing where that is not known any more.
func (c conn) SeenIn(ctx context.Context, session uuid.UUID) (domain.Seen, error) {
	row, err := c.q.SeenInSession(ctx, session)
	if pg.IsNotFound(err) {
		return domain.Seen{}, nil
	}
	return c.seen(row.TokenHash, row.Seen), err
}

// seen is nothing of what the version before has renewed under another token, until it is used again.
func (c conn) seen(tokenHash, sealed []byte) domain.Seen {
	s, err := openSeen(c.keys, sessionSeenAD(tokenHash), sealed)
	if err != nil {
		return domain.Seen{}
	}
	return s
}

// HasSession says whether the account has a session with the id, or had.
func (c conn) HasSession(ctx context.Context, account, id uuid.UUID) (bool, error) {
	return c.q.HasSession(ctx, db.HasSessionParams{ID: id, AccountID: account})
}

// EndDeviceSessions ends the account's live sessions on a device, and says which.
func (t *Tx) EndDeviceSessions(ctx context.Context, account, device uuid.UUID, at time.Time) ([]uuid.UUID, error) {
	return t.q.EndDeviceSessions(ctx, db.EndDeviceSessionsParams{AccountID: account, DeviceID: device, Now: at})
}

func session(row db.GetSessionRow, err error) (domain.Session, error) {
	if pg.IsNotFound(err) {
		return domain.Session{}, domain.Ended()
	}
	if err != nil {
		return domain.Session{}, err
	}
	s := domain.Session{
		ID: row.ID, AccountID: row.AccountID, Level: accountv1.Level(row.Level), Language: row.Language,
		Surface: accountv1.Surface(row.Surface), AuthTime: row.AuthTime, AMR: row.Amr, ProofTime: instant(row.ProofTime),
		ExpireTime: row.ExpiresAt, IdleExpireTime: row.IdleExpiresAt,
	}
	if err := json.Unmarshal(row.Steps, &s.Steps); err != nil {
		return s, err
	}
	if len(s.Steps) == 0 { // the version before made it
		s.Steps, s.ProofTime = domain.ByPassword(s.AuthTime), s.AuthTime
	}
	return s, nil
}
