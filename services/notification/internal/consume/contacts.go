package consume

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/identifiers"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

// registerContacts tells people of every change of what opens their account. The contact that is to go is told by account
// itself, which gives it a link that stops the change.
func (n notifier) registerContacts(c *events.Consumer) {
	events.On(c, func(ctx context.Context, e *accounteventsv1.PasswordChanged) error {
		return n.tell(ctx, e, domain.Notice{Template: "password_changed", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ContactAdded) error {
		return n.tell(ctx, e, about("contact_added", e))
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ContactChangeRequested) error {
		notice := about("contact_change_requested", e)
		notice.Params["until"], notice.Except = dayOf(e.GetEffectiveTime()), channelOf(e.GetKind())
		return n.tell(ctx, e, notice)
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ContactChangeCancelled) error {
		return n.tell(ctx, e, about("contact_change_cancelled", e))
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ContactChanged) error {
		return n.tell(ctx, e, about("contact_changed", e))
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ContactRemoved) error {
		return n.tell(ctx, e, about("contact_removed", e))
	})
	n.registerClaims(c)
}

func (n notifier) registerClaims(c *events.Consumer) {
	events.On(c, func(ctx context.Context, e *accounteventsv1.ContactClaimed) error {
		notice := about("contact_claimed", e)
		notice.Params["until"], notice.Reach = dayOf(e.GetEffectiveTime()), domain.FeedOnly
		return n.tell(ctx, e, notice)
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ContactClaimCancelled) error {
		return n.tell(ctx, e, about("contact_change_cancelled", e))
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ContactDetached) error {
		return n.tell(ctx, e, about("contact_detached", e))
	})
}

// about is a notice to all contacts of what has become of one of the kind.
func about(template string, e interface{ GetKind() accountv1.ContactKind }) domain.Notice {
	return domain.Notice{
		Template: template, Reach: domain.Everywhere, Params: map[string]string{"kind": e.GetKind().String()},
	}
}

func channelOf(k accountv1.ContactKind) domain.Channel {
	if k == accountv1.ContactKind_EMAIL {
		return notificationv1.Channel_EMAIL
	}
	return notificationv1.Channel_SMS
}

func dayOf(t *timestamppb.Timestamp) string {
	return t.AsTime().In(identifiers.Moscow()).Format(time.DateOnly)
}
