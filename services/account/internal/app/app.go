// Package app signs people in, creates their accounts and raises their levels.
package app

import (
	"time"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/hashing"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// App has the use cases.
type App struct {
	Store     *store.Store
	Keys      *secret.Keys
	Answers   *idempotency.Store
	Policy    *password.Policy
	Hasher    *hashing.Hasher
	Throttle  domain.Throttle
	Lifetimes domain.Lifetimes
	// RefusedSignIns counts tries with logins that are nobody's.
	RefusedSignIns *events.Tally
	Now            func() time.Time
}
