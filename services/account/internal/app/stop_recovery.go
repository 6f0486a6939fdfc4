package app

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

const stopRecovery = "stop a recovery"

// WarnOfRecovery tells an account's contacts that it is to be recovered, each with a link that stops it. Those that are younger than
// may count in a recovery get none, unless there are no others: whoever has come into the account is not to stop its person by an address
// of his own. The round tells the reminder from the first warning.
func (a *App) WarnOfRecovery(ctx context.Context, id uuid.UUID, round string) error {
	r, err := a.Store.RecoveryByID(ctx, id)
	if errs.Is(err, errorsv1.Reason_RECOVERY_NOT_FOUND) || err == nil && r.Done {
		return nil
	}
	if err != nil {
		return err
	}
	account, err := a.Store.Account(ctx, r.AccountID)
	if err != nil {
		return err
	}
	contacts, err := a.Store.OwnContacts(ctx, r.AccountID)
	if err != nil {
		return err
	}
	for _, c := range contacts.Settled(r.WaitTime.Add(-a.RecoveryPolicy.ContactAge)) {
		_, err := a.Notification.SendMessage(ctx, &notificationv1.SendMessageRequest{
			IdempotencyKey: "recovery/" + id.String() + "/" + c.ID.String() + round, Channel: channelOf(c.Kind),
			Destination: c.Value, Language: account.Language, Template: "recovery_cancel",
			Params:     map[string]string{"until": until(r.EffectiveTime), "token": a.stopToken(stopRecovery, r.ID)},
			ExpireTime: timestamppb.New(r.EffectiveTime),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// CancelRecovery stops a recovery by the link that the account's contacts were sent. One that was stopped stays so.
func (a *App) CancelRecovery(ctx context.Context, token string) error {
	found, err := a.Store.RecoveryToCancel(ctx, token)
	if err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockAccount(ctx, found.AccountID); err != nil {
			return err
		}
		r, err := tx.LockSignIn(ctx, found.ID)
		if err != nil || r.Cancelled {
			return err
		}
		if err := r.CheckStoppable(); err != nil {
			return err
		}
		r.Done, r.Cancelled = true, true
		if err := tx.SetRecovery(ctx, r, a.Now()); err != nil {
			return err
		}
		account := r.AccountID.String()
		return tx.Emit(ctx, account, &eventsv1.RecoveryCancelled{AccountId: account, RecoveryId: r.ID.String()})
	})
}
