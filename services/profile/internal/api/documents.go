package api

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/app"
)

// CreateDocument adds a document.
func (s *Server) CreateDocument(ctx context.Context, r *profilev1.CreateDocumentRequest) (*profilev1.Document, error) {
	changes, err := edit(r.GetDocument(), nil)
	if err != nil {
		return nil, err
	}
	made, err := s.app.CreateDocument(ctx, app.CreateCommand{
		Account: id(r.GetAccountId()), Type: kind(r.GetDocument().GetType()), Edit: changes,
	})
	if err != nil {
		return nil, err
	}
	return document(made), nil
}

// ListDocuments shows all documents.
func (s *Server) ListDocuments(
	ctx context.Context, r *profilev1.ListDocumentsRequest,
) (*profilev1.ListDocumentsResponse, error) {
	list, err := s.app.ListDocuments(ctx, id(r.GetAccountId()))
	if err != nil {
		return nil, err
	}
	return &profilev1.ListDocumentsResponse{Documents: all(list, document)}, nil
}

// GetDocument shows one document.
func (s *Server) GetDocument(ctx context.Context, r *profilev1.GetDocumentRequest) (*profilev1.Document, error) {
	found, err := s.app.GetDocument(ctx, id(r.GetAccountId()), id(r.GetDocumentId()))
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
	edited, err := s.app.UpdateDocument(ctx, app.UpdateCommand{
		Account: id(r.GetAccountId()), ID: id(r.GetDocumentId()), Edit: changes, IfMatch: r.GetIfMatch(),
	})
	if err != nil {
		return nil, err
	}
	return document(edited), nil
}

// DeleteDocument removes a document.
func (s *Server) DeleteDocument(ctx context.Context, r *profilev1.DeleteDocumentRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.app.DeleteDocument(ctx, id(r.GetAccountId()), id(r.GetDocumentId()))
}
