package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/paging"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/events/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store"
)

// CreateDocument adds a document.
func (a *App) CreateDocument(
	ctx context.Context, cmd CreateCommand[profilev1.DocumentType], answered idempotency.Hook[View[domain.Document]],
) (View[domain.Document], error) {
	out := edited[domain.Document]()
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		card, err := a.editable(ctx, tx, cmd.Account)
		if err != nil {
			return err
		}
		d, err := domain.NewDocument(cmd.Type, cmd.Edit, card.Value.BirthDate, a.rules())
		if err != nil {
			return err
		}
		if out.Versioned, err = tx.InsertDocument(ctx, cmd.Account, d, a.Now()); err != nil {
			return err
		}
		if err := documentChanged(ctx, tx, cmd.Account, out.ID); err != nil {
			return err
		}
		return answered(ctx, tx, out)
	})
	return out, err
}

// ListDocuments is a page of the account's, and the token of the next.
func (a *App) ListDocuments(ctx context.Context, account uuid.UUID, q paging.Query) ([]View[domain.Document], string, error) {
	page, err := a.list("documents").Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	list, err := a.documents(ctx, account, page.After, page.Limit())
	if err != nil {
		return nil, "", err
	}
	return paging.Cut(page, list, func(v View[domain.Document]) uuid.UUID { return v.ID })
}

// documents are views of those of the account after one of them.
func (a *App) documents(ctx context.Context, account, after uuid.UUID, limit int32) ([]View[domain.Document], error) {
	list, err := a.Store.Documents(ctx, account, after, limit)
	if err != nil {
		return nil, err
	}
	live, err := a.Store.Live(ctx, account)
	out := make([]View[domain.Document], len(list))
	for i, d := range list {
		out[i] = documentView(d, live)
	}
	return out, err
}

// GetDocument is one of the account's.
func (a *App) GetDocument(ctx context.Context, account, id uuid.UUID) (View[domain.Document], error) {
	d, err := a.Store.Document(ctx, account, id)
	if err != nil {
		return View[domain.Document]{}, err
	}
	live, err := a.Store.Live(ctx, account)
	return documentView(d, live), err
}

// UpdateDocument edits a document; an edit that changes nothing makes no new version.
func (a *App) UpdateDocument(ctx context.Context, cmd UpdateCommand) (View[domain.Document], error) {
	out := edited[domain.Document]()
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, holder, err := a.lockDocument(ctx, tx, cmd.Account, cmd.ID)
		if err != nil {
			return err
		}
		if err := d.CheckMatch(cmd.IfMatch); err != nil {
			return err
		}
		out.Versioned = d
		next, err := d.Value.Apply(cmd.Edit, holder.Value.BirthDate, a.rules())
		if err != nil || next == d.Value {
			return err
		}
		if out.Versioned, err = tx.EditDocument(ctx, cmd.ID, next, a.Now()); err != nil {
			return err
		}
		return documentChanged(ctx, tx, cmd.Account, cmd.ID)
	})
	return out, err
}

// DeleteDocument removes a document.
func (a *App) DeleteDocument(ctx context.Context, account, id uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, _, err := a.lockDocument(ctx, tx, account, id); err != nil {
			return err
		}
		if err := tx.DeleteDocument(ctx, account, id); err != nil {
			return err
		}
		return documentChanged(ctx, tx, account, id)
	})
}

// lockDocument is a document to edit, and its holder. One that does not exist is not found, whether the card is locked or
// not.
func (a *App) lockDocument(
	ctx context.Context, tx *store.Tx, account, id uuid.UUID,
) (d domain.Versioned[domain.Document], holder domain.Versioned[domain.Person], err error) {
	if d, err = tx.Document(ctx, account, id); err != nil {
		return d, holder, err
	}
	if holder, err = a.editable(ctx, tx, account); err != nil {
		return d, holder, err
	}
	d, err = tx.Document(ctx, account, id)
	return d, holder, err
}

func documentChanged(ctx context.Context, tx *store.Tx, account, id uuid.UUID) error {
	return tx.Emit(ctx, account.String(),
		&eventsv1.DocumentChanged{AccountId: account.String(), DocumentId: id.String()})
}
