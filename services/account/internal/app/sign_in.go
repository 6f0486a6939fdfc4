package app

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// SignInCommand is a login and a password. Without a password it is a step of its own, or a passkey takes its place.
type SignInCommand struct {
	Login    string
	Password secret.String
	Surface  accountv1.Surface
	// Device is the device's token, or several joined by dots, of the people who use it; empty: it has none.
	Device string
}

// SignIn begins a sign-in, and ends it when the password is all it takes: then nothing is stored of the way. Its answer is
// stored for repeated requests, which get as far as that only with the right password: an idempotency key is no way around
// the limits on guessing.
func (a *App) SignIn(ctx context.Context, cmd SignInCommand, answered idempotency.Hook[Progress]) (out Progress, err error) {
	login, err := cmd.parse()
	if err != nil {
		return out, err
	}
	now := a.Now()
	t, err := a.attemptBy(ctx, login, cmd, now)
	if err != nil {
		return out, err
	}
	in, err := a.begin(domain.SignIn{
		Purpose: domain.BeginSession, AccountID: t.holder.AccountID, Subject: t.target.Subject, Surface: cmd.Surface,
		Devices: deviceHashes(cmd.Device), Needs: domain.SignInPaths(t.holder.Factors, t.holder.Remembered),
	}, now)
	if err != nil {
		return out, err
	}
	if cmd.Password.IsZero() {
		return a.openWithoutPassword(ctx, t, in)
	}
	err = a.verifyPassword(ctx, t, func(ctx context.Context, tx *store.Tx, now time.Time) (bool, error) {
		in.Met = domain.ByPassword(now)
		if out, err = a.advance(ctx, tx, course{SignIn: in, holder: t.holder, fresh: true}, now); err != nil {
			return false, err
		}
		return out.Active(), answered(ctx, tx, out)
	})
	return out, err
}

// openWithoutPassword stores a sign-in of which nothing is proven. The steps are the same for every login.
func (a *App) openWithoutPassword(ctx context.Context, t attempt, in domain.SignIn) (out Progress, err error) {
	counts, err := a.Store.Failures(ctx, t.target)
	if err != nil {
		return out, err
	}
	if err := a.Throttle.CheckOpen(counts, a.Now()); err != nil {
		return out, err
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = a.open(ctx, tx, in)
		return err
	})
	return out, err
}

func (cmd SignInCommand) parse() (identifiers.Login, error) {
	login, err := identifiers.ParseLogin(cmd.Login)
	var fields errs.Fields
	fields.Check("login", err)
	return login, fields.Err()
}

// attemptBy finds the account of a login. A SNILS finds one from standard up only: it belongs to none before.
func (a *App) attemptBy(ctx context.Context, login identifiers.Login, cmd SignInCommand, now time.Time) (attempt, error) {
	kind := map[identifiers.LoginKind]domain.Kind{
		identifiers.LoginPhone: domain.Phone, identifiers.LoginEmail: domain.Email, identifiers.LoginSNILS: domain.SNILS,
	}[login.Kind]
	id := domain.Identifier{Kind: kind, Key: login.Value}
	holder, err := a.Store.HolderOf(ctx, id, deviceHashes(cmd.Device), now)
	t := attempt{holder: holder, password: cmd.Password, target: a.target(ctx, "account", holder.AccountID.String())}
	if holder.AccountID == uuid.Nil {
		t.target = a.target(ctx, string(kind), login.Value)
	}
	return t, err
}

// tokenChars are those of a device's token: 256 bits.
const tokenChars = 43

// deviceHashes is what is stored of a device's tokens; what is presented beside them is none of ours.
func deviceHashes(presented string) domain.DeviceHashes {
	var out domain.DeviceHashes
	for token := range strings.SplitSeq(presented, ".") {
		if len(token) == tokenChars && len(out.Each()) < domain.MaxTokens {
			out = append(out, secret.HashToken(token)...)
		}
	}
	return out
}
