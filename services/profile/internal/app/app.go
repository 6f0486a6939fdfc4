// Package app reads, edits and submits cards.
package app

import (
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/secret"
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
	// Keys seal the tokens of pages.
	Keys *secret.Keys
	// Sandbox refuses SNILS that a living person may have.
	Sandbox bool
	Now     func() time.Time
}

func (a *App) rules() domain.Rules {
	return domain.Rules{Today: identifiers.TodayAt(a.Now()), Sandbox: a.Sandbox}
}

// list is one of an account's lists, in the order of ids.
func (a *App) list(name string) paging.List[uuid.UUID] {
	return paging.List[uuid.UUID]{Keys: a.Keys, Name: name, Start: uuid.Nil}
}

// View is a value with how far it has been checked.
type View[T any] struct {
	domain.Versioned[T]
	domain.Standing
}

func personView(p domain.Versioned[domain.Person], live domain.Snapshot) View[domain.Person] {
	return View[domain.Person]{Versioned: p, Standing: live.OfPerson(p)}
}

func documentView(d domain.Versioned[domain.Document], live domain.Snapshot) View[domain.Document] {
	return View[domain.Document]{Versioned: d, Standing: live.OfDocument(d)}
}

// edited is the view of what is being edited, which therefore is unchecked.
func edited[T any]() View[T] {
	return View[T]{Standing: domain.Standing{State: profilev1.DataState_UNVERIFIED}}
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
