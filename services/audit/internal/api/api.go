// Package api is audit's gRPC face.
package api

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	auditv1 "github.com/propusk-id/propusk/proto/gen/propusk/audit/v1"
	"github.com/propusk-id/propusk/services/audit/internal/app"
	"github.com/propusk-id/propusk/services/audit/internal/domain"
)

// Server translates between protobuf and the use cases.
type Server struct {
	auditv1.UnimplementedAuditServiceServer
	app *app.App
}

// New serves the use cases.
func New(a *app.App) *Server { return &Server{app: a} }

// ListRecords gives a page of the chain.
func (s *Server) ListRecords(ctx context.Context, r *auditv1.ListRecordsRequest) (*auditv1.ListRecordsResponse, error) {
	records, err := s.app.List(ctx, r.GetAfter(), r.GetPageSize())
	if err != nil {
		return nil, err
	}
	out := &auditv1.ListRecordsResponse{}
	for _, record := range records {
		out.Records = append(out.Records, toProto(record))
	}
	return out, nil
}

// VerifyChain recomputes the chain.
func (s *Server) VerifyChain(ctx context.Context, r *auditv1.VerifyChainRequest) (*auditv1.VerifyChainResponse, error) {
	v, err := s.app.Verify(ctx, r.GetAfter())
	if err != nil {
		return nil, err
	}
	return &auditv1.VerifyChainResponse{Records: v.Records, BrokenPosition: v.Broken}, nil
}

func toProto(r domain.Record) *auditv1.Record {
	return &auditv1.Record{
		Position: r.Position, EventId: r.EventID.String(), Type: r.Type, Subject: r.Aggregate, Actor: r.Actor,
		Time: timestamppb.New(r.Time), Data: r.Data, Hash: r.Hash,
		Producer: r.Producer, Version: r.Version, PrevHash: r.PrevHash,
	}
}
