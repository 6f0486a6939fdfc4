package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// SignInCommand is a login and a password.
type SignInCommand struct {
	Login    string
	Password secret.String
	Surface  accountv1.Surface
}

// SignedIn is a session with its token, which is stored nowhere else.
type SignedIn struct {
	domain.Session
	Token secret.String
}

// SignIn begins a session. Its answer is stored for repeated requests, which get as far as that only with the right
// password: an idempotency key is no way around the limits on guessing.
func (a *App) SignIn(
	ctx context.Context, cmd SignInCommand, answered idempotency.Hook[SignedIn],
) (out SignedIn, err error) {
	login, err := cmd.parse()
	if err != nil {
		return out, err
	}
	t, err := a.attemptBy(ctx, login, cmd.Password)
	if err != nil {
		return out, err
	}
	err = a.verifyPassword(ctx, t, func(ctx context.Context, tx *store.Tx, now time.Time) error {
		if out, err = a.beginSession(ctx, tx, t, cmd.Surface, now); err != nil {
			return err
		}
		return answered(ctx, tx, out)
	})
	return out, err
}

func (cmd SignInCommand) parse() (identifiers.Login, error) {
	login, err := identifiers.ParseLogin(cmd.Login)
	var fields errs.Fields
	fields.Check("login", err)
	if cmd.Password.IsZero() {
		fields.Add("password", errorsv1.Reason_FIELD_REQUIRED)
	}
	return login, fields.Err()
}

// attemptBy finds the account of a login. A SNILS finds one from standard up only: it belongs to none before.
func (a *App) attemptBy(ctx context.Context, login identifiers.Login, pass secret.String) (attempt, error) {
	kind := map[identifiers.LoginKind]domain.Kind{
		identifiers.LoginPhone: domain.Phone, identifiers.LoginEmail: domain.Email, identifiers.LoginSNILS: domain.SNILS,
	}[login.Kind]
	holder, err := a.Store.HolderOf(ctx, domain.Identifier{Kind: kind, Key: login.Value})
	t := attempt{holder: holder, password: pass, target: a.target(ctx, "account", holder.AccountID.String())}
	if holder.AccountID == uuid.Nil {
		t.target = a.target(ctx, string(kind), login.Value)
	}
	return t, err
}

func (a *App) beginSession(
	ctx context.Context, tx *store.Tx, t attempt, surface accountv1.Surface, now time.Time,
) (out SignedIn, err error) {
	token, id := secret.NewToken(), t.holder.AccountID.String()
	s := a.Lifetimes.Begin(secret.NewID(), t.holder.AccountID, surface, now)
	s.Level, s.Language = t.holder.Level, t.holder.Language
	if err := tx.InsertSession(ctx, s, token); err != nil {
		return out, err
	}
	return SignedIn{Session: s, Token: token}, tx.Emit(ctx, id, &eventsv1.SignedIn{
		AccountId: id, SessionId: s.ID.String(), Amr: s.AMR, Surface: surface,
	})
}
