package consume

import (
	"context"

	"github.com/propusk-id/propusk/pkg/events"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

// registerSessions tells people where their account is signed in to, as far as they want to know, and of what keeps others out.
// Of a sign-in on a new device account itself tells every contact, with a link that disowns it.
func (n notifier) registerSessions(c *events.Consumer) {
	events.On(c, func(ctx context.Context, e *accounteventsv1.SignedIn) error {
		if e.GetNewDevice() {
			return n.tell(ctx, e, domain.Notice{Template: "signed_in_new_device"})
		}
		return n.tell(ctx, e, domain.Notice{
			Template: "signed_in", Reach: domain.Chosen, Switch: notificationv1.Switch_SIGN_IN,
		})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.SignedOut) error {
		return n.tell(ctx, e, domain.Notice{
			Template: "signed_out", Reach: domain.Chosen, Switch: notificationv1.Switch_SIGN_OUT, Silent: true,
		})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.SignInLocked) error {
		return n.tell(ctx, e, domain.Notice{Template: "sign_in_locked", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.DeviceForbidden) error {
		return n.tell(ctx, e, domain.Notice{Template: "device_forbidden", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.DeviceAllowed) error {
		return n.tell(ctx, e, domain.Notice{Template: "device_allowed", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.NewDevicesChanged) error {
		template := "new_devices_allowed"
		if e.GetNewDevices() == accountv1.NewDevices_FORBID {
			template = "new_devices_forbidden"
		}
		return n.tell(ctx, e, domain.Notice{Template: template, Reach: domain.Everywhere})
	})
}
