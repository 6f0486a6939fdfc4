package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store/db"
)

const snapshots = "snapshots"

// frozen is what a snapshot's row encrypts.
type frozen struct {
	Person   domain.Kept[domain.Person]
	Passport domain.Kept[domain.Document]
}

// Live is the snapshot that holds the account's data; its state is Unverified when there is none.
func (r Reader) Live(ctx context.Context, account uuid.UUID) (domain.Snapshot, error) {
	row, err := r.q.LiveSnapshot(ctx, account)
	if pg.IsNotFound(err) {
		return domain.Snapshot{State: domain.Unverified}, nil
	}
	if err != nil {
		return domain.Snapshot{}, err
	}
	return r.snapshot(row)
}

// Snapshot is one that is pending or verified.
func (r Reader) Snapshot(ctx context.Context, id uuid.UUID) (domain.Snapshot, error) {
	row, err := r.q.GetSnapshot(ctx, id)
	if pg.IsNotFound(err) {
		return domain.Snapshot{}, errs.New(errs.NotFound, errorsv1.Reason_NOT_FOUND, "there is no such snapshot")
	}
	if err != nil {
		return domain.Snapshot{}, err
	}
	return r.snapshot(db.LiveSnapshotRow(row))
}

func (r Reader) snapshot(row db.LiveSnapshotRow) (domain.Snapshot, error) {
	var f frozen
	err := r.open(row.Data, snapshots, row.ID, "data", &f)
	return domain.Snapshot{
		ID: row.ID, AccountID: row.AccountID, State: domain.State(row.State), Person: f.Person, Passport: f.Passport,
	}, err
}

// InsertSnapshot freezes the card and the passport.
func (t *Tx) InsertSnapshot(
	ctx context.Context, p domain.Kept[domain.Person], d domain.Kept[domain.Document], at time.Time,
) (domain.Snapshot, error) {
	s := domain.Snapshot{ID: secret.NewID(), AccountID: p.ID, State: domain.Pending, Person: p, Passport: d}
	data, err := t.seal(snapshots, s.ID, "data", frozen{Person: p, Passport: d})
	if err != nil {
		return s, err
	}
	return s, t.q.InsertSnapshot(ctx, db.InsertSnapshotParams{
		ID: s.ID, AccountID: p.ID, PersonVersion: p.Version, DocumentID: d.ID, DocumentVersion: d.Version,
		Data: data, CreatedAt: at,
	})
}

// VerifySnapshot ends a pending snapshot: the registries know it.
func (t *Tx) VerifySnapshot(ctx context.Context, id, account uuid.UUID, at time.Time) error {
	_, err := t.q.VerifySnapshot(ctx, db.VerifySnapshotParams{ID: id, AccountID: account, EndedAt: &at})
	return err
}

// VoidSnapshot ends a pending snapshot and forgets its data: the card can be edited again.
func (t *Tx) VoidSnapshot(ctx context.Context, id, account uuid.UUID, at time.Time) error {
	_, err := t.q.VoidSnapshot(ctx, db.VoidSnapshotParams{ID: id, AccountID: account, EndedAt: &at})
	return err
}
