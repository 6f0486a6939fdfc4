package api

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/app"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
)

// CreateDocument adds a document.
func (s *Server) CreateDocument(ctx context.Context, r *profilev1.CreateDocumentRequest) (*profilev1.Document, error) {
	changes, err := edit(r.GetDocument(), nil)
	if err != nil {
		return nil, err
	}
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	cmd := app.CreateCommand[profilev1.DocumentType]{Account: account, Type: r.GetDocument().GetType(), Edit: changes}
	return idempotency.Run(ctx, s.app.Answers, r, document,
		func(ctx context.Context, answered idempotency.Hook[app.View[domain.Document]]) (app.View[domain.Document], error) {
			return s.app.CreateDocument(ctx, cmd, answered)
		})
}

// ListDocuments gives a page of the documents.
func (s *Server) ListDocuments(
	ctx context.Context, r *profilev1.ListDocumentsRequest,
) (*profilev1.ListDocumentsResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	list, next, err := s.app.ListDocuments(ctx, account, paging.Of(r))
	if err != nil {
		return nil, err
	}
	return &profilev1.ListDocumentsResponse{Documents: all(list, document), NextPageToken: next}, nil
}

// GetDocument reads one document.
func (s *Server) GetDocument(ctx context.Context, r *profilev1.GetDocumentRequest) (*profilev1.Document, error) {
	account, id, err := ids(r.GetAccountId(), r.GetDocumentId(), domain.DocumentNotFound)
	if err != nil {
		return nil, err
	}
	found, err := s.app.GetDocument(ctx, account, id)
	if err != nil {
		return nil, err
	}
	return document(found), nil
}

// UpdateDocument edits a document.
func (s *Server) UpdateDocument(ctx context.Context, r *profilev1.UpdateDocumentRequest) (*profilev1.Document, error) {
	changes, err := edit(r.GetDocument(), r.GetUpdateMask())
	if err != nil {
		return nil, err
	}
	account, id, err := ids(r.GetAccountId(), r.GetDocumentId(), domain.DocumentNotFound)
	if err != nil {
		return nil, err
	}
	edited, err := s.app.UpdateDocument(ctx, app.UpdateCommand{
		Account: account, ID: id, Edit: changes, IfMatch: r.GetIfMatch(),
	})
	if err != nil {
		return nil, err
	}
	return document(edited), nil
}

// DeleteDocument removes a document.
func (s *Server) DeleteDocument(ctx context.Context, r *profilev1.DeleteDocumentRequest) (*emptypb.Empty, error) {
	account, id, err := ids(r.GetAccountId(), r.GetDocumentId(), domain.DocumentNotFound)
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.DeleteDocument(ctx, account, id)
}
