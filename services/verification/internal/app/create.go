package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store"
)

const create = "CreateVerification"

// Create submits a person. The limits come before the freeze: who is refused can go on editing. Everything up to
// the transaction may be repeated after a crash; the snapshot has one verification however often it is.
func (a *App) Create(ctx context.Context, account uuid.UUID) (domain.Verification, error) {
	var out domain.Verification
	if found, err := a.Answers.Recall(ctx, a.Store.Pool(), create, account, &out); found || err != nil {
		return out, err
	}
	if refusal := a.allow(ctx, account, a.Now()); refusal != nil {
		// What refuses this one may be the verification of a twin.
		return out, a.Answers.OrTwin(ctx, a.Store.Pool(), create, account, &out, refusal)
	}
	frozen, err := a.Profile.FreezeSnapshot(ctx, &profilev1.FreezeSnapshotRequest{AccountId: account.String()})
	if err != nil {
		return out, err
	}
	snapshot, err := uuid.Parse(frozen.GetSnapshotId())
	if err != nil {
		return out, err
	}
	v := domain.Start(secret.NewID(), account, snapshot, a.Now(), a.Patience)
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		out, err = a.start(ctx, tx, v, a.numbersOf(frozen.GetPerson(), frozen.GetPassport()))
		return err
	})
	return out, err
}

// allow refuses who is verified, has a verification, or tries too often.
func (a *App) allow(ctx context.Context, account uuid.UUID, now time.Time) error {
	if user, ok := rpc.UserOf(ctx); ok && user.Level >= accountv1.Level_STANDARD.Number() {
		return domain.ErrVerified()
	}
	history, err := a.Store.History(ctx, account, now.Add(-a.Limits.Window))
	if err != nil {
		return err
	}
	if err := a.Limits.CheckAccount(history, now); err != nil {
		return err
	}
	card, err := a.Profile.GetCard(ctx, &profilev1.GetCardRequest{AccountId: account.String()})
	if err != nil {
		return err
	}
	opens, err := a.opens(ctx, a.Store.Reader, a.numbersOf(card.GetPerson(), passportOf(card)), now)
	if err != nil {
		return err
	}
	return domain.CheckOpen(opens, now)
}

func passportOf(card *profilev1.Card) *profilev1.Document {
	for _, d := range card.GetDocuments() {
		if d.GetType() == profilev1.DocumentType_RF_PASSPORT {
			return d
		}
	}
	return nil
}

// start stores the verification and has the registries asked. Numbers that others have submitted since they were
// judged are not refused any more, since the data is frozen: the registries are asked as late as a new try would be.
func (a *App) start(
	ctx context.Context, tx *store.Tx, v domain.Verification, numbers []store.Number,
) (domain.Verification, error) {
	for _, n := range numbers {
		if err := tx.LockNumber(ctx, n); err != nil {
			return v, err
		}
	}
	opens, err := a.opens(ctx, tx.Reader, numbers, v.CreateTime)
	if err != nil {
		return v, err
	}
	fresh, err := tx.Insert(ctx, v)
	if err != nil {
		return v, err
	}
	if !fresh {
		return a.earlier(ctx, tx, v)
	}
	for _, n := range numbers {
		if err := tx.InsertNumber(ctx, v.ID, n); err != nil {
			return v, err
		}
	}
	for _, c := range v.Checks {
		job := CheckJob{VerificationID: v.ID, Registry: c.Registry}
		if _, err := a.Jobs.InsertTx(ctx, tx.Tx, job, from(opens, v.CreateTime)); err != nil {
			return v, err
		}
	}
	if err := a.Answers.Remember(ctx, tx, create, v.AccountID, v); err != nil {
		return v, err
	}
	return v, tx.Emit(ctx, v.ID.String(), &eventsv1.VerificationStarted{
		VerificationId: v.ID.String(), AccountId: v.AccountID.String(), SnapshotId: v.SnapshotID.String(),
	})
}

// earlier answers when there is a verification already: to a twin of the request that made it with the same, to
// others with a refusal. One that has just ended waits for profile to hear of it.
func (a *App) earlier(ctx context.Context, tx *store.Tx, v domain.Verification) (domain.Verification, error) {
	var out domain.Verification
	if found, err := a.Answers.Recall(ctx, tx, create, v.AccountID, &out); found || err != nil {
		return out, err
	}
	first, err := tx.OfSnapshot(ctx, v.SnapshotID)
	if err == nil && !first.Pending() {
		return out, errs.New(errs.Unavailable, errorsv1.Reason_UNAVAILABLE, "the last verification is being closed").
			After(time.Second)
	}
	if err != nil && !errs.Is(err, errorsv1.Reason_VERIFICATION_NOT_FOUND) {
		return out, err
	}
	return out, domain.ErrPending()
}
