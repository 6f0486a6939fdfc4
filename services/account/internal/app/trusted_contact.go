package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// TrustedContact is whom the account's person trusts, or has invited.
func (a *App) TrustedContact(ctx context.Context, account uuid.UUID) (domain.Trust, error) {
	t, found, err := a.Store.TrustedContact(ctx, account, a.Now())
	if err == nil && !found {
		err = domain.NoTrustedContact()
	}
	return t, err
}

// SetTrustedContact invites whoever has the login. For one that nobody has all is done the same, and nobody is told. The
// active contact again calls off that it ends.
func (a *App) SetTrustedContact(ctx context.Context, account uuid.UUID, typed string) (out domain.Trust, err error) {
	login, err := a.readLogin(typed)
	if err != nil {
		return out, err
	}
	owner, _, err := a.Store.Owner(ctx, login)
	if err != nil {
		return out, err
	}
	if owner == account {
		var wrong errs.Fields
		wrong.Add("login", errorsv1.Reason_TRUSTED_CONTACT_SELF)
		return out, wrong.Err()
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockAccount(ctx, account); err != nil {
			return err
		}
		now := a.Now()
		present, found, err := tx.TrustedContact(ctx, account, now)
		if err != nil {
			return err
		}
		same := found && present.Login == login
		switch {
		case same:
			out, err = keepTrust(ctx, tx, present, now)
			return err
		case found && present.Active(now):
			return domain.OtherTrustedContact()
		}
		out = domain.Trust{
			ID: secret.NewID(), PrincipalID: account, ContactID: owner, Login: login, CreateTime: now,
			EndTime: now.Add(a.TrustPolicy.InviteLife),
		}
		return a.invite(ctx, tx, out, present, now)
	})
	return out, err
}

// keepTrust calls off that an active contact ends. An invitation stays as it is: asking again is no other invitation.
func keepTrust(ctx context.Context, tx *store.Tx, t domain.Trust, now time.Time) (domain.Trust, error) {
	if !t.Active(now) || t.EndTime.IsZero() {
		return t, nil
	}
	t.EndTime = time.Time{}
	if err := tx.SetTrust(ctx, t); err != nil {
		return t, err
	}
	return t, tellBoth(ctx, tx, t, eventsv1.Trust_KEPT)
}

// invite stores an invitation in the place of the one before. Who was invited is told, unless he was told of several today.
func (a *App) invite(ctx context.Context, tx *store.Tx, t, before domain.Trust, now time.Time) error {
	day := now.Add(-domain.TrustDay)
	n, first, err := tx.CountInvitations(ctx, t.PrincipalID, day)
	if err != nil {
		return err
	}
	if err := a.TrustPolicy.CheckInvitations(n, first, now); err != nil {
		return err
	}
	if before.ID != uuid.Nil {
		before.EndTime = now
		if err := tx.SetTrust(ctx, before); err != nil {
			return err
		}
	}
	told, err := tx.CountInvitationsTo(ctx, t.ContactID, day)
	if err != nil {
		return err
	}
	if err := tx.InsertTrust(ctx, t); err != nil {
		return err
	}
	if err := tx.Emit(ctx, t.PrincipalID.String(), ofPrincipal(t, eventsv1.Trust_INVITED)); err != nil {
		return err
	}
	event := ofContact(t, eventsv1.Trust_INVITED)
	if t.ContactID == uuid.Nil || told >= a.TrustPolicy.Told {
		return tx.Discard(ctx, event.GetAccountId(), event)
	}
	return tx.Emit(ctx, event.GetAccountId(), event)
}

// DeleteTrustedContact withdraws an invitation at once, and has an active contact end after a wait, of which both sides learn.
func (a *App) DeleteTrustedContact(ctx context.Context, account uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockAccount(ctx, account); err != nil {
			return err
		}
		now := a.Now()
		t, found, err := tx.TrustedContact(ctx, account, now)
		switch {
		case err != nil:
			return err
		case !found:
			return domain.NoTrustedContact()
		case !t.Active(now):
			return endTrust(ctx, tx, t, now)
		case !t.EndTime.IsZero():
			return nil
		}
		t.EndTime = now.Add(a.TrustPolicy.Delay)
		if err := tx.SetTrust(ctx, t); err != nil {
			return err
		}
		return tellBoth(ctx, tx, t, eventsv1.Trust_ENDING)
	})
}

// endTrust ends it now.
func endTrust(ctx context.Context, tx *store.Tx, t domain.Trust, now time.Time) error {
	t.EndTime = now
	if err := tx.SetTrust(ctx, t); err != nil {
		return err
	}
	return tellBoth(ctx, tx, t, eventsv1.Trust_ENDED)
}

// tellBoth has both sides told; the other side may be nobody.
func tellBoth(ctx context.Context, tx *store.Tx, t domain.Trust, what eventsv1.Trust) error {
	told := []interface {
		proto.Message
		GetAccountId() string
	}{ofPrincipal(t, what)}
	if t.ContactID != uuid.Nil {
		told = append(told, ofContact(t, what))
	}
	for _, e := range told {
		if err := tx.Emit(ctx, e.GetAccountId(), e); err != nil {
			return err
		}
	}
	return nil
}

func ofPrincipal(t domain.Trust, what eventsv1.Trust) *eventsv1.TrustedContactChanged {
	e := &eventsv1.TrustedContactChanged{AccountId: t.PrincipalID.String(), TrustId: t.ID.String(), Trust: what}
	if what == eventsv1.Trust_ENDING {
		e.EffectiveTime = timestamppb.New(t.EndTime)
	}
	return e
}

func ofContact(t domain.Trust, what eventsv1.Trust) *eventsv1.PrincipalChanged {
	e := &eventsv1.PrincipalChanged{AccountId: t.ContactID.String(), TrustId: t.ID.String(), Trust: what}
	if what == eventsv1.Trust_ENDING {
		e.EffectiveTime = timestamppb.New(t.EndTime)
	}
	return e
}
