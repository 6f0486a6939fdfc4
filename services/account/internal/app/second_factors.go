package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// SecondFactor is a factor with what its holder is shown of it.
type SecondFactor struct {
	domain.Factor

	State accountv1.SecondFactor_State
	factors.Shown
}

// ListSecondFactors is a page of the factors that an account has bound, oldest first, and the token of the next.
func (a *App) ListSecondFactors(ctx context.Context, account uuid.UUID, q paging.Query) ([]SecondFactor, string, error) {
	page, err := a.list("second_factors").Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	who, err := a.person(ctx, account)
	if err != nil {
		return nil, "", err
	}
	var all []SecondFactor
	for _, f := range who.Factors.Bound() {
		all = append(all, a.view(f, who))
	}
	return paging.Rest(page, all, SecondFactor.position)
}

// position is that of the order in which factors were begun.
func (f SecondFactor) position() string {
	return f.CreateTime.UTC().Format("2006-01-02T15:04:05.000000000") + f.ID.String()
}

// view shows a bound factor.
func (a *App) view(f domain.Factor, who factors.Person) SecondFactor {
	out := SecondFactor{Factor: f, State: a.FactorLimits.State(f)}
	if kind, ok := a.Factors.Of(f.Kind); ok && f.Kind == accountv1.StepKind_SMS_CODE {
		if shown, err := kind.Show(who, nil); err == nil {
			out.Shown = shown
		}
	}
	return out
}

func (a *App) person(ctx context.Context, account uuid.UUID) (who factors.Person, err error) {
	who.AccountID = account
	if who.Phone, who.Email, err = a.Store.Contacts(ctx, account); err != nil {
		return who, err
	}
	who.Factors, err = a.Store.Factors(ctx, account)
	return who, err
}

// EnrolCommand says what is to be bound.
type EnrolCommand struct {
	AccountID uuid.UUID
	Kind      domain.StepKind
	Name      string
}

// Enrol begins to bind a factor, in the place of one of its kind that was begun and not activated. Backup codes are bound at once, in
// the place of those before.
func (a *App) Enrol(ctx context.Context, cmd EnrolCommand, answered idempotency.Hook[SecondFactor]) (out SecondFactor, err error) {
	kind, ok := a.Factors.Of(cmd.Kind)
	if !ok {
		return out, domain.FactorNotFound()
	}
	who, err := a.person(ctx, cmd.AccountID)
	if err != nil {
		return out, err
	}
	now := a.Now()
	codes := cmd.Kind == accountv1.StepKind_BACKUP_CODE
	if codes && len(who.Factors.Bound().Real()) == 0 {
		return out, errs.New(errorsv1.Reason_SECOND_FACTOR_MISSING, "backup codes stand in for a second factor, and there is none")
	}
	if !codes {
		if err := a.FactorLimits.CheckRoom(who.Factors, cmd.Kind); err != nil {
			return out, err
		}
	}
	enrolled, err := kind.Enrol(ctx, who, domain.Factor{
		ID: secret.NewID(), AccountID: cmd.AccountID, Kind: cmd.Kind, Name: cmd.Name, CreateTime: now,
	})
	if err != nil {
		return out, err
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockAccount(ctx, cmd.AccountID); err != nil {
			return err
		}
		if codes {
			enrolled.Factor, err = a.newBackupCodes(ctx, tx, enrolled, now)
		} else {
			err = tx.InsertFactor(ctx, enrolled.Factor)
		}
		if err != nil {
			return err
		}
		out = SecondFactor{Factor: enrolled.Factor, State: a.FactorLimits.State(enrolled.Factor), Shown: enrolled.Shown}
		return answered(ctx, tx, out)
	})
	return out, err
}

// newBackupCodes binds codes that were asked for.
func (a *App) newBackupCodes(ctx context.Context, tx *store.Tx, e factors.Enrolled, now time.Time) (domain.Factor, error) {
	f, err := a.bindBackupCodes(ctx, tx, e, now)
	if err != nil {
		return f, err
	}
	return f, added(ctx, tx, f)
}

// bindBackupCodes stores new codes in the place of those before. The account is locked.
func (a *App) bindBackupCodes(ctx context.Context, tx *store.Tx, e factors.Enrolled, now time.Time) (domain.Factor, error) {
	before, err := tx.Factors(ctx, e.AccountID)
	if err != nil {
		return e.Factor, err
	}
	for _, old := range before.Of(e.Kind) {
		if err := tx.DeleteFactor(ctx, old.ID); err != nil {
			return e.Factor, err
		}
	}
	e.ActivateTime = now
	if err := tx.InsertFactor(ctx, e.Factor); err != nil {
		return e.Factor, err
	}
	return e.Factor, tx.InsertBackupCodes(ctx, e.ID, e.BackupCodes)
}

// ActivateCommand is the first proof of a factor.
type ActivateCommand struct {
	AccountID, FactorID uuid.UUID
	Code                string
	Credential          []byte
}

// Activate takes the first proof. With the first factor of an account come backup codes. Wrong codes count as in a sign-in.
func (a *App) Activate(
	ctx context.Context, cmd ActivateCommand, answered idempotency.Hook[SecondFactor],
) (out SecondFactor, err error) {
	who, err := a.person(ctx, cmd.AccountID)
	if err != nil {
		return out, err
	}
	f, err := a.pending(who.Factors.Find(cmd.FactorID))
	if err != nil {
		return out, err
	}
	kind, ok := a.Factors.Of(f.Kind)
	if !ok {
		return out, domain.FactorNotFound()
	}
	proof := factors.Proof{
		FlowID: f.ID.String(), AttemptID: a.attemptID(f.ID, cmd.Code), Person: who, Code: cmd.Code, Credential: cmd.Credential,
		Binding: true,
	}
	if err := kind.Ask(ctx, proof); err != nil {
		return out, err
	}
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		out, refusal, err = a.tryActivate(ctx, tx, cmd, kind, proof)
		if err != nil || refusal != nil {
			return err
		}
		return answered(ctx, tx, out)
	})
	if err == nil {
		err = refusal
	}
	return out, err
}

// pending refuses a factor that does not wait for its first proof, or has for too long.
func (a *App) pending(f domain.Factor, err error) (domain.Factor, error) {
	switch {
	case err != nil:
		return f, err
	case !f.ActivateTime.IsZero():
		return f, domain.FactorExists()
	case !a.Now().Before(f.CreateTime.Add(a.FactorLimits.PendingFor)):
		return f, domain.FactorNotFound()
	}
	return f, nil
}

// tryActivate judges the proof under the lock on the account and the factor.
func (a *App) tryActivate(
	ctx context.Context, tx *store.Tx, cmd ActivateCommand, kind factors.Kind, proof factors.Proof,
) (out SecondFactor, refusal, err error) {
	now := a.Now()
	if _, err := tx.LockAccount(ctx, cmd.AccountID); err != nil {
		return out, nil, err
	}
	f, err := a.pending(tx.LockFactorByID(ctx, cmd.AccountID, cmd.FactorID))
	if err != nil {
		return out, nil, err
	}
	if refusal := a.FactorLimits.CheckOpen(f.Lockout, now); refusal != nil {
		return out, refusal, nil
	}
	next, err := kind.Activate(f, proof, now)
	if errs.Is(err, errorsv1.Reason_CODE_WRONG) {
		refusal, err = a.failFactor(ctx, tx, course{}, f, now)
		return out, refusal, err
	}
	if err != nil {
		return out, nil, err
	}
	next.ActivateTime, next.LastUseTime, next.Lockout = now, now, domain.Lockout{}
	out, err = a.bind(ctx, tx, next, proof.Person, now)
	return out, nil, err
}

// bind stores a proven factor in the place of a disabled one, and backup codes with the first.
func (a *App) bind(
	ctx context.Context, tx *store.Tx, f domain.Factor, who factors.Person, now time.Time,
) (out SecondFactor, err error) {
	before, err := tx.Factors(ctx, f.AccountID)
	if err != nil {
		return out, err
	}
	if err := a.FactorLimits.CheckRoom(before, f.Kind); err != nil {
		return out, err
	}
	for _, old := range before.Bound().Of(f.Kind) {
		if a.FactorLimits.State(old) == accountv1.SecondFactor_DISABLED {
			if err := tx.DeleteFactor(ctx, old.ID); err != nil {
				return out, err
			}
		}
	}
	if err := tx.SetFactor(ctx, f); err != nil {
		return out, err
	}
	if err := added(ctx, tx, f); err != nil {
		return out, err
	}
	out = a.view(f, who)
	if len(before.Bound().Of(accountv1.StepKind_BACKUP_CODE)) > 0 {
		return out, nil
	}
	out.BackupCodes, err = a.firstBackupCodes(ctx, tx, who, now)
	return out, err
}

func (a *App) firstBackupCodes(ctx context.Context, tx *store.Tx, who factors.Person, now time.Time) ([]string, error) {
	kind, ok := a.Factors.Of(accountv1.StepKind_BACKUP_CODE)
	if !ok {
		return nil, nil
	}
	codes, err := kind.Enrol(ctx, who, domain.Factor{
		ID: secret.NewID(), AccountID: who.AccountID, Kind: kind.Kind(), CreateTime: now,
	})
	if err != nil {
		return nil, err
	}
	_, err = a.bindBackupCodes(ctx, tx, codes, now)
	return codes.Shown.BackupCodes, err
}

func added(ctx context.Context, tx *store.Tx, f domain.Factor) error {
	account := f.AccountID.String()
	return tx.Emit(ctx, account, &eventsv1.SecondFactorAdded{AccountId: account, FactorId: f.ID.String(), Kind: f.Kind})
}

// Rename gives a bound factor another name.
func (a *App) Rename(ctx context.Context, account, id uuid.UUID, name string) (out SecondFactor, err error) {
	who, err := a.person(ctx, account)
	if err != nil {
		return out, err
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		f, err := tx.LockFactorByID(ctx, account, id)
		if err == nil && f.ActivateTime.IsZero() {
			err = domain.FactorNotFound()
		}
		if err != nil {
			return err
		}
		f.Name = name
		out = a.view(f, who)
		return tx.SetFactor(ctx, f)
	})
	return out, err
}

// keepsWayIn refuses to take the last passkey off an account that has no password.
func keepsWayIn(ctx context.Context, tx *store.Tx, all domain.Factors, gone domain.Factor) error {
	passkeys := all.Bound().Of(accountv1.StepKind_PASSKEY)
	if len(passkeys) != 1 || passkeys[0].ID != gone.ID {
		return nil
	}
	phc, err := tx.LockCredential(ctx, gone.AccountID)
	if err == nil && phc == "" {
		err = errs.New(errorsv1.Reason_FACTOR_LAST, "the account has no password")
	}
	return err
}

// Remove takes a factor off the account. With the last that stands by itself go the backup codes.
func (a *App) Remove(ctx context.Context, account, id uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockAccount(ctx, account); err != nil {
			return err
		}
		all, err := tx.Factors(ctx, account)
		if err != nil {
			return err
		}
		gone, err := all.Find(id)
		if err != nil {
			return err
		}
		if err := keepsWayIn(ctx, tx, all, gone); err != nil {
			return err
		}
		for _, f := range all.RemovedWith(gone) {
			if err := tx.DeleteFactor(ctx, f.ID); err != nil {
				return err
			}
		}
		if gone.ActivateTime.IsZero() {
			return nil
		}
		if err := tx.DistrustDevices(ctx, account); err != nil { // whoever has had it may have had one remembered
			return err
		}
		return tellFactorRemoved(ctx, tx, gone)
	})
}

func tellFactorRemoved(ctx context.Context, tx *store.Tx, f domain.Factor) error {
	account := f.AccountID.String()
	return tx.Emit(ctx, account, &eventsv1.SecondFactorRemoved{AccountId: account, FactorId: f.ID.String(), Kind: f.Kind})
}
