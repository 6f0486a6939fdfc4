package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// Shown is an interaction as the pages show it.
type Shown struct {
	Interaction domain.Interaction
	Client      domain.Client
	Needs       []domain.Need
	Granted     []string
}

// Show tells the pages what a partner asked for and what is still needed from this session.
func (a *App) Show(ctx context.Context, id, sessionID, browser string) (Shown, error) {
	i, _, err := a.ownInteraction(ctx, id, browser, a.Now())
	if err != nil {
		return Shown{}, err
	}
	if i.Outcome != nil {
		return Shown{}, errDecided()
	}
	session, err := a.session(ctx, sessionID)
	if err != nil {
		return Shown{}, err
	}
	return a.judge(ctx, i, session)
}

// ownInteraction finds an interaction for the browser that began it, which its cookie proves. Nothing is shown to
// another browser and nothing written for it: else somebody could begin a sign-in and have another finish it.
func (a *App) ownInteraction(
	ctx context.Context, id, browser string, now time.Time,
) (domain.Interaction, store.Stored, error) {
	i, stored, err := a.Flows.Interaction(ctx, id, now)
	if err == nil && !secret.Equal(secret.HashToken(browser), i.BrowserHash) {
		err = errNotThisBrowser()
	}
	return i, stored, err
}

func errDecided() error {
	return errs.New(errs.Conflict, errorsv1.Reason_INTERACTION_DECIDED, "the interaction has ended")
}

// judge finds what an interaction still needs from a session.
func (a *App) judge(ctx context.Context, i domain.Interaction, session *domain.Session) (Shown, error) {
	client, found, err := a.Store.Client(ctx, i.Request.ClientID)
	if err != nil {
		return Shown{}, err
	}
	if !found {
		return Shown{}, errUnknownClient()
	}
	facts := domain.Facts{Session: session, Public: client.Public(), Now: a.Now()}
	if session != nil {
		account, err := uuid.Parse(session.AccountID)
		if err != nil {
			return Shown{}, err
		}
		facts.Subject = a.subject(client, session.AccountID)
		if facts.Granted, err = a.Store.Consent(ctx, account, client.ID); err != nil {
			return Shown{}, err
		}
	}
	return Shown{Interaction: i, Client: client, Needs: i.Needs(facts), Granted: facts.Granted}, nil
}

func (s Shown) needs(n domain.Need) bool { return slices.Contains(s.Needs, n) }
