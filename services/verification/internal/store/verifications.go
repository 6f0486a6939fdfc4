package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store/db"
)

// ErrNoVerification refuses a verification that does not exist or is somebody else's: the caller does not learn which.
func ErrNoVerification() error {
	return errs.New(errorsv1.Reason_VERIFICATION_NOT_FOUND, "there is no such verification")
}

// Insert stores a new verification with its checks; false: its snapshot has one already, or its account a pending one.
func (t *Tx) Insert(ctx context.Context, v domain.Verification) (bool, error) {
	n, err := t.q.InsertVerification(ctx, db.InsertVerificationParams{
		ID: v.ID, AccountID: v.AccountID, SnapshotID: v.SnapshotID, CreatedAt: v.CreateTime, Deadline: v.Deadline,
		Address: v.Address,
	})
	if err != nil || n == 0 {
		return false, err
	}
	for _, c := range v.Checks {
		err := t.q.InsertCheck(ctx, db.InsertCheckParams{VerificationID: v.ID, Registry: c.Registry.String()})
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// Verification finds one by id.
func (c conn) Verification(ctx context.Context, id uuid.UUID) (domain.Verification, error) {
	row, err := c.q.GetVerification(ctx, id)
	return c.one(ctx, row, err)
}

// LockVerification finds one by id and locks it until the transaction ends.
func (t *Tx) LockVerification(ctx context.Context, id uuid.UUID) (domain.Verification, error) {
	row, err := t.q.LockVerification(ctx, id)
	return t.one(ctx, row, err)
}

// OfSnapshot finds the verification of a snapshot.
func (c conn) OfSnapshot(ctx context.Context, snapshot uuid.UUID) (domain.Verification, error) {
	row, err := c.q.VerificationOfSnapshot(ctx, snapshot)
	return c.one(ctx, row, err)
}

func (c conn) one(ctx context.Context, row db.Verification, err error) (domain.Verification, error) {
	if pg.IsNotFound(err) {
		return domain.Verification{}, ErrNoVerification()
	}
	if err != nil {
		return domain.Verification{}, err
	}
	list, err := c.withChecks(ctx, []db.Verification{row})
	if err != nil {
		return domain.Verification{}, err
	}
	return list[0], nil
}

// OfAccount are the account's verifications before one of them, newest first.
func (c conn) OfAccount(ctx context.Context, account, before uuid.UUID, limit int32) ([]domain.Verification, error) {
	rows, err := c.q.ListVerifications(ctx, db.ListVerificationsParams{AccountID: account, Before: before, Limit: limit})
	if err != nil {
		return nil, err
	}
	return c.withChecks(ctx, rows)
}

func (c conn) withChecks(ctx context.Context, rows []db.Verification) ([]domain.Verification, error) {
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	checks, err := c.checks(ctx, ids)
	out := make([]domain.Verification, len(rows))
	for i, row := range rows {
		out[i] = domain.Verification{
			ID: row.ID, AccountID: row.AccountID, SnapshotID: row.SnapshotID,
			State:      verificationv1.State(verificationv1.State_value[row.State]),
			CreateTime: row.CreatedAt, Deadline: row.Deadline, Checks: checks[row.ID],
		}
		if row.EndedAt != nil {
			out[i].EndTime = *row.EndedAt
		}
	}
	return out, err
}

// End ends a verification.
func (t *Tx) End(ctx context.Context, id uuid.UUID, state verificationv1.State, at time.Time) error {
	return t.q.EndVerification(ctx, db.EndVerificationParams{ID: id, State: state.String(), EndedAt: &at})
}

// History summarises the account's verifications; of the mismatches it counts those since an instant.
func (c conn) History(ctx context.Context, account uuid.UUID, since time.Time) (domain.AccountHistory, error) {
	row, err := c.q.AccountHistory(ctx, db.AccountHistoryParams{AccountID: account, Since: since})
	return domain.AccountHistory{
		Pending: row.Pending > 0, Matched: row.Matched > 0,
		NotMatched: int(row.NotMatched), FirstNotMatched: row.FirstNotMatched,
	}, err
}

// AddressHistory summarises for an account what was submitted from an address: mismatches since an instant, and what
// others have under way.
func (c conn) AddressHistory(
	ctx context.Context, address []byte, account uuid.UUID, since time.Time,
) (domain.AddressHistory, error) {
	row, err := c.q.AddressHistory(ctx, db.AddressHistoryParams{Address: address, AccountID: account, Since: since})
	return domain.AddressHistory{
		NotMatched: int(row.NotMatched), Last: row.LastNotMatched, Pending: int(row.Pending),
	}, err
}

// LockAddress has submissions from an address wait for one another until the transaction ends.
func (t *Tx) LockAddress(ctx context.Context, address []byte) error {
	return t.q.LockAddress(ctx, address)
}

// BudgetUsedUp is when the oldest of the newest so many mismatches since an instant ended; zero: there were fewer.
func (c conn) BudgetUsedUp(ctx context.Context, budget int, since time.Time) (time.Time, error) {
	oldest, err := c.q.MismatchBefore(ctx, db.MismatchBeforeParams{Newer: int32(budget - 1), Since: since})
	switch {
	case pg.IsNotFound(err):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, err
	}
	return *oldest, nil
}
