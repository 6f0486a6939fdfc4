package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/letter"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// OrderCommand asks for a letter to one of the person's addresses.
type OrderCommand struct{ AccountID, AddressID string }

// recipient is to whom and about what a letter goes.
type recipient struct {
	accountID, snapshotID uuid.UUID
	name                  string
	address               domain.Address
}

// Order makes a letter and voids the one before. The letter is printed in the transaction that keeps its code's
// MAC: after it nobody, we included, can make it again.
func (a *App) Order(ctx context.Context, cmd OrderCommand) (LetterView, error) {
	var out LetterView
	if cmd.AddressID == "" {
		return out, errs.Fields{{Name: "address_id", Reason: errorsv1.Reason_FIELD_REQUIRED}}.Err()
	}
	if found, err := a.Answers.Recall(ctx, a.Store.Pool(), "CreateLetterOrder", cmd, &out); found || err != nil {
		return out, err
	}
	to, err := a.recipient(ctx, cmd)
	if err != nil {
		return out, err
	}
	return a.order(ctx, cmd, to)
}

func (a *App) order(ctx context.Context, cmd OrderCommand, to recipient) (LetterView, error) {
	now := a.Now()
	var out LetterView
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockHolder(ctx, to.accountID); err != nil {
			return err
		}
		// A twin of the request may have been first.
		return a.Answers.Once(ctx, tx, "CreateLetterOrder", cmd, &out, func() error {
			l, err := a.replace(ctx, tx, to, now)
			out = a.view(l)
			return err
		})
	})
	return out, err
}

// replace voids the letters before, if there may be another.
func (a *App) replace(ctx context.Context, tx *store.Tx, to recipient, now time.Time) (store.Letter, error) {
	times, err := tx.OrderTimes(ctx, to.accountID, now.Add(-a.Limits.OrderWindow))
	if err != nil {
		return store.Letter{}, err
	}
	if err := a.Limits.CheckOrder(times, now); err != nil {
		return store.Letter{}, err
	}
	if err := voidLetters(ctx, tx, to.accountID); err != nil {
		return store.Letter{}, err
	}
	return a.print(ctx, tx, to, now)
}

// print makes the code and the letter that tells it, and sees to its hand-over and to the reminder of it.
func (a *App) print(ctx context.Context, tx *store.Tx, to recipient, now time.Time) (store.Letter, error) {
	number, err := a.trackingNumber(ctx, tx)
	if err != nil {
		return store.Letter{}, err
	}
	id, code := secret.NewID(), newCode()
	l := store.Letter{
		Letter:    domain.Letter{ID: id, State: domain.Created, CreateTime: now, ExpireTime: now.Add(a.Limits.CodeLife)},
		AccountID: to.accountID, SnapshotID: to.snapshotID, CodeMAC: a.mac(id, code.Reveal()),
		Addressee: to.name, Address: to.address.Line(), TrackingNumber: string(number),
	}
	printed, err := letter.Print(letter.Content{
		Addressee: to.name, Address: to.address.Lines(), Code: code.Reveal(), TrackingNumber: string(number),
		PublicURL: a.PublicURL, EnterURL: a.PublicURL + "/cabinet/letter/code",
		Printed: now, Expire: l.ExpireTime, Sandbox: a.Sandbox,
	})
	if err != nil {
		return l, err
	}
	if err := tx.InsertLetter(ctx, l, printed); err != nil {
		return l, err
	}
	if err := tx.Later(ctx, HandOverJob{LetterID: id.String()}, nil); err != nil {
		return l, err
	}
	if err := tx.Later(ctx, RemindJob{LetterID: id.String()}, &river.InsertOpts{ScheduledAt: now.Add(a.RemindAfter)}); err != nil {
		return l, err
	}
	return l, tx.Emit(ctx, id.String(), &eventsv1.LetterOrdered{
		LetterOrderId: id.String(), AccountId: to.accountID.String(),
	})
}

// trackingNumber spreads the running number over the places that the post has for month and serial number.
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

// recipient asks account what the letter is about and profile where it goes.
func (a *App) recipient(ctx context.Context, cmd OrderCommand) (recipient, error) {
	var to recipient
	account, err := a.Account.GetAccount(ctx, &accountv1.GetAccountRequest{AccountId: cmd.AccountID})
	if err != nil {
		return to, err
	}
	if account.GetLevel() >= accountv1.Level_CONFIRMED {
		return to, errs.New(errs.Conflict, errorsv1.Reason_ALREADY_CONFIRMED, "the account is confirmed")
	}
	if to.snapshotID, err = uuid.Parse(account.GetSnapshotId()); err != nil {
		return to, errs.New(errs.Denied, errorsv1.Reason_LEVEL_TOO_LOW, "nothing is verified yet").
			With("level", accountv1.Level_STANDARD)
	}
	if to.accountID, err = parseID("account_id", cmd.AccountID); err != nil {
		return to, err
	}
	card, err := a.Profile.GetCard(ctx, &profilev1.GetCardRequest{AccountId: cmd.AccountID})
	if err != nil {
		return to, err
	}
	to.name = fullName(card.GetPerson())
	to.address, err = addressOf(card, cmd.AddressID)
	return to, err
}

func addressOf(card *profilev1.Card, id string) (domain.Address, error) {
	for _, a := range card.GetAddresses() {
		if a.GetId() == id {
			address := domain.Address{
				PostalCode: a.GetPostalCode(), Region: a.GetRegion(), City: a.GetCity(),
				Street: a.GetStreet(), House: a.GetHouse(), Flat: a.GetFlat(),
			}
			return address, address.Check()
		}
	}
	return domain.Address{}, errs.New(errs.NotFound, errorsv1.Reason_ADDRESS_NOT_FOUND, "the person has no such address")
}

func fullName(p *profilev1.Person) string {
	return domain.Join(" ", p.GetLastName(), p.GetFirstName(), p.GetMiddleName())
}
