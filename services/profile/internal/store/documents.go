package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store/db"
)

const documents = "documents"

// Documents are those of the account after one of them, in the order they were created.
func (c conn) Documents(ctx context.Context, account, after uuid.UUID, limit int32) ([]domain.Versioned[domain.Document], error) {
	rows, err := c.q.ListDocuments(ctx, db.ListDocumentsParams{AccountID: account, After: after, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := make([]domain.Versioned[domain.Document], 0, len(rows))
	for _, row := range rows {
		v, err := c.document(row)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// Document is one of the account's.
func (c conn) Document(ctx context.Context, account, id uuid.UUID) (domain.Versioned[domain.Document], error) {
	row, err := c.q.GetDocument(ctx, db.GetDocumentParams{ID: id, AccountID: account})
	if pg.IsNotFound(err) {
		return domain.Versioned[domain.Document]{}, domain.DocumentNotFound()
	}
	if err != nil {
		return domain.Versioned[domain.Document]{}, err
	}
	return c.document(db.ListDocumentsRow(row))
}

func (c conn) document(row db.ListDocumentsRow) (domain.Versioned[domain.Document], error) {
	v := domain.Versioned[documentData]{ID: row.ID, Version: row.Version}
	err := c.open(row.Data, documents, row.ID, "data", &v.Value)
	v.Value.Type = row.Type
	return versioned(v, documentData.value), err
}

// InsertDocument adds one; a second of its type is refused.
func (t *Tx) InsertDocument(
	ctx context.Context, account uuid.UUID, v domain.Document, at time.Time,
) (domain.Versioned[domain.Document], error) {
	made := domain.Versioned[domain.Document]{ID: secret.NewID(), Version: 1, Value: v}
	data, err := t.seal(documents, made.ID, "data", documentRow(v))
	if err != nil {
		return made, err
	}
	err = t.q.InsertDocument(ctx, db.InsertDocumentParams{ID: made.ID, AccountID: account, Type: v.Type.String(), Data: data, At: at})
	if pg.IsUnique(err, "documents_account_id_type_key") {
		return made, errs.New(errorsv1.Reason_DOCUMENT_EXISTS, "there is a document of this type already")
	}
	return made, err
}

// EditDocument stores the next version.
func (t *Tx) EditDocument(
	ctx context.Context, id uuid.UUID, v domain.Document, at time.Time,
) (domain.Versioned[domain.Document], error) {
	next := domain.Versioned[domain.Document]{ID: id, Value: v}
	data, err := t.seal(documents, id, "data", documentRow(v))
	if err != nil {
		return next, err
	}
	next.Version, err = t.q.EditDocument(ctx, db.EditDocumentParams{ID: id, Data: data, UpdatedAt: at})
	return next, err
}

// DeleteDocument removes one of the account's.
func (t *Tx) DeleteDocument(ctx context.Context, account, id uuid.UUID) error {
	n, err := t.q.DeleteDocument(ctx, db.DeleteDocumentParams{ID: id, AccountID: account})
	if err == nil && n == 0 {
		return domain.DocumentNotFound()
	}
	return err
}
