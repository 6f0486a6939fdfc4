package app

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/paging"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// Resolve finds the live session of a token on a surface. Its level is the account's current one.
func (a *App) Resolve(ctx context.Context, token string, surface accountv1.Surface) (domain.Session, error) {
	return a.Store.Resolve(ctx, store.Use{Token: token, Surface: surface, Seen: seenIn(ctx)}, a.Lifetimes.Of(surface), a.Now())
}

// Session finds a live session.
func (a *App) Session(ctx context.Context, id uuid.UUID) (domain.Session, error) {
	return a.Store.Session(ctx, id, a.Now())
}

// SignOut ends a session; one that has ended stays ended.
func (a *App) SignOut(ctx context.Context, account, id uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		ended, err := tx.EndSession(ctx, account, id, a.Now())
		if err != nil || !ended {
			return err
		}
		return tellEnded(ctx, tx, account, id)
	})
}

// tellEnded reports sessions that have just ended: what hangs on them at partners ends with them.
func tellEnded(ctx context.Context, tx *store.Tx, account uuid.UUID, ended ...uuid.UUID) error {
	for _, id := range ended {
		err := tx.Emit(ctx, account.String(), &eventsv1.SignedOut{AccountId: account.String(), SessionId: id.String()})
		if err != nil {
			return err
		}
	}
	return nil
}

// ListSessions is a page of where the account is signed in to, and the token of the next: the caller's comes first, then the one that
// was used last.
func (a *App) ListSessions(ctx context.Context, account, current uuid.UUID, q paging.Query) ([]domain.OpenSession, string, error) {
	page, err := a.list("sessions").Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	all, err := a.Store.OpenSessions(ctx, account, a.Now())
	if err != nil {
		return nil, "", err
	}
	position := func(s domain.OpenSession) string {
		if s.ID == current {
			return "0"
		}
		return "1" + newestFirst(s.LastUseTime, s.ID)
	}
	slices.SortFunc(all, func(x, y domain.OpenSession) int { return strings.Compare(position(x), position(y)) })
	return paging.Rest(page, all, position)
}

// newestFirst is the position of what happened at a time, in a list whose newest come first.
func newestFirst(at time.Time, id uuid.UUID) string {
	return fmt.Sprintf("%019d%s", math.MaxInt64-at.UnixNano(), id)
}

// EndSession is [App.SignOut], anywhere; SESSION_NOT_FOUND when the account never had the session.
func (a *App) EndSession(ctx context.Context, account, id uuid.UUID) error {
	known, err := a.Store.HasSession(ctx, account, id)
	if err != nil {
		return err
	}
	if !known {
		return domain.NoSession()
	}
	return a.SignOut(ctx, account, id)
}

// EndOtherSessions ends all of an account's sessions but one, and the sign-ins under way.
func (a *App) EndOtherSessions(ctx context.Context, account, kept uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := endSessions(ctx, tx, account, kept, a.Now())
		return err
	})
}

// endSessions ends an account's sign-ins under way and sessions, but for one of these, and says which.
func endSessions(ctx context.Context, tx *store.Tx, account, kept uuid.UUID, now time.Time) ([]uuid.UUID, error) {
	if err := tx.EndSignIns(ctx, account, kept, now); err != nil {
		return nil, err
	}
	ended, err := tx.EndOtherSessions(ctx, account, kept, now)
	if err != nil {
		return nil, err
	}
	return ended, tellEnded(ctx, tx, account, ended...)
}
