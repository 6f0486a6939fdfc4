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

// ErrNoDocument refuses what is not there, or is somebody else's: nobody learns which.
func ErrNoDocument() error {
	return errs.New(errs.NotFound, errorsv1.Reason_DOCUMENT_NOT_FOUND, "there is no such document")
}

// Documents are the account's, in the order they were made.
func (r Reader) Documents(ctx context.Context, account uuid.UUID) ([]domain.Kept[domain.Document], error) {
	rows, err := r.q.ListDocuments(ctx, account)
	if err != nil {
		return nil, err
	}
	out := make([]domain.Kept[domain.Document], 0, len(rows))
	for _, row := range rows {
		k, err := r.document(row)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// Document is one of the account's.
func (r Reader) Document(ctx context.Context, account, id uuid.UUID) (domain.Kept[domain.Document], error) {
	row, err := r.q.GetDocument(ctx, db.GetDocumentParams{ID: id, AccountID: account})
	if pg.IsNotFound(err) {
		return domain.Kept[domain.Document]{}, ErrNoDocument()
	}
	if err != nil {
		return domain.Kept[domain.Document]{}, err
	}
	return r.document(db.ListDocumentsRow(row))
}

func (r Reader) document(row db.ListDocumentsRow) (domain.Kept[domain.Document], error) {
	k := domain.Kept[domain.Document]{ID: row.ID, Version: row.Version}
	err := r.open(row.Data, documents, row.ID, "data", &k.Value)
	k.Value.Type = row.Type
	return k, err
}

// InsertDocument adds one; a second of its type is refused.
func (t *Tx) InsertDocument(
	ctx context.Context, account uuid.UUID, v domain.Document, at time.Time,
) (domain.Kept[domain.Document], error) {
	k := domain.Kept[domain.Document]{ID: secret.NewID(), Version: 1, Value: v}
	data, err := t.seal(documents, k.ID, "data", v)
	if err != nil {
		return k, err
	}
	err = t.q.InsertDocument(ctx, db.InsertDocumentParams{ID: k.ID, AccountID: account, Type: v.Type, Data: data, At: at})
	if pg.IsUnique(err, "documents_account_id_type_key") {
		return k, errs.New(errs.Conflict, errorsv1.Reason_DOCUMENT_EXISTS, "there is a document of this type already")
	}
	return k, err
}

// EditDocument stores the next version.
func (t *Tx) EditDocument(
	ctx context.Context, id uuid.UUID, v domain.Document, at time.Time,
) (domain.Kept[domain.Document], error) {
	k := domain.Kept[domain.Document]{ID: id, Value: v}
	data, err := t.seal(documents, id, "data", v)
	if err != nil {
		return k, err
	}
	k.Version, err = t.q.EditDocument(ctx, db.EditDocumentParams{ID: id, Data: data, UpdatedAt: at})
	return k, err
}

// DeleteDocument removes one of the account's.
func (t *Tx) DeleteDocument(ctx context.Context, account, id uuid.UUID) error {
	n, err := t.q.DeleteDocument(ctx, db.DeleteDocumentParams{ID: id, AccountID: account})
	if err == nil && n == 0 {
		return ErrNoDocument()
	}
	return err
}
