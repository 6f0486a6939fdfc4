package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store/db"
)

const snapshots = "snapshots"

// Live is the snapshot that holds the account's data; its state is Unverified when there is none.
func (c conn) Live(ctx context.Context, account uuid.UUID) (domain.Snapshot, error) {
	row, err := c.q.LiveSnapshot(ctx, account)
	if pg.IsNotFound(err) {
		return domain.Snapshot{State: profilev1.DataState_UNVERIFIED}, nil
	}
	if err != nil {
		return domain.Snapshot{}, err
	}
	return c.snapshot(row)
}

// Snapshot is one that is pending or verified.
func (c conn) Snapshot(ctx context.Context, id uuid.UUID) (domain.Snapshot, error) {
	row, err := c.q.GetSnapshot(ctx, id)
	if pg.IsNotFound(err) {
		return domain.Snapshot{}, errs.New(errorsv1.Reason_NOT_FOUND, "there is no such snapshot")
	}
	if err != nil {
		return domain.Snapshot{}, err
	}
	return c.snapshot(db.LiveSnapshotRow(row))
}

func (c conn) snapshot(row db.LiveSnapshotRow) (domain.Snapshot, error) {
	var data snapshotData
	err := c.open(row.Data, snapshots, row.ID, "data", &data)
	return domain.Snapshot{
		ID: row.ID, AccountID: row.AccountID, State: profilev1.DataState(profilev1.DataState_value[row.State]), Vouched: row.Vouched,
		Person: versioned(data.Person, personData.value), Passport: versioned(data.Passport, documentData.value),
	}, err
}

// InsertSnapshot freezes the card and the passport.
func (t *Tx) InsertSnapshot(
	ctx context.Context, p domain.Versioned[domain.Person], d domain.Versioned[domain.Document], at time.Time,
) (domain.Snapshot, error) {
	s := domain.Snapshot{
		ID: secret.NewID(), AccountID: p.ID, State: profilev1.DataState_PENDING, Person: p, Passport: d,
	}
	data, err := t.seal(snapshots, s.ID, "data", snapshotData{
		Person: versioned(p, personRow), Passport: versioned(d, documentRow),
	})
	if err != nil {
		return s, err
	}
	return s, t.q.InsertSnapshot(ctx, db.InsertSnapshotParams{
		ID: s.ID, AccountID: p.ID, PersonVersion: p.Version, DocumentID: d.ID, DocumentVersion: d.Version,
		Data: data, CreatedAt: at,
	})
}

// VerifySnapshot ends a pending snapshot: the registries know it and vouch for the fields.
func (t *Tx) VerifySnapshot(ctx context.Context, id, account uuid.UUID, vouched []string, at time.Time) error {
	_, err := t.q.VerifySnapshot(ctx, db.VerifySnapshotParams{
		ID: id, AccountID: account, EndedAt: &at, Vouched: append([]string{}, vouched...),
	})
	return err
}

// VoidSnapshot ends a pending snapshot and wipes its data: the card can be edited again.
func (t *Tx) VoidSnapshot(ctx context.Context, id, account uuid.UUID, at time.Time) error {
	_, err := t.q.VoidSnapshot(ctx, db.VoidSnapshotParams{ID: id, AccountID: account, EndedAt: &at})
	return err
}
