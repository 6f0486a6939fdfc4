// Package app leads a person from the first form to an account.
package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/pg"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

// App has the use cases.
type App struct {
	Store   *store.Store
	OTP     otpv1.OTPServiceClient
	Account accountv1.AccountServiceClient
	Profile profilev1.ProfileServiceClient
	Answers *pg.Answers
	Policy  Policy
	Now     func() time.Time
}

// Policy is what an installation decides about sign-ups.
type Policy struct {
	// Life is how long an unfinished sign-up is kept.
	Life time.Duration
	// CompletionTime is how long a sign-up is kept at least once its account is being made, so that it is not
	// purged between two tries.
	CompletionTime time.Duration
	// KeepEnded is how long an ended sign-up, which has no personal data, can still be asked about.
	KeepEnded time.Duration
	// Countries are the dialled codes of the phones that may sign up.
	Countries []int
}

// Get shows a sign-up.
func (a *App) Get(ctx context.Context, id string) (domain.Registration, error) {
	return a.Store.Get(ctx, id)
}

// once has the effect in a transaction and remembers the answer, which the effect has filled, with it.
func (a *App) once(
	ctx context.Context, method string, request, answer any, effect func(ctx context.Context, tx *store.Tx) error,
) error {
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return a.Answers.Once(ctx, tx, method, request, answer, func() error { return effect(ctx, tx) })
	})
	if err != nil {
		return a.Answers.OrTwin(ctx, a.Store.Pool(), method, request, answer, err)
	}
	return nil
}
