package app

import (
	"context"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

// firstSend is otp's name of the code that a sign-up begins with.
const firstSend = "first"

// Start begins a sign-up and sends the first code. The registration is stored before otp is called: a repeated request
// after a crash goes on with it, and otp, called again for the same send, answers what it has done or does it now.
func (a *App) Start(
	ctx context.Context, form domain.Form, answered idempotency.Hook[domain.Registration],
) (domain.Registration, error) {
	r, err := a.begin(ctx, form)
	if err != nil || !r.CodeExpireTime.IsZero() {
		return r, err
	}
	if r, err = a.issue(ctx, r, firstSend, r.Decoy); err != nil {
		return r, err
	}
	return r, a.noteCode(ctx, r, answered)
}

// begin stores a new registration, or finds the one that the same request began before.
func (a *App) begin(ctx context.Context, form domain.Form) (domain.Registration, error) {
	card, channel, err := form.Read(a.Policy.Countries)
	if err != nil {
		return domain.Registration{}, err
	}
	card.Language = rpc.RequestOf(ctx).Language
	now := a.Now()
	r := domain.Registration{
		ID: secret.NewRandomID(), AccountID: secret.NewID(), Card: card, Channel: channel,
		State: registrationv1.State_CODE_SENT, ExpireTime: now.Add(a.Policy.Life),
	}
	if r.Decoy, err = a.taken(ctx, r); err != nil {
		return r, err
	}
	key := store.StartKey{MAC: a.requestMAC(ctx, "start", ""), ValidFrom: now.Add(-idempotency.Life)}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		begun, first, err := tx.Insert(ctx, r, key, now)
		if err != nil || first {
			return err
		}
		if r = begun; r.HasCard() && (!r.Card.SameAs(card) || r.Channel != channel) {
			return idempotency.KeyReused()
		}
		return nil
	})
	return r, err
}
