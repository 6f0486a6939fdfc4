// Package app leads a person from the first form to an account.
package app

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
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
	Keys    *secret.Keys
	Answers *idempotency.Store
	Policy  Policy
	Now     func() time.Time
}

// Policy is what an installation decides about sign-ups.
type Policy struct {
	// Life is how long an unfinished sign-up is kept.
	Life time.Duration
	// CompletionTime is how long a sign-up is kept at least once its account is being created, so that it is not
	// purged between two tries.
	CompletionTime time.Duration
	// KeepEnded is how long an ended sign-up, which has no personal data, can still be asked about.
	KeepEnded time.Duration
	// Countries are the dialled codes of the phones that may sign up.
	Countries []int
}

// Get reads a sign-up.
func (a *App) Get(ctx context.Context, id string) (domain.Registration, error) {
	return a.Store.Get(ctx, id)
}

// requestMAC names the request by its caller and idempotency key, and what it is about; nil without a key.
func (a *App) requestMAC(ctx context.Context, use string, content ...string) []byte {
	key := rpc.RequestOf(ctx).IdempotencyKey
	if key == "" {
		return nil
	}
	parts := [][]byte{[]byte(rpc.CallerOf(ctx)), []byte(key)}
	for _, c := range content {
		parts = append(parts, []byte(c))
	}
	return a.Keys.MAC(use, parts...)
}

// callID names a call to another service, which knows repeated calls by it: a repeated request makes the same call, any
// other request one of its own.
func (a *App) callID(ctx context.Context, use, content string) string {
	mac := a.requestMAC(ctx, use, content)
	if mac == nil {
		return secret.NewRandomID()
	}
	return hex.EncodeToString(mac)
}
