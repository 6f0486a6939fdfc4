package app

import (
	"context"
	"errors"
	"maps"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store"
)

var errNoEvent = errors.New("a notice can only be sent while an event is handled")

// Notify tells a person what the event being handled means for them: in the feed, and by messages as far as the notice
// reaches. The contacts are fetched before the transaction that has the effect.
func (a *App) Notify(ctx context.Context, n domain.Notice) error {
	event, ok := events.DeliveryOf(ctx)
	if !ok {
		return errNoEvent
	}
	n, err := a.withChannels(ctx, n)
	if err != nil {
		return err
	}
	messages, err := a.messages(ctx, n, event)
	if err != nil {
		return err
	}
	entry := domain.Entry{ID: event.ID, AccountID: n.AccountID, Template: n.Template, Params: n.Params, Time: event.Time}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); !first || err != nil || n.Untold() {
			return err
		}
		if err := tx.AddEntry(ctx, entry); err != nil {
			return err
		}
		for _, m := range messages {
			if _, err := a.queue(ctx, tx, a.inHand(m)); err != nil {
				return err
			}
		}
		return nil
	})
}

// withChannels adds the channels that the person has chosen.
func (a *App) withChannels(ctx context.Context, n domain.Notice) (domain.Notice, error) {
	if n.Reach != domain.Chosen {
		return n, nil
	}
	all, err := a.Store.Settings(ctx, n.AccountID)
	n.Channels = all[n.Switch]
	return n, err
}

// messages are the notice's messages to the person's contacts.
func (a *App) messages(ctx context.Context, n domain.Notice, event events.Delivery) ([]domain.Message, error) {
	if n.Reach == domain.FeedOnly || n.Reach == domain.Chosen && len(n.Channels) == 0 {
		return nil, nil
	}
	c, err := a.Account.GetContacts(ctx, &accountv1.GetContactsRequest{AccountId: n.AccountID.String()})
	if err != nil {
		return nil, err
	}
	language := domain.Language(c.GetLanguage())
	params, err := a.withWayBack(ctx, n, language)
	if err != nil {
		return nil, err
	}
	var out []domain.Message
	for _, t := range n.Targets(c.GetPhone(), c.GetEmail()) {
		m := domain.Message{
			ID: secret.NewID(), Key: "event/" + event.ID.String() + "/" + t.Channel.String(), Template: n.Template,
			Channel: t.Channel, Destination: t.Destination, Language: language, Params: params,
			AccountID: uuid.NullUUID{UUID: n.AccountID, Valid: true}, ExpireTime: a.Now().Add(a.Life),
		}
		out = append(out, m)
	}
	return out, nil
}

// withWayBack adds to the parameters the newest of the partners that wait for the level that was reached. The feed does not
// have it: its parameters are stored in plain text.
func (a *App) withWayBack(ctx context.Context, n domain.Notice, language string) (map[string]string, error) {
	if n.Level == accountv1.Level_LEVEL_UNSPECIFIED {
		return n.Params, nil
	}
	list, err := a.OIDC.ListHeldRequests(ctx, &oidcv1.ListHeldRequestsRequest{AccountId: n.AccountID.String()})
	if err != nil {
		return nil, err
	}
	for _, h := range list.GetHeldRequests() {
		if h.GetRequiredLevel() <= n.Level {
			params := domain.WayBack(h.GetPartner().GetNames()[language], h.GetId())
			maps.Copy(params, n.Params)
			return params, nil
		}
	}
	return n.Params, nil
}
