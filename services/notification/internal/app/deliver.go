package app

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/errs"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/events/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store"
)

// Deliver gives a queued message to a provider; an error means that it is to be tried again. A provider that accepted it
// before a crash gets it once more under the same id.
func (a *App) Deliver(ctx context.Context, id uuid.UUID) error {
	m, found, err := a.Store.BeginAttempt(ctx, id)
	if !found || err != nil {
		return err
	}
	return a.attempt(ctx, m)
}

func (a *App) attempt(ctx context.Context, m domain.Message) error {
	if !a.Now().Before(m.ExpireTime) {
		a.Log.InfoContext(ctx, "message expired", "message_id", m.ID, "attempts", m.Attempts)
		return a.end(ctx, m, domain.Failed)
	}
	send, err := a.render(m)
	if err == nil {
		err = send(ctx)
	}
	switch {
	case err == nil:
		return a.end(ctx, m, domain.Sent)
	case permanent(err):
		a.Log.WarnContext(ctx, "message given up", "message_id", m.ID, "error", err)
		return a.end(ctx, m, domain.Failed)
	}
	return err
}

// permanent says whether the message will never be accepted: its template is gone, or the provider refused it.
func permanent(err error) bool {
	if _, notRendered := problemIn(err); notRendered {
		return true
	}
	e, ok := errs.As(err)
	return ok && e.Kind == errs.Invalid
}

// render renders a message and returns how to give it to its provider.
func (a *App) render(m domain.Message) (send func(ctx context.Context) error, err error) {
	if m.Channel == notificationv1.Channel_SMS {
		text, err := a.Templates.SMS(m.Template, m.Language, m.Params)
		return func(ctx context.Context) error {
			return a.SMS.SendSMS(ctx, SMS{ID: m.ID.String(), To: m.Destination, Text: text})
		}, err
	}
	e, err := a.Templates.Email(m.Template, m.Language, m.Params)
	return func(ctx context.Context) error {
		return a.Email.SendEmail(ctx, Email{ID: m.ID.String(), To: m.Destination, Subject: e.Subject, Text: e.Text, HTML: e.HTML})
	}, err
}

// end ends a message. Exactly one of several concurrent callers emits the event.
func (a *App) end(ctx context.Context, m domain.Message, state domain.State) error {
	var event proto.Message = &eventsv1.MessageSent{MessageId: m.ID.String(), Channel: m.Channel.String()}
	if state == domain.Failed {
		event = &eventsv1.MessageFailed{MessageId: m.ID.String(), Channel: m.Channel.String()}
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		first, err := tx.End(ctx, m.ID, state)
		if !first || err != nil {
			return err
		}
		return tx.Emit(ctx, m.ID.String(), event)
	})
}
