package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// ReauthenticateCommand proves the password again.
type ReauthenticateCommand struct {
	AccountID, SessionID uuid.UUID
	Password             secret.String
}

// Reauthenticate gives the caller's session a new token and sign-in time; the old token is dead. Its absolute end stays.
// Wrong passwords count like those of a sign-in. Of several at once by one token, the first ends the token that the
// others came with: they are refused, so that no success hands out a token that the next has replaced.
func (a *App) Reauthenticate(
	ctx context.Context, cmd ReauthenticateCommand, answered idempotency.Hook[SignedIn],
) (out SignedIn, err error) {
	s, err := a.ownSession(ctx, cmd)
	if err != nil {
		return out, err
	}
	phc, err := a.Store.Credential(ctx, cmd.AccountID)
	if err != nil {
		return out, err
	}
	t := attempt{
		holder: store.Holder{AccountID: cmd.AccountID, PHC: phc}, password: cmd.Password,
		target: a.target(ctx, "account", cmd.AccountID.String()),
	}
	err = a.verifyPassword(ctx, t, func(ctx context.Context, tx *store.Tx, now time.Time) error {
		out = SignedIn{Session: s.Renewed(a.Lifetimes, now), Token: secret.NewToken()}
		// The answer comes first: the same request gets it before it is asked what has become of its token.
		if err := answered(ctx, tx, out); err != nil {
			return err
		}
		return a.renew(ctx, tx, s, out)
	})
	return out, err
}

// ownSession is the live session that the caller has signed in with: not another one of the same account, whose token
// would go to the wrong device.
func (a *App) ownSession(ctx context.Context, cmd ReauthenticateCommand) (domain.Session, error) {
	if cmd.Password.IsZero() {
		var fields errs.Fields
		fields.Add("password", errorsv1.Reason_FIELD_REQUIRED)
		return domain.Session{}, fields.Err()
	}
	if user, ok := rpc.UserOf(ctx); !ok || user.SessionID != cmd.SessionID.String() {
		return domain.Session{}, errs.New(errorsv1.Reason_PERMISSION_DENIED, "the session is not the caller's")
	}
	s, err := a.Store.Session(ctx, cmd.SessionID, a.Now())
	if err == nil && s.AccountID != cmd.AccountID {
		err = domain.Ended()
	}
	return s, err
}

// renew replaces the session that the caller was signed in with, unless that has been replaced meanwhile.
func (a *App) renew(ctx context.Context, tx *store.Tx, old domain.Session, out SignedIn) error {
	user, _ := rpc.UserOf(ctx)
	live := old.IsOf(user.AuthTime)
	if live {
		var err error
		if live, err = tx.RenewSession(ctx, out.Session, out.Token, old.AuthTime); err != nil {
			return err
		}
	}
	if !live {
		return domain.Ended()
	}
	return tx.Emit(ctx, old.AccountID.String(), &eventsv1.Reauthenticated{
		AccountId: old.AccountID.String(), SessionId: old.ID.String(),
	})
}
