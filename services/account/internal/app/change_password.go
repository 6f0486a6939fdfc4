package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// ChangePasswordCommand is a new password and, unless the person has proven lately to be the holder, the present one.
type ChangePasswordCommand struct {
	AccountID, SessionID uuid.UUID
	Current, New         secret.String
}

// ChangePassword sets another password and ends every session but the caller's. Wrong present passwords count like those of
// a sign-in.
func (a *App) ChangePassword(ctx context.Context, cmd ChangePasswordCommand, answered idempotency.Hook[struct{}]) error {
	if err := a.mayChange(ctx, cmd); err != nil {
		return err
	}
	phc, err := a.Hasher.Hash(ctx, password.Normal(cmd.New.Reveal()))
	if err != nil {
		return err
	}
	change := func(ctx context.Context, tx *store.Tx, now time.Time) (all bool, err error) { //nolint:unparam // a password alone is never all
		if err := answered(ctx, tx, struct{}{}); err != nil {
			return false, err
		}
		return false, setPassword(ctx, tx, cmd, phc, now)
	}
	if cmd.Current.IsZero() {
		return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			_, err := change(ctx, tx, a.Now())
			return err
		})
	}
	present, err := a.Store.Credential(ctx, cmd.AccountID)
	if err != nil && !pg.IsNotFound(err) { // without one nothing matches, and takes as long
		return err
	}
	return a.verifyPassword(ctx, attempt{
		holder: store.Holder{AccountID: cmd.AccountID, PHC: present}, password: cmd.Current,
		target: a.target(ctx, "account", cmd.AccountID.String()),
	}, change)
}

// mayChange refuses before the expensive hash what would be refused after it.
func (a *App) mayChange(ctx context.Context, cmd ChangePasswordCommand) error {
	user, ok := rpc.UserOf(ctx)
	if !ok || user.SessionID != cmd.SessionID.String() {
		return errs.New(errorsv1.Reason_PERMISSION_DENIED, "the session is not the caller's")
	}
	if cmd.Current.IsZero() {
		if err := user.CheckRecent(Recent, a.Now()); err != nil {
			return err
		}
	}
	s, err := a.Store.Session(ctx, cmd.SessionID, a.Now())
	if err != nil {
		return err
	}
	if err := checkTrusted(ctx, a.Store, s, a.Now()); err != nil {
		return err
	}
	contacts, err := a.Store.OwnContacts(ctx, cmd.AccountID)
	if err != nil {
		return err
	}
	var about []string
	for _, c := range contacts {
		about = append(about, c.Value)
	}
	return a.Policy.CheckField("new_password", cmd.New.Reveal(), about)
}

// Recent is how fresh a proof must be to change what opens the account; it stands in for the present password.
const Recent = 20 * time.Minute

// setPassword stores the password's hash and ends the other sessions, and the sign-ins under way: who proved the password of
// before is out, and does not come in by it. See [App.verifyPassword] for who is proving it just now.
func setPassword(ctx context.Context, tx *store.Tx, cmd ChangePasswordCommand, phc string, now time.Time) error {
	if _, err := tx.LockAccount(ctx, cmd.AccountID); err != nil {
		return err
	}
	s, err := tx.Session(ctx, cmd.SessionID, now)
	if err != nil { // ended by another change of the password
		return err
	}
	if err := checkTrusted(ctx, tx, s, now); err != nil {
		return err
	}
	if err := tx.SetCredential(ctx, cmd.AccountID, phc, now); err != nil {
		return err
	}
	if _, err := endSessions(ctx, tx, cmd.AccountID, cmd.SessionID, now); err != nil {
		return err
	}
	if err := tx.DistrustDevices(ctx, cmd.AccountID); err != nil { // an intruder may have had one remembered
		return err
	}
	account := cmd.AccountID.String()
	return tx.Emit(ctx, account, &eventsv1.PasswordChanged{AccountId: account})
}
