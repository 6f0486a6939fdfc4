package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// sealedFactor is what is encrypted of a factor.
type sealedFactor struct {
	Name string `json:"name,omitempty"`
	Data []byte `json:"data,omitempty"`
}

// Factors are those of an account, oldest first, also those that wait for their first proof.
func (c conn) Factors(ctx context.Context, account uuid.UUID) (domain.Factors, error) {
	rows, err := c.q.ListFactors(ctx, account)
	if err != nil {
		return nil, err
	}
	var out domain.Factors
	for _, row := range rows {
		f, err := c.factor(row.Factor, nil)
		if err != nil {
			return nil, err
		}
		f.CodesLeft = int(row.CodesLeft)
		out = append(out, f)
	}
	return out, nil
}

// LockFactor reads the bound factor of a kind, or the one that lookup names, and locks it until the transaction ends;
// FACTOR_NOT_FOUND when there is none.
func (t *Tx) LockFactor(ctx context.Context, account uuid.UUID, kind domain.StepKind, lookup []byte) (domain.Factor, error) {
	if lookup != nil {
		row, err := t.q.LockFactorByLookup(ctx, lookup)
		return t.factor(row, err)
	}
	row, err := t.q.LockFactor(ctx, db.LockFactorParams{AccountID: account, Kind: int16(kind)})
	return t.factor(row, err)
}

// LockFactorByID reads an account's factor and locks it until the transaction ends.
func (t *Tx) LockFactorByID(ctx context.Context, account, id uuid.UUID) (domain.Factor, error) {
	row, err := t.q.LockFactorByID(ctx, db.LockFactorByIDParams{AccountID: account, ID: id})
	return t.factor(row, err)
}

// InsertFactor stores a new factor in the place of those of its kind that were begun and not activated.
func (t *Tx) InsertFactor(ctx context.Context, f domain.Factor) error {
	err := t.q.DeletePendingFactors(ctx, db.DeletePendingFactorsParams{AccountID: f.AccountID, Kind: int16(f.Kind)})
	if err != nil {
		return err
	}
	sealed, err := sealFactor(t.keys, f)
	if err != nil {
		return err
	}
	return t.q.InsertFactor(ctx, db.InsertFactorParams{
		ID: f.ID, AccountID: f.AccountID, Kind: int16(f.Kind), Sealed: sealed, CreatedAt: f.CreateTime,
		ActivatedAt: optional(f.ActivateTime),
	})
}

// SetFactor stores what has changed of a factor; FACTOR_EXISTS when what a proof names it by is another's.
func (t *Tx) SetFactor(ctx context.Context, f domain.Factor) error {
	sealed, err := sealFactor(t.keys, f)
	if err != nil {
		return err
	}
	err = t.q.SetFactor(ctx, db.SetFactorParams{
		ID: f.ID, Sealed: sealed, Lookup: f.Lookup, LastStep: f.LastStep, Failures: int32(f.Lockout.Failures),
		LockedUntil: optional(f.Lockout.LockedUntil), ActivatedAt: optional(f.ActivateTime), LastUsedAt: optional(f.LastUseTime),
	})
	if pg.IsUnique(err, "factors_lookup_key") || pg.IsUnique(err, "factors_single") {
		return domain.FactorExists()
	}
	return err
}

// DeleteFactor takes a factor away, with its backup codes.
func (t *Tx) DeleteFactor(ctx context.Context, id uuid.UUID) error { return t.q.DeleteFactor(ctx, id) }

// InsertBackupCodes stores the MACs of new backup codes.
func (t *Tx) InsertBackupCodes(ctx context.Context, factor uuid.UUID, macs [][]byte) error {
	return t.q.InsertBackupCodes(ctx, db.InsertBackupCodesParams{FactorID: factor, Macs: macs})
}

// SpendBackupCode spends a code; false: there is no such code, or it is spent.
func (t *Tx) SpendBackupCode(ctx context.Context, factor uuid.UUID, mac []byte, now time.Time) (bool, error) {
	n, err := t.q.SpendBackupCode(ctx, db.SpendBackupCodeParams{FactorID: factor, Mac: mac, SpentAt: &now})
	return n == 1, err
}

func (c conn) factor(row db.Factor, err error) (domain.Factor, error) {
	if pg.IsNotFound(err) {
		return domain.Factor{}, domain.FactorNotFound()
	}
	if err != nil {
		return domain.Factor{}, err
	}
	plain, err := c.keys.Open(row.Sealed, factorAD(row.ID))
	if err != nil {
		return domain.Factor{}, err
	}
	var sealed sealedFactor
	err = json.Unmarshal(plain, &sealed)
	return domain.Factor{
		ID: row.ID, AccountID: row.AccountID, Kind: domain.StepKind(row.Kind), Name: sealed.Name, Data: sealed.Data,
		Lookup: row.Lookup, LastStep: row.LastStep,
		Lockout:    domain.Lockout{Failures: int(row.Failures), LockedUntil: instant(row.LockedUntil)},
		CreateTime: row.CreatedAt, ActivateTime: instant(row.ActivatedAt), LastUseTime: instant(row.LastUsedAt),
	}, err
}

func sealFactor(keys *secret.Keys, f domain.Factor) ([]byte, error) {
	plain, err := json.Marshal(sealedFactor{Name: f.Name, Data: f.Data})
	if err != nil {
		return nil, err
	}
	return keys.Seal(plain, factorAD(f.ID))
}

func factorAD(id uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "factors", Row: id.String(), Column: "sealed"}
}
