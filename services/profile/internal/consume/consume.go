// Package consume turns events of other services into use cases.
package consume

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/events"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	"github.com/propusk-id/propusk/services/profile/internal/app"
)

// Register has the use cases handle the events.
func Register(c *events.Consumer, a *app.App) {
	events.On(c, func(ctx context.Context, e *registrationv1.RegistrationFailed) error {
		return onAccount(ctx, e.GetAccountId(), a.RemoveCard)
	})
	events.On(c, func(ctx context.Context, e *registrationv1.RegistrationExpired) error {
		return onAccount(ctx, e.GetAccountId(), a.RemoveCard)
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ContactAdded) error {
		return dropContact(ctx, a, e.GetAccountId(), e.GetKind())
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ContactChanged) error {
		return dropContact(ctx, a, e.GetAccountId(), e.GetKind())
	})
	events.On(c, func(ctx context.Context, e *verificationv1.VerificationMatched) error {
		return onSnapshot(ctx, e, func(ctx context.Context, id, account uuid.UUID) error {
			return a.Verified(ctx, id, account, e.GetVouched().GetPaths())
		})
	})
	events.On(c, func(ctx context.Context, e *verificationv1.VerificationNotMatched) error {
		return onSnapshot(ctx, e, a.Void)
	})
	events.On(c, func(ctx context.Context, e *verificationv1.VerificationExpired) error {
		return onSnapshot(ctx, e, a.Void)
	})
}

// dropContact forgets what sign-up left unproven of a kind that the account has proven by now.
func dropContact(ctx context.Context, a *app.App, account string, kind accountv1.ContactKind) error {
	return onAccount(ctx, account, func(ctx context.Context, id uuid.UUID) error {
		return a.DropContact(ctx, id, kind == accountv1.ContactKind_PHONE)
	})
}

func onAccount(ctx context.Context, account string, do func(ctx context.Context, account uuid.UUID) error) error {
	id, err := uuid.Parse(account)
	if err != nil {
		return err
	}
	return do(ctx, id)
}

type ended interface {
	GetSnapshotId() string
	GetAccountId() string
}

func onSnapshot(ctx context.Context, e ended, do func(ctx context.Context, id, account uuid.UUID) error) error {
	id, err := uuid.Parse(e.GetSnapshotId())
	if err != nil {
		return err
	}
	return onAccount(ctx, e.GetAccountId(), func(ctx context.Context, account uuid.UUID) error {
		return do(ctx, id, account)
	})
}
