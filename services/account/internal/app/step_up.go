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
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// ReauthenticateCommand proves the password again.
type ReauthenticateCommand struct {
	AccountID, SessionID uuid.UUID
	Password             secret.String
}

// Reauthenticate gives the caller's session a new token and sign-in time once all that the account has to be proven with is proven
// again; the old token is dead then. Its absolute end stays. Wrong passwords count like those of a sign-in. Of several at once
// by one token, the first ends the token that the others came with: they are refused, so that no success hands out a token
// that the next has replaced.
func (a *App) Reauthenticate(
	ctx context.Context, cmd ReauthenticateCommand, answered idempotency.Hook[Progress],
) (out Progress, err error) {
	if cmd.Password.IsZero() {
		return out, required("password")
	}
	s, err := a.ownSession(ctx, cmd.AccountID, cmd.SessionID)
	if err != nil {
		return out, err
	}
	c, err := a.stepUp(ctx, s, domain.ProofPaths)
	if err != nil {
		return out, err
	}
	t := attempt{holder: c.holder, password: cmd.Password, target: a.targetOf(ctx, c.Subject)}
	err = a.verifyPassword(ctx, t, func(ctx context.Context, tx *store.Tx, now time.Time) (bool, error) {
		c.Met = domain.ByPassword(now)
		if out, err = a.reauthenticated(ctx, tx, c, answered, now); err != nil {
			return false, err
		}
		return out.Active(), nil
	})
	return out, err
}

// reauthenticated goes on after the password. Where that is all, the answer is stored before the session is renewed: the same request
// gets it before it is asked what has become of its token.
func (a *App) reauthenticated(
	ctx context.Context, tx *store.Tx, c course, answered idempotency.Hook[Progress], now time.Time,
) (Progress, error) {
	if !c.Needs.Done(c.Met, now) {
		out, err := a.advance(ctx, tx, c, now)
		if err != nil {
			return out, err
		}
		return out, answered(ctx, tx, out)
	}
	out := a.renewed(c, now)
	if err := answered(ctx, tx, out); err != nil {
		return out, err
	}
	return out, a.storeRenewed(ctx, tx, c, out)
}

// StepUpCommand says what a session must have.
type StepUpCommand struct {
	AccountID, SessionID uuid.UUID
	// Factors is how many the person must have been recognised by, MaxAge how long ago that may be; 0: any.
	Factors int
	MaxAge  time.Duration
	// Trusted: the trusted contact's code is needed, with a fresh proof of everything else.
	Trusted bool
}

// StepUp asks for what the session lacks. A session that lacks nothing is the answer.
func (a *App) StepUp(ctx context.Context, cmd StepUpCommand, answered idempotency.Hook[Progress]) (out Progress, err error) {
	s, err := a.ownSession(ctx, cmd.AccountID, cmd.SessionID)
	if err != nil {
		return out, err
	}
	trusted, err := a.needsTrusted(ctx, s, cmd.Trusted)
	if err != nil {
		return out, err
	}
	old := trusted || cmd.MaxAge > 0 && a.Now().Sub(s.AuthTime) > cmd.MaxAge
	lacking := cmd.Factors > 1 && s.Steps.Assurance() < accountv1.Assurance_TWO_FACTORS
	if !old && !lacking {
		return Progress{Session: s}, nil
	}
	paths := domain.ProofPaths
	if !old {
		paths = domain.MissingFactor
	}
	c, err := a.stepUp(ctx, s, paths)
	if err != nil {
		return out, err
	}
	if lacking && len(c.holder.Factors) == 0 {
		if c.Needs, err = a.phoneInstead(ctx, s.AccountID, old); err != nil {
			return out, err
		}
	}
	if trusted {
		c.Needs = c.Needs.And(accountv1.StepKind_TRUSTED_CONTACT)
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if out, err = a.open(ctx, tx, c.SignIn); err != nil {
			return err
		}
		return answered(ctx, tx, out)
	})
	return out, err
}

// phoneInstead are the ways to two factors for who has bound none: a code to the proven phone will do once, without that each
// sign-in asks for it from then on.
func (a *App) phoneInstead(ctx context.Context, account uuid.UUID, old bool) (domain.Paths, error) {
	phone, _, err := a.Store.Contacts(ctx, account)
	if err != nil {
		return nil, err
	}
	if phone == "" {
		return nil, errs.New(errorsv1.Reason_SECOND_FACTOR_MISSING, "the account has no second factor and no phone")
	}
	instead := []domain.StepKind{accountv1.StepKind_SMS_CODE}
	if old {
		return domain.ProofPaths(instead), nil
	}
	return domain.MissingFactor(instead), nil
}

// stepUp is a new sign-in within a session, on these ways. A device that is remembered proves nothing in it.
func (a *App) stepUp(ctx context.Context, s domain.Session, paths func([]domain.StepKind) domain.Paths) (c course, err error) {
	now := a.Now()
	holder, err := a.Store.Holder(ctx, s.AccountID, nil, now)
	if err != nil {
		return c, err
	}
	in, err := a.begin(domain.SignIn{
		Purpose: domain.StepUp, AccountID: s.AccountID, Subject: a.target(ctx, "account", s.AccountID.String()).Subject,
		Surface: s.Surface, SessionID: s.ID, Needs: paths(holder.Factors),
	}, now)
	return course{SignIn: in, holder: holder, session: s, fresh: true}, err
}

// ownSession is the live session that the caller has signed in with: not another one of the same account, whose token
// would go to the wrong device.
func (a *App) ownSession(ctx context.Context, account, id uuid.UUID) (domain.Session, error) {
	if user, ok := rpc.UserOf(ctx); !ok || user.SessionID != id.String() {
		return domain.Session{}, errs.New(errorsv1.Reason_PERMISSION_DENIED, "the session is not the caller's")
	}
	s, err := a.Store.Session(ctx, id, a.Now())
	if err == nil && s.AccountID != account {
		err = domain.Ended()
	}
	return s, err
}

// renew ends a step-up: the session that it was begun in has what was proven.
func (a *App) renew(ctx context.Context, tx *store.Tx, c course, now time.Time) (out Progress, err error) {
	if c.session, err = tx.Session(ctx, c.SessionID, now); err != nil {
		return out, err
	}
	out = a.renewed(c, now)
	return out, a.storeRenewed(ctx, tx, c, out)
}

// renewed is the session with a new token and what was proven.
func (a *App) renewed(c course, now time.Time) Progress {
	s := c.session.Renewed(a.Lifetimes, c.Met, now)
	s.ProofTime = domain.ProofPaths(c.holder.Factors).ProvenAt(s.Steps)
	return Progress{Session: s, Token: secret.NewToken()}
}

// storeRenewed replaces the session that the caller was signed in with, unless that has been replaced meanwhile.
func (a *App) storeRenewed(ctx context.Context, tx *store.Tx, c course, out Progress) error {
	user, _ := rpc.UserOf(ctx)
	live := c.session.IsOf(user.AuthTime)
	if live {
		renewal := store.NewSession{Session: out.Session, Token: out.Token, Seen: seenIn(ctx)}
		var err error
		if live, err = tx.RenewSession(ctx, renewal, c.session.AuthTime); err != nil {
			return err
		}
	}
	if !live {
		return domain.Ended()
	}
	account := c.session.AccountID.String()
	return tx.Emit(ctx, account, &eventsv1.Reauthenticated{AccountId: account, SessionId: c.session.ID.String()})
}
