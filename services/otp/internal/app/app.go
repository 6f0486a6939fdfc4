// Package app issues and checks codes.
package app

import (
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store"
)

// App has the use cases.
type App struct {
	Store        *store.Store
	Codes        *store.Codes
	Notification notificationv1.NotificationServiceClient
	Keys         *secret.Keys
	Limits       domain.Limits
	Meter        *Meter
	Now          func() time.Time
}

// Target is what a code is bound to.
type Target struct {
	Purpose     otpv1.Purpose
	FlowID      string
	Channel     otpv1.Channel
	Destination string
}

func (t Target) form() domain.Form { return domain.FormOf(t.Purpose, t.Channel) }

// mac is what is stored of a code: bound to its send, so that it is worth nothing elsewhere.
func (a *App) mac(id, code string) []byte {
	return a.Keys.MAC("code", []byte(id), []byte(code))
}

// indexes find the destination for the purpose: failures and sends of one purpose are none of another's.
func (a *App) indexes(t Target) []secret.Index {
	kind := destinationKind
	if t.Purpose != otpv1.Purpose_REGISTRATION {
		kind += "/" + t.Purpose.String()
	}
	return a.Keys.Indexes(kind, t.Destination)
}

const destinationKind = "destination"

// Index is what a destination is stored under, for sign-ups.
func Index(keys *secret.Keys, destination string) secret.Index {
	return keys.Index(destinationKind, destination)
}

// slot is where the flow's live code is stored: the same whatever index key is in use.
func (a *App) slot(t Target) store.Slot {
	destination := []byte(t.Destination)
	return store.Slot{
		Purpose: t.Purpose, Flow: a.Keys.MAC("slot", destination, []byte(t.FlowID)), Destination: a.Keys.MAC("slot", destination),
	}
}
