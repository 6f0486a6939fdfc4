package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
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
	Password             string
}

// Reauthenticate gives the session the caller is in a new token and time of sign-in; the old token is dead. Its
// absolute end stays. Wrong passwords count like those of a sign-in.
func (a *App) Reauthenticate(ctx context.Context, cmd ReauthenticateCommand) (Opened, error) {
	s, err := a.ownSession(ctx, cmd)
	if err != nil {
		return Opened{}, err
	}
	phc, err := a.Store.Credential(ctx, cmd.AccountID)
	if err != nil {
		return Opened{}, err
	}
	t := attempt{
		account: cmd.AccountID, phc: phc, password: cmd.Password, target: a.target(ctx, "account", cmd.AccountID.String()),
	}
	var out Opened
	err = a.judge(ctx, t, func(ctx context.Context, tx *store.Tx, now time.Time) error {
		out = Opened{}
		return a.Answers.Once(ctx, tx, "Reauthenticate", cmd.SessionID, &out, func() (err error) {
			out, err = a.renew(ctx, tx, s, now)
			return err
		})
	})
	if err != nil {
		return Opened{}, err
	}
	return out, nil
}

// ownSession is the live session that the caller is signed in by: not another of the same account, whose token
// would go to the wrong device.
func (a *App) ownSession(ctx context.Context, cmd ReauthenticateCommand) (domain.Session, error) {
	if cmd.Password == "" {
		var fields errs.Fields
		fields.Add("password", errorsv1.Reason_FIELD_REQUIRED)
		return domain.Session{}, fields.Err()
	}
	if user, ok := rpc.UserOf(ctx); !ok || user.SessionID != cmd.SessionID.String() {
		return domain.Session{}, errs.New(errs.Denied, errorsv1.Reason_PERMISSION_DENIED, "the session is not the caller's")
	}
	s, err := a.Store.Session(ctx, cmd.SessionID, a.Now())
	if err == nil && s.AccountID != cmd.AccountID {
		err = domain.Ended()
	}
	return s, err
}

func (a *App) renew(ctx context.Context, tx *store.Tx, s domain.Session, now time.Time) (Opened, error) {
	token := secret.NewToken()
	s.AuthTime, s.AMR, s.IdleExpireTime = now, []string{domain.Password}, a.Lifetimes.IdleUntil(s, now)
	live, err := tx.RenewSession(ctx, s, token)
	if err != nil {
		return Opened{}, err
	}
	if !live {
		return Opened{}, domain.Ended()
	}
	return Opened{Session: s, Token: token.Reveal()}, tx.Emit(ctx, s.AccountID.String(), &eventsv1.Reauthenticated{
		AccountId: s.AccountID.String(), SessionId: s.ID.String(),
	})
}
