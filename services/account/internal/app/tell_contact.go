package app

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// TellContact tells the contact that goes: with a link that stops the change while it waits, without one afterwards, when
// nothing but the contact's value is left of it here, which is then wiped.
func (a *App) TellContact(ctx context.Context, id uuid.UUID) error {
	c, err := a.Store.ContactChange(ctx, id)
	if errs.Is(err, errorsv1.Reason_CONTACT_NOT_FOUND) || err == nil && c.Old == "" {
		return nil
	}
	if err != nil {
		return err
	}
	account, err := a.Store.Account(ctx, c.AccountID)
	if err != nil {
		return err
	}
	m := &notificationv1.SendMessageRequest{
		IdempotencyKey: "contact/" + id.String() + "/" + string(c.State), Channel: channelOf(c.Kind), Destination: c.Old,
		Language: account.Language, Template: "contact_left",
	}
	if c.State == domain.Waiting {
		m.Template, m.ExpireTime = "contact_change_cancel", timestamppb.New(c.EffectiveTime)
		m.Params = map[string]string{"until": until(c.EffectiveTime), "token": a.stopToken(stopChange, c.ID)}
	}
	if _, err := a.Notification.SendMessage(ctx, m); err != nil || c.State == domain.Waiting {
		return err
	}
	return a.Store.ForgetOldContact(ctx, id)
}

// WarnOfClaim tells all contacts of an account but the one that somebody else has proven, each with a link that stops it.
func (a *App) WarnOfClaim(ctx context.Context, id uuid.UUID) error {
	c, err := a.Store.ClaimByID(ctx, id)
	if errs.Is(err, errorsv1.Reason_CLAIM_NOT_FOUND) || err == nil && c.State != domain.ClaimWaiting {
		return nil
	}
	if err != nil {
		return err
	}
	account, err := a.Store.Account(ctx, c.AccountID)
	if err != nil {
		return err
	}
	contacts, err := a.Store.OwnContacts(ctx, c.AccountID)
	if err != nil {
		return err
	}
	for _, other := range contacts {
		if other.Kind == c.Contact.Kind {
			continue
		}
		_, err := a.Notification.SendMessage(ctx, &notificationv1.SendMessageRequest{
			IdempotencyKey: "claim/" + id.String() + "/" + other.ID.String(), Channel: channelOf(other.Kind),
			Destination: other.Value, Language: account.Language, Template: "contact_claim_cancel",
			Params:     map[string]string{"until": until(c.EffectiveTime), "token": a.stopToken(stopClaim, c.ID)},
			ExpireTime: timestamppb.New(c.EffectiveTime),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
