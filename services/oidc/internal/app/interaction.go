package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// InteractionView is an interaction as the pages see it.
type InteractionView struct {
	Interaction domain.Interaction
	Client      domain.Client
	Needs       []domain.Need
	// Consent is what the person has agreed to before.
	Consent domain.Consent
	// Claims are what the partner would get, by scope: only while consent is what is needed next.
	Claims map[string][]ClaimView
	// ContinueURL is set once it is decided.
	ContinueURL string
}

// GetInteraction returns what a partner requested and what is still needed from this session.
func (a *App) GetInteraction(ctx context.Context, id, sessionID, browser string) (InteractionView, error) {
	i, _, err := a.ownInteraction(ctx, id, browser, a.Now())
	if err != nil {
		return InteractionView{}, err
	}
	if i.Outcome != nil {
		return a.decidedView(ctx, i, sessionID)
	}
	session, err := a.session(ctx, sessionID)
	if err != nil {
		return InteractionView{}, err
	}
	view, err := a.view(ctx, i, session)
	if err != nil || len(view.Needs) == 0 || view.Needs[0] != oidcv1.Need_CONSENT || i.Request.Silent {
		return view, err
	}
	view.Claims, err = a.offered(ctx, view, *session)
	return view, err
}

// decidedView leads the browser of the session that decided on; any other learns only that it is over.
func (a *App) decidedView(ctx context.Context, i domain.Interaction, sessionID string) (InteractionView, error) {
	if i.Outcome.SessionID != sessionID {
		return InteractionView{}, errDecided()
	}
	client, found, err := a.client(ctx, i.Request.ClientID)
	if err == nil && !found {
		err = errUnknownClient()
	}
	return InteractionView{Interaction: i, Client: client, ContinueURL: a.continueURL(i.ID)}, err
}

// makeRoom ends interactions that a browser gives up: more cookies than a proxy takes would keep it out. It comes before the
// next begins, which may need their room. What is not this browser's, is over or is decided stays as it is.
func (a *App) makeRoom(ctx context.Context, old []cookies.InteractionCookie) error {
	for _, c := range old {
		i, revision, err := a.ownInteraction(ctx, c.ID, c.Value, a.Now())
		switch {
		case errs.Is(err, errorsv1.Reason_INTERACTION_NOT_FOUND), i.Outcome != nil:
			continue
		case err == nil:
			err = a.Interactions.Abandon(ctx, revision, i)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pending is where what begins now from the request's address is counted.
func (a *App) pending(ctx context.Context, now time.Time) domain.Pending {
	address := encode(a.Keys.MAC("pending address", []byte(rpc.RequestOf(ctx).Network()))[:16])
	return domain.NewPending(address, now, a.Lifetimes.Interaction)
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
	return errs.New(errorsv1.Reason_INTERACTION_DECIDED, "the interaction has ended")
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
	f.Public, f.SecondFactor, f.Now = client.Public(), client.Policy.SecondFactor, a.Now()
	var consent domain.Consent
	if f.Session != nil {
		account, err := uuid.Parse(f.Session.AccountID)
		if err != nil {
			return InteractionView{}, err
		}
		f.Subject = a.subject(client, f.Session.AccountID)
		if consent, err = a.Store.Consent(ctx, account, client.ID); err != nil {
			return InteractionView{}, err
		}
		f.Granted, f.Kept, f.Voluntary = consent.Scopes, consent.Declined, client.VoluntaryClaims
	}
	return InteractionView{Interaction: i, Client: client, Needs: i.Needs(f), Consent: consent}, nil
}

func (v InteractionView) needs(n domain.Need) bool { return slices.Contains(v.Needs, n) }
