package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

const (
	// firstSend is otp's name of the code that a sign-up begins with.
	firstSend = "first"
	// idBytes are those of a registration's id.
	idBytes = 16
)

// Start sends the first code and stores the sign-up that waits for it, in this order: a refused request leaves nothing. A
// repeated one has the same id, so that otp, called again for the same send, answers what it has done or does it now,
// whatever a crash has cut short.
func (a *App) Start(
	ctx context.Context, form domain.Form, answered idempotency.Hook[domain.Registration],
) (domain.Registration, error) {
	r, err := a.newRegistration(ctx, form)
	if err != nil {
		return r, err
	}
	if r.Decoy, err = a.taken(ctx, r); err != nil {
		return r, err
	}
	if r, err = a.issue(ctx, r, firstSend, r.Decoy); err != nil {
		return r, err
	}
	return r, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		first, err := tx.Insert(ctx, r, a.Now())
		if err != nil {
			return err
		}
		if !first {
			return idempotency.ErrConflict
		}
		if err := answered(ctx, tx, r); err != nil {
			return err
		}
		return tx.Emit(ctx, r.ID, &eventsv1.RegistrationStarted{RegistrationId: r.ID})
	})
}

func (a *App) newRegistration(ctx context.Context, form domain.Form) (domain.Registration, error) {
	card, channel, err := form.Read(a.Policy.Countries)
	if err != nil {
		return domain.Registration{}, err
	}
	now := a.Now().Truncate(time.Microsecond) // as Postgres stores it, so that it is always answered the same
	id, err := a.registrationID(ctx, card, channel, now)
	card.Language = rpc.RequestOf(ctx).Language
	return domain.Registration{
		ID: id, AccountID: secret.NewID(), Card: card, Channel: channel,
		State: registrationv1.State_CODE_SENT, ExpireTime: now.Add(a.Policy.Life),
	}, err
}

// registrationID is random, and the same for a repeated request: of its key and its form, under the service's own key, so
// that nobody can compute it. The day is part of it, since a key can be used again a day later.
func (a *App) registrationID(
	ctx context.Context, card domain.Card, channel registrationv1.Channel, now time.Time,
) (string, error) {
	form, err := json.Marshal(card)
	if err != nil {
		return "", err
	}
	day := strconv.FormatInt(now.Unix()/int64(idempotency.Life/time.Second), 10)
	mac := a.requestMAC(ctx, "registration", day, channel.String(), string(form))
	if mac == nil {
		return secret.NewRandomID(), nil
	}
	return hex.EncodeToString(mac[:idBytes]), nil
}
