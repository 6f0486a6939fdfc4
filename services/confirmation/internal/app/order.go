package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/letter"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// OrderCommand asks for a letter to one of the person's addresses, or to one that becomes theirs.
type OrderCommand struct {
	AccountID uuid.UUID
	AddressID string
	// Address is as typed; nil: AddressID is meant.
	Address *profilev1.Address
}

// recipient is whom a letter is sent to and which data it vouches for.
type recipient struct {
	accountID, snapshotID uuid.UUID
	name                  string
	address               domain.Address
}

// Order makes a letter and voids the earlier ones. The letter is printed in the transaction that stores its code's MAC:
// afterwards nobody, not even the service itself, can make it again. A refused order changes nothing, the person's address
// neither.
func (a *App) Order(
	ctx context.Context, cmd OrderCommand, answered idempotency.Hook[LetterView],
) (LetterView, error) {
	to, card, err := a.recipient(ctx, cmd.AccountID)
	if err != nil {
		return LetterView{}, err
	}
	if cmd.Address != nil {
		return a.orderTo(ctx, to, card, cmd.Address, answered)
	}
	if to.address, err = addressOf(card, cmd.AddressID); err != nil {
		return LetterView{}, err
	}
	return a.send(ctx, to, answered, a.checkReservation)
}

// send makes the letter, once the holder is locked and may begin.
func (a *App) send(
	ctx context.Context, to recipient, answered idempotency.Hook[LetterView],
	begin func(ctx context.Context, tx *store.Tx, account uuid.UUID, now time.Time) error,
) (out LetterView, err error) {
	now := a.Now()
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockHolder(ctx, to.accountID); err != nil {
			return err
		}
		if err := begin(ctx, tx, to.accountID, now); err != nil {
			return err
		}
		l, err := a.replace(ctx, tx, to, now)
		if err != nil {
			return err
		}
		out = a.view(l)
		return answered(ctx, tx, out)
	})
	return out, err
}

// replace voids the earlier letters and makes another, if the limits allow one.
func (a *App) replace(ctx context.Context, tx *store.Tx, to recipient, now time.Time) (store.Letter, error) {
	if err := a.checkOrder(ctx, tx, to.accountID, now); err != nil {
		return store.Letter{}, err
	}
	if err := voidLetters(ctx, tx, to.accountID); err != nil {
		return store.Letter{}, err
	}
	return a.print(ctx, tx, to, now)
}

// checkOrder refuses an order that the limits do not allow.
func (a *App) checkOrder(ctx context.Context, tx *store.Tx, account uuid.UUID, now time.Time) error {
	times, err := tx.OrderTimes(ctx, account, now.Add(-a.Limits.OrderWindow))
	if err != nil {
		return err
	}
	return a.Limits.CheckOrder(times, now)
}

// print makes the code and its letter, and schedules the hand-over and the reminder.
func (a *App) print(ctx context.Context, tx *store.Tx, to recipient, now time.Time) (store.Letter, error) {
	number, err := a.trackingNumber(ctx, tx)
	if err != nil {
		return store.Letter{}, err
	}
	id, code := secret.NewID(), newCode()
	l := store.Letter{
		Letter:    domain.Letter{ID: id, State: confirmationv1.LetterState_CREATED, CreateTime: now, ExpireTime: now.Add(a.Limits.CodeLife)},
		AccountID: to.accountID, SnapshotID: to.snapshotID, CodeMAC: a.mac(id, code.Reveal()),
		Addressee: to.name, Address: to.address.Line(), TrackingNumber: string(number),
	}
	printed, err := letter.Print(letter.Content{
		Sender: a.Sender, Support: a.Support, Addressee: to.name, Address: to.address.Lines(), Code: code.Reveal(), TrackingNumber: string(number),
		PublicURL: a.PublicURL, EnterURL: a.PublicURL + "/cabinet/letter/code",
		Printed: now, Expire: l.ExpireTime, Sandbox: a.Sandbox,
	})
	if err != nil {
		return l, err
	}
	if err := tx.InsertLetter(ctx, l, printed); err != nil {
		return l, err
	}
	if err := tx.Enqueue(ctx, HandOverJob{LetterID: id}, nil); err != nil {
		return l, err
	}
	if err := tx.Enqueue(ctx, RemindJob{LetterID: id}, &river.InsertOpts{ScheduledAt: now.Add(a.RemindAfter)}); err != nil {
		return l, err
	}
	return l, tx.Emit(ctx, id.String(), &eventsv1.LetterOrdered{
		LetterOrderId: id.String(), AccountId: to.accountID.String(),
	})
}

// trackingNumber spreads the running number over the digits that the post has for month and serial number.
func (a *App) trackingNumber(ctx context.Context, tx *store.Tx) (identifiers.TrackingNumber, error) {
	n, err := tx.NextNumber(ctx)
	if err != nil {
		return "", err
	}
	const serials = 100_000
	return identifiers.NewTrackingNumber(a.Office, 1+int(n/serials), int(n%serials))
}

func voidLetters(ctx context.Context, tx *store.Tx, accountID uuid.UUID) error {
	voided, err := tx.VoidLetters(ctx, accountID)
	if err != nil {
		return err
	}
	for _, id := range voided {
		event := &eventsv1.LetterVoided{LetterOrderId: id.String(), AccountId: accountID.String()}
		if err := tx.Emit(ctx, id.String(), event); err != nil {
			return err
		}
	}
	return nil
}

// recipient asks account which data the letter vouches for, and profile for the person's card.
func (a *App) recipient(ctx context.Context, id uuid.UUID) (to recipient, card *profilev1.Card, err error) {
	to.accountID = id
	account, err := a.Account.GetAccount(ctx, &accountv1.GetAccountRequest{AccountId: id.String()})
	if err != nil {
		return to, nil, err
	}
	if account.GetLevel() >= accountv1.Level_CONFIRMED {
		return to, nil, errs.New(errorsv1.Reason_ALREADY_CONFIRMED, "the account is confirmed")
	}
	if to.snapshotID, err = uuid.Parse(account.GetSnapshotId()); err != nil {
		return to, nil, errs.New(errorsv1.Reason_LEVEL_TOO_LOW, "nothing is verified yet").
			With("level", accountv1.Level_STANDARD)
	}
	card, err = a.Profile.GetCard(ctx, &profilev1.GetCardRequest{AccountId: id.String()})
	to.name = fullName(card.GetPerson())
	return to, card, err
}

func addressOf(card *profilev1.Card, id string) (domain.Address, error) {
	for _, a := range card.GetAddresses() {
		if a.GetId() == id {
			address := addressIn(a)
			return address, address.Check()
		}
	}
	return domain.Address{}, errs.New(errorsv1.Reason_ADDRESS_NOT_FOUND, "the person has no such address")
}

func addressIn(a *profilev1.Address) domain.Address {
	return domain.Address{
		PostalCode: a.GetPostalCode(), Region: a.GetRegion(), City: a.GetCity(),
		Street: a.GetStreet(), House: a.GetHouse(), Flat: a.GetFlat(),
	}
}

func fullName(p *profilev1.Person) string {
	return identifiers.JoinNonEmpty(" ", p.GetLastName(), p.GetFirstName(), p.GetMiddleName())
}
