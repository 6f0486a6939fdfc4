package consume

import (
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/events"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

// registerTrust has both sides learn what becomes of the trust of one in the other: it changes what opens an account.
func (n notifier) registerTrust(c *events.Consumer) {
	events.On(c, func(ctx context.Context, e *accounteventsv1.TrustedContactChanged) error {
		return n.tell(ctx, e, trustNotice("trusted_contact_", e))
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.PrincipalChanged) error {
		return n.tell(ctx, e, trustNotice("principal_", e))
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.PrincipalRecovering) error {
		return n.tell(ctx, e, domain.Notice{
			Template: "principal_recovering", Reach: domain.Everywhere, Params: map[string]string{"until": dayOf(e.GetEffectiveTime())},
		})
	})
}

func trustNotice(side string, e interface {
	GetTrust() accounteventsv1.Trust
	GetEffectiveTime() *timestamppb.Timestamp
},
) domain.Notice {
	notice := domain.Notice{Template: side + strings.ToLower(e.GetTrust().String()), Reach: domain.Everywhere}
	if e.GetEffectiveTime() != nil {
		notice.Params = map[string]string{"until": dayOf(e.GetEffectiveTime())}
	}
	return notice
}
