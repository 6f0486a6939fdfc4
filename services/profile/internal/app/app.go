// Package app reads, edits and submits cards.
package app

import (
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/pg"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store"
)

// App has the use cases.
type App struct {
	Store   *store.Store
	Account accountv1.AccountServiceClient
	Answers *pg.Answers
	// Sandbox refuses SNILS that a living person may have.
	Sandbox bool
	Now     func() time.Time
}

func (a *App) rules() domain.Rules {
	return domain.Rules{Today: identifiers.DateOf(a.Now().UTC()), Sandbox: a.Sandbox}
}

// Shown is a thing with how far its data has been checked.
type Shown[T any] struct {
	domain.Kept[T]
	State domain.State
}

// UpdateCommand edits one thing of an account: the card, when ID is empty.
type UpdateCommand struct {
	Account, ID uuid.UUID
	Edit        domain.Edit
	IfMatch     string
}

// CreateCommand adds a document or an address.
type CreateCommand struct {
	Account uuid.UUID
	Type    string
	Edit    domain.Edit
}
