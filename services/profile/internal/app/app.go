// Package app reads, edits and submits cards.
package app

import (
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store"
)

// App has the use cases.
type App struct {
	Store   *store.Store
	Account accountv1.AccountServiceClient
	Answers *idempotency.Store
	// Sandbox refuses SNILS that a living person may have.
	Sandbox bool
	Now     func() time.Time
}

func (a *App) rules() domain.Rules {
	return domain.Rules{Today: identifiers.TodayAt(a.Now()), Sandbox: a.Sandbox}
}

// View is a value with how far it has been checked.
type View[T any] struct {
	domain.Versioned[T]
	State profilev1.DataState
}

// UpdateCommand edits a document or an address of an account, or its card, which needs no ID.
type UpdateCommand struct {
	Account, ID uuid.UUID
	Edit        domain.Edit
	IfMatch     string
}

// CreateCommand adds a document or an address, of a type.
type CreateCommand[Type any] struct {
	Account uuid.UUID
	Type    Type
	Edit    domain.Edit
}
