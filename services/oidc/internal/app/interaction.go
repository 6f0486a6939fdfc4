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

// InteractionView is an interaction as the pages see it.
type InteractionView struct {
	Interaction domain.Interaction
	Client      domain.Client
	Needs       []domain.Need
	Granted     []string
}

// GetInteraction returns what a partner requested and what is still needed from this session.
func (a *App) GetInteraction(ctx context.Context, id, sessionID, browser string) (InteractionView, error) {
	i, _, err := a.ownInteraction(ctx, id, browser, a.Now())
	if err != nil {
		return InteractionView{}, err
	}
	if i.Outcome != nil {
		return InteractionView{}, errDecided()
	}
	session, err := a.session(ctx, sessionID)
	if err != nil {
		return InteractionView{}, err
	}
	return a.view(ctx, i, session)
}

// ownInteraction finds an interaction for the browser that began it, which its cookie proves. Another browser sees
// nothing of it and changes nothing: otherwise somebody could begin a sign-in and have another person finish it.
func (a *App) ownInteraction(
	ctx context.Context, id, browser string, now time.Time,
) (domain.Interaction, store.Revision, error) {
	i, revision, err := a.Interactions.Interaction(ctx, id, now)
	if err == nil && !secret.Equal(secret.HashToken(browser), i.BrowserHash) {
		err = errNotThisBrowser()
	}
	return i, revision, err
}

func errDecided() error {
	return errs.New(errs.Conflict, errorsv1.Reason_INTERACTION_DECIDED, "the interaction has ended")
}

// view is an interaction with what it still needs from a session.
func (a *App) view(ctx context.Context, i domain.Interaction, session *domain.Session) (InteractionView, error) {
	client, err := a.knownClient(ctx, i.Request.ClientID)
	if err != nil {
		return InteractionView{}, err
	}
	return a.evaluateNeeds(ctx, i, client, domain.Facts{Session: session})
}

// evaluateNeeds adds to the facts what is known here, and finds what the interaction still needs.
func (a *App) evaluateNeeds(
	ctx context.Context, i domain.Interaction, client domain.Client, f domain.Facts,
) (InteractionView, error) {
	f.Public, f.Now = client.Public(), a.Now()
	if f.Session != nil {
		account, err := uuid.Parse(f.Session.AccountID)
		if err != nil {
			return InteractionView{}, err
		}
		f.Subject = a.subject(client, f.Session.AccountID)
		if f.Granted, err = a.Store.Consent(ctx, account, client.ID); err != nil {
			return InteractionView{}, err
		}
	}
	return InteractionView{Interaction: i, Client: client, Needs: i.Needs(f), Granted: f.Granted}, nil
}

func (v InteractionView) needs(n domain.Need) bool { return slices.Contains(v.Needs, n) }
