package app

import (
	"context"

	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

const methodStart = "StartRegistration"

// started is what is remembered of a start; the rest stands in the row.
type started struct{ ID string }

// Start begins a sign-up and sends the first code. The registration is kept before otp is asked: a repeated
// request after a crash goes on with it, and otp, asked again under the same idempotency key, answers what it
// has done or does it now.
func (a *App) Start(ctx context.Context, form domain.Form) (domain.Registration, error) {
	id, err := a.begin(ctx, form)
	if err != nil {
		return domain.Registration{}, err
	}
	r, err := a.Store.Get(ctx, id)
	if err != nil || !r.CodeExpireTime.IsZero() {
		return r, err
	}
	if r, err = a.issue(ctx, r, r.Decoy); err != nil {
		return r, err
	}
	return r, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return noteCode(ctx, tx, r) })
}

// begin keeps a new registration, or finds the one that the same request began before.
func (a *App) begin(ctx context.Context, form domain.Form) (string, error) {
	var out started
	if found, err := a.Answers.Recall(ctx, a.Store.Pool(), methodStart, form, &out); found || err != nil {
		return out.ID, err
	}
	card, channel, err := form.Read(a.Policy.Countries)
	if err != nil {
		return "", err
	}
	card.Language = rpc.RequestOf(ctx).Language
	now := a.Now()
	r := domain.Registration{
		ID: secret.NewRandomID(), AccountID: secret.NewID(), Card: card, Channel: channel,
		State: domain.CodeSent, ExpireTime: now.Add(a.Policy.Life),
	}
	if r.Decoy, err = a.taken(ctx, r); err != nil {
		return "", err
	}
	out.ID = r.ID
	err = a.once(ctx, methodStart, form, &out, func(ctx context.Context, tx *store.Tx) error {
		return tx.Insert(ctx, r, now)
	})
	return out.ID, err
}
