// Package app submits people to the registries and sees their verifications through to a result.
package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store"
)

// Registry is a state register of people. An error is no answer at all.
type Registry interface {
	Check(ctx context.Context, s *profilev1.Snapshot) (domain.Answer, error)
}

// App has the use cases.
type App struct {
	Store      *store.Store
	Profile    profilev1.ProfileServiceClient
	Account    accountv1.AccountServiceClient
	Registries map[domain.Registry]Registry
	Keys       *secret.Keys
	Answers    *idempotency.Store
	Limits     domain.Limits
	Meter      *Meter
	Log        *slog.Logger
	// Backoff is how long to wait before a registry that did not answer, or account, is asked again.
	Backoff backoff.Exponential
	// GiveUpAfter is how long the registries are asked before a verification expires.
	GiveUpAfter time.Duration
	Now         func() time.Time
}
