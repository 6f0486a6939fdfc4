package app

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/requestlog"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// DecideCommand ends an interaction in the name of a session.
type DecideCommand struct {
	InteractionID, SessionID string
	// Browser is the interaction's cookie.
	Browser  string
	Decision domain.Decision
	// Scopes are those that the person agreed to, without the claims Declined.
	Scopes, Declined []string
}

func (c DecideCommand) outcome() domain.Outcome {
	return domain.NewOutcome(c.Decision, c.SessionID, c.Scopes, c.Declined)
}

// decided is what a decision leads to.
type decided struct {
	outcome domain.Outcome
	// consent is what the code is for; consented says that what the person has agreed to is not what it was; waited, that it is
	// what a held request waited for.
	consent           domain.Consent
	consented, waited bool
	// asked are the scopes that were agreed to or not.
	asked []string
}

// Decide ends an interaction and returns where the browser continues. Every need is evaluated again: the pages are not
// trusted with it. The same decision of the same session may be repeated.
func (a *App) Decide(ctx context.Context, cmd DecideCommand) (string, error) {
	now := a.Now()
	i, revision, err := a.ownInteraction(ctx, cmd.InteractionID, cmd.Browser, now)
	if err != nil {
		return "", err
	}
	if i.Outcome != nil {
		return a.decidedBefore(i, cmd)
	}
	session, err := a.session(ctx, cmd.SessionID)
	if err != nil {
		return "", err
	}
	d, err := a.outcome(ctx, i, session, cmd)
	if err != nil {
		return "", err
	}
	if err := a.record(ctx, i, session, d, now); err != nil {
		return "", err
	}
	done, err := a.finish(ctx, revision, i, session, d, now)
	if err != nil {
		return "", err
	}
	if !done {
		if i, _, err = a.Interactions.Interaction(ctx, cmd.InteractionID, now); err != nil {
			return "", err
		}
		return a.decidedBefore(i, cmd)
	}
	return a.continueURL(i.ID), nil
}

func (a *App) decidedBefore(i domain.Interaction, cmd DecideCommand) (string, error) {
	if i.Outcome == nil || !i.Outcome.Repeats(cmd.outcome()) {
		return "", errDecided()
	}
	return a.continueURL(i.ID), nil
}

// outcome evaluates a decision. To allow, nothing but consent may be missing, which the decision gives; a silent request
// with any need ends in the error for it.
func (a *App) outcome(
	ctx context.Context, i domain.Interaction, session *domain.Session, cmd DecideCommand,
) (decided, error) {
	d := decided{outcome: cmd.outcome()}
	if cmd.Decision != oidcv1.Decision_ALLOW && cmd.Decision != oidcv1.Decision_DENY {
		return d, nil
	}
	view, err := a.view(ctx, i, session)
	if err != nil {
		return d, err
	}
	if cmd.Decision == oidcv1.Decision_DENY {
		d.outcome = d.outcome.Refuse(view.Needs)
		return d, nil
	}
	if i.Request.Silent && len(view.Needs) > 0 {
		d.outcome.Error = domain.SilentError(view.Needs[0])
		return d, nil
	}
	for _, n := range view.Needs {
		if err := domain.Refusal(n, session != nil); err != nil {
			return d, err
		}
	}
	return d.allow(view, cmd)
}

// allow is a decision to give the partner what it wants, as far as the person agrees.
func (d decided) allow(v InteractionView, cmd DecideCommand) (decided, error) {
	d.waited = v.Consent.Waited(v.Interaction.Request)
	request := v.Interaction.Request
	d.asked, d.consent = request.Scopes, v.Consent.For(request)
	if !v.needs(oidcv1.Need_CONSENT) {
		return d, nil
	}
	agreed, err := v.Interaction.Agree(v.Consent.Limit(cmd.Scopes))
	if err != nil {
		return d, err
	}
	d.consent, err = v.Consent.Agree(v.Client, agreed, cmd.Declined)
	d.consent.Declined = request.KeptBack(d.consent.Declined)
	d.consented = v.Interaction.Changes(v.Consent, d.consent)
	return d, err
}

// record stores a consent that changes something, or that it was denied, before it takes effect.
func (a *App) record(
	ctx context.Context, i domain.Interaction, session *domain.Session, d decided, now time.Time,
) error {
	if d.outcome.Error != "" {
		return a.recordRefusal(ctx, i, session, d.outcome.Error)
	}
	if !d.consented && !d.waited {
		return nil
	}
	account, err := uuid.Parse(session.AccountID)
	if err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if d.waited {
			if err := tx.EndHeldRequest(ctx, account, i.Request.ClientID); err != nil {
				return err
			}
		}
		if !d.consented {
			return nil
		}
		if err := tx.PutConsent(ctx, account, i.Request.ClientID, d.asked, d.consent, now); err != nil {
			return err
		}
		return tx.Emit(ctx, session.AccountID, &eventsv1.ConsentGranted{
			AccountId: session.AccountID, ClientId: i.Request.ClientID, Scopes: d.consent.Scopes,
		})
	})
}

// recordRefusal records that a person refused. A refusal that is nobody's doing is counted: any page in the web can
// cause one.
func (a *App) recordRefusal(ctx context.Context, i domain.Interaction, session *domain.Session, code string) error {
	if session == nil || i.Request.Silent {
		a.Refused.Add(code)
		return nil
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Emit(ctx, i.Request.ClientID, &eventsv1.InteractionDenied{
			ClientId: i.Request.ClientID, Error: code, AccountId: session.AccountID,
		})
	})
}

// SummariseRefusals makes the record of those that were nobody's doing.
func SummariseRefusals(from, to time.Time, counts map[string]int64) proto.Message {
	return &eventsv1.InteractionsRefused{FromTime: timestamppb.New(from), ToTime: timestamppb.New(to), Counts: counts}
}

// finish stores the outcome, and the code if there is one. Exactly one of several concurrent callers does; the others get
// false. From now on the interaction lives as long as a code: it only waits for the browser.
func (a *App) finish(
	ctx context.Context, revision store.Revision, i domain.Interaction, session *domain.Session, d decided, now time.Time,
) (bool, error) {
	i.Outcome, i.ExpireTime = &d.outcome, now.Add(a.Lifetimes.Code)
	if d.outcome.Error != "" {
		return a.Interactions.Decide(ctx, revision, i, nil, nil, now)
	}
	code := a.codeFor(i.Request, *session, d.consent, now)
	return a.Interactions.Decide(ctx, revision, i, secret.HashToken(a.code(i)), &code, now)
}

// code is the interaction's authorization code: 256 bits that only this service can derive, so that it is stored nowhere
// and a browser that asks twice gets the same one.
func (a *App) code(i domain.Interaction) string { return encode(a.Keys.MAC("code", []byte(i.ID))) }

// ticket proves that the browser comes from the page where the interaction was decided.
func (a *App) ticket(interactionID string) string {
	return encode(a.Keys.MAC("ticket", []byte(interactionID)))
}

func (a *App) continueURL(interactionID string) string {
	return PathContinue + "?" + url.Values{"interaction": {interactionID}, "ticket": {a.ticket(interactionID)}}.Encode()
}

// Continue sends the browser back to the partner with the answer. It must be the browser that began the
// interaction (by its cookie) and the one that decided it (by the ticket): otherwise one person's answer could end up in
// another's browser.
func (a *App) Continue(ctx context.Context, id, ticket, browser string) (*Answer, error) {
	i, _, err := a.ownInteraction(ctx, id, browser, a.Now())
	if err != nil {
		return nil, err
	}
	requestlog.Client(ctx, i.Request.ClientID)
	if _, err := a.misbehaving(ctx, i.Request.ClientID); err != nil {
		return nil, err
	}
	if i.Outcome == nil || !secret.Equal([]byte(ticket), []byte(a.ticket(id))) {
		return nil, errNotThisBrowser()
	}
	if i.Outcome.Error != "" {
		return a.refusal(i.Request, &domain.OAuthError{Code: i.Outcome.Error, Description: i.Outcome.Description}), nil
	}
	return a.answer(i.Request, url.Values{"code": {a.code(i)}}), nil
}

// offline says whether a grant outlives its session.
func offline(scopes []string) bool { return slices.Contains(scopes, domain.Offline) }
