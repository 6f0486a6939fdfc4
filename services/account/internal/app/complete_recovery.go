package app

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// CompleteRecoveryCommand is the end of a recovery.
type CompleteRecoveryCommand struct {
	Token   string
	Surface accountv1.Surface
	// New is empty where the account is to have no password, or only the wait is to begin.
	New secret.String
	// EndOffline ends the grants that outlive sessions.
	EndOffline bool
}

// CompleteRecovery sets the new password, or begins the wait before it. All that it rests on is judged again under the lock on the
// account, by what the account has then.
func (a *App) CompleteRecovery(
	ctx context.Context, cmd CompleteRecoveryCommand, answered idempotency.Hook[Recovery],
) (out Recovery, err error) {
	r, err := a.RecoveryUnderWay(ctx, cmd.Token, cmd.Surface)
	if err != nil {
		return out, err
	}
	if len(r.Met) == 0 { // whether there is such an account is not even looked up
		return out, domain.RecoveryStepsLeft()
	}
	var phc string
	ready := r.State == accountv1.Recovery_READY
	if ready {
		if phc, err = a.newPassword(ctx, cmd, r); err != nil {
			return out, err
		}
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if out, err = a.lockRecovery(ctx, tx, r.SignIn); err != nil {
			return err
		}
		switch {
		case ready && out.State == accountv1.Recovery_READY:
			err = a.recovered(ctx, tx, cmd, &out, phc)
		case out.State == accountv1.Recovery_WAITING:
			err = a.tellLongerWait(ctx, tx, &out)
		case out.CanWait:
			err = a.beginWait(ctx, tx, &out)
		default:
			err = domain.RecoveryStepsLeft()
		}
		if err != nil {
			return err
		}
		return answered(ctx, tx, out)
	})
	return out, err
}

// newPassword refuses before the expensive hash what would be refused after it; empty: the account does without.
func (a *App) newPassword(ctx context.Context, cmd CompleteRecoveryCommand, r Recovery) (string, error) {
	if cmd.New.IsZero() {
		if r.PasswordOptional {
			return "", nil
		}
		return "", required("new_password")
	}
	contacts, err := a.Store.OwnContacts(ctx, r.AccountID)
	if err != nil {
		return "", err
	}
	var about []string
	for _, c := range contacts {
		about = append(about, c.Value)
	}
	if err := a.Policy.CheckField("new_password", cmd.New.Reveal(), about); err != nil {
		return "", err
	}
	return a.Hasher.Hash(ctx, password.Normal(cmd.New.Reveal()))
}

// lockRecovery locks the account and the recovery, and judges it once more.
func (a *App) lockRecovery(ctx context.Context, tx *store.Tx, r domain.SignIn) (out Recovery, err error) {
	now := a.Now()
	if _, err := tx.LockAccount(ctx, r.AccountID); err != nil {
		return out, err
	}
	if r, err = tx.LockSignIn(ctx, r.ID); err != nil {
		return out, err
	}
	if err := r.CheckUnderWay(now); err != nil {
		return out, err
	}
	return a.recoveryNow(ctx, tx, r, now)
}

// beginWait has the recovery wait, and every contact of the account told, with a link that stops it.
func (a *App) beginWait(ctx context.Context, tx *store.Tx, r *Recovery) error {
	now := a.Now()
	r.WaitTime, r.CancelHash = now, a.stopHash(stopRecovery, r.ID)
	r.SignIn = r.Waiting(r.Needs, a.RecoveryPolicy.OpenFor)
	r.State, r.CanWait = accountv1.Recovery_WAITING, false
	return a.tellWait(ctx, tx, r, "")
}

// reminder is how long before the end of a long wait its people are told again.
const reminder = 24 * time.Hour

// tellWait stores until when a recovery waits, and has everybody told, of a long wait also a day before its end.
func (a *App) tellWait(ctx context.Context, tx *store.Tx, r *Recovery, round string) error {
	now := a.Now()
	if err := tx.SetRecovery(ctx, r.SignIn, now); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, WarnOfRecoveryJob{RecoveryID: r.ID, Round: round}, nil); err != nil {
		return err
	}
	if again := r.EffectiveTime.Add(-reminder); again.After(now.Add(reminder)) {
		job := WarnOfRecoveryJob{RecoveryID: r.ID, Round: round + "/reminder"}
		if err := tx.Enqueue(ctx, job, &river.InsertOpts{ScheduledAt: again}); err != nil {
			return err
		}
	}
	account := r.AccountID.String()
	err := tx.Emit(ctx, account, &eventsv1.RecoveryWaiting{
		AccountId: account, RecoveryId: r.ID.String(), EffectiveTime: timestamppb.New(r.EffectiveTime),
	})
	if err != nil {
		return err
	}
	return tellTrusted(ctx, tx, *r, now)
}

// tellLongerWait tells of a wait that was begun when a shorter one was enough, once.
func (a *App) tellLongerWait(ctx context.Context, tx *store.Tx, r *Recovery) error {
	if r.State != accountv1.Recovery_WAITING || !r.EffectiveTime.After(r.Told) {
		return nil
	}
	return a.tellWait(ctx, tx, r, "/"+r.EffectiveTime.UTC().Format(time.RFC3339))
}

// tellTrusted tells the trusted contact, who may reach the person by other ways, of a recovery that waits without the contact's code.
func tellTrusted(ctx context.Context, tx *store.Tx, r Recovery, now time.Time) error {
	if !r.Trusted || r.Met.Has(accountv1.StepKind_TRUSTED_CONTACT) {
		return nil
	}
	t, _, err := tx.TrustedContact(ctx, r.AccountID, now)
	if err != nil {
		return err
	}
	return tx.Emit(ctx, t.ContactID.String(), &eventsv1.PrincipalRecovering{
		AccountId: t.ContactID.String(), TrustId: t.ID.String(), EffectiveTime: timestamppb.New(r.EffectiveTime),
	})
}

// recovered gives the account back: whoever was in it is out, and what was begun by then leads nowhere.
func (a *App) recovered(ctx context.Context, tx *store.Tx, cmd CompleteRecoveryCommand, r *Recovery, phc string) error {
	now, account := a.Now(), r.AccountID
	if phc == "" && !r.PasswordOptional { // the passkey has gone meanwhile
		return required("new_password")
	}
	r.Done, r.State, r.Steps = true, accountv1.Recovery_COMPLETED, nil
	if err := a.replacePassword(ctx, tx, r.SignIn, phc, now); err != nil {
		return err
	}
	ended, err := endAll(ctx, tx, account, now)
	if err != nil {
		return err
	}
	if err := a.endContactChanges(ctx, tx, account, now); err != nil {
		return err
	}
	if err := endYoungTrust(ctx, tx, account, now.Add(-a.RecoveryPolicy.ContactAge), now); err != nil {
		return err
	}
	if err := tx.DeleteForbiddenDevices(ctx, account, now.Add(-domain.NoticeLife)); err != nil { // an intruder may have forbidden the person's
		return err
	}
	if err := tx.SetRecovery(ctx, r.SignIn, now); err != nil {
		return err
	}
	if cmd.EndOffline {
		if err := tx.Emit(ctx, account.String(), offlineAccessEnded(account, ended)); err != nil {
			return err
		}
	}
	event := &eventsv1.AccountRecovered{AccountId: account.String(), RecoveryId: r.ID.String()}
	for _, step := range r.Met {
		event.Kinds = append(event.Kinds, step.Kind)
	}
	return tx.Emit(ctx, event.GetAccountId(), event)
}
