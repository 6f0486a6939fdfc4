package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

const (
	// writeWithin is how long profile may take to write an address.
	writeWithin = 10 * time.Second
	// reserveFor outlasts the writing, and bounds for how long an order that died holds up the next.
	reserveFor = 30 * time.Second
	// reservePoll is how often an order looks whether the one under way is done.
	reservePoll = 100 * time.Millisecond
)

// orderTo orders a letter to an address as typed. The order is reserved before profile writes the address, so that neither
// the limits nor another order at the same time can refuse it afterwards.
func (a *App) orderTo(
	ctx context.Context, to recipient, card *profilev1.Card, typed *profilev1.Address, answered idempotency.Hook[LetterView],
) (LetterView, error) {
	if err := a.reserve(ctx, to.accountID); err != nil {
		return LetterView{}, err
	}
	written, err := a.writeAddress(ctx, to.accountID, card, typed)
	if err != nil {
		return LetterView{}, a.releaseAfter(ctx, to.accountID, err)
	}
	to.address = addressIn(written)
	return a.send(ctx, to, answered, func(ctx context.Context, tx *store.Tx, account uuid.UUID, now time.Time) error {
		return tx.ReserveOrder(ctx, account, now)
	})
}

// reserve keeps others out until this order is done. One that is under way is waited for, as long as it may take: it may be
// the same request, which gets its answer.
func (a *App) reserve(ctx context.Context, account uuid.UUID) error {
	for waited := time.Duration(0); ; waited += reservePoll {
		underWay, err := a.tryReserve(ctx, account)
		if !underWay || waited >= writeWithin {
			return err
		}
		select {
		case <-time.After(reservePoll):
		case <-ctx.Done():
			return err
		}
	}
}

// tryReserve refuses an order that the limits do not allow; underWay says that it is for another's sake.
func (a *App) tryReserve(ctx context.Context, account uuid.UUID) (underWay bool, err error) {
	now := a.Now()
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockHolder(ctx, account); err != nil {
			return err
		}
		if err := a.checkReservation(ctx, tx, account, now); err != nil {
			underWay = errs.Is(err, errorsv1.Reason_LETTER_ALREADY_ORDERED)
			return err
		}
		if err := a.checkOrder(ctx, tx, account, now); err != nil {
			return err
		}
		return tx.ReserveOrder(ctx, account, now.Add(reserveFor))
	})
	return underWay, err
}

// checkReservation refuses an order while another of the account is under way.
func (a *App) checkReservation(ctx context.Context, tx *store.Tx, account uuid.UUID, now time.Time) error {
	until, err := tx.OrderReservation(ctx, account)
	if err != nil || !now.Before(until) {
		return err
	}
	return errs.New(errorsv1.Reason_LETTER_ALREADY_ORDERED, "a letter is being ordered").After(until.Sub(now))
}

// releaseAfter lets others order again after a refusal by profile, also when the caller has gone; one that is not released
// ends by itself.
func (a *App) releaseAfter(ctx context.Context, account uuid.UUID, refusal error) error {
	_ = a.Store.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx *store.Tx) error {
		return tx.ReserveOrder(ctx, account, a.Now())
	})
	return refusal
}

// writeAddress changes the person's address of that type, or adds it; profile says what is wrong with it.
func (a *App) writeAddress(
	ctx context.Context, account uuid.UUID, card *profilev1.Card, typed *profilev1.Address,
) (*profilev1.Address, error) {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	for _, known := range card.GetAddresses() {
		if known.GetType() == typed.GetType() {
			return a.Profile.UpdateAddress(ctx, &profilev1.UpdateAddressRequest{
				AccountId: account.String(), AddressId: known.GetId(), Address: typed,
				UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"postal_code", "region", "city", "street", "house", "flat"}},
			})
		}
	}
	return a.Profile.CreateAddress(ctx, &profilev1.CreateAddressRequest{AccountId: account.String(), Address: typed})
}
