package consume

import (
	"context"

	"github.com/propusk-id/propusk/pkg/events"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

// registerRecovery has a person learn, on every contact, that somebody is on the way into the account: perhaps a stranger. While it
// waits, account itself tells the contacts, with a link that stops it.
func (n notifier) registerRecovery(c *events.Consumer) {
	events.On(c, func(ctx context.Context, e *accounteventsv1.RecoveryStarted) error {
		return n.tell(ctx, e, domain.Notice{Template: "recovery_started", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.RecoveryWaiting) error {
		return n.tell(ctx, e, domain.Notice{
			Template: "recovery_waiting", Reach: domain.FeedOnly, Params: map[string]string{"until": dayOf(e.GetEffectiveTime())},
		})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.RecoveryCancelled) error {
		return n.tell(ctx, e, domain.Notice{Template: "recovery_cancelled", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.RecoveryLocked) error {
		return n.tell(ctx, e, domain.Notice{Template: "recovery_locked", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.AccountRecovered) error {
		return n.tell(ctx, e, domain.Notice{Template: "account_recovered", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ControlQuestionChanged) error {
		return n.tell(ctx, e, domain.Notice{Template: "control_question_changed", Reach: domain.Everywhere})
	})
}
