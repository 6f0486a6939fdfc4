// Package api is verification's gRPC face.
package api

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification/internal/app"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
)

// Server translates between protobuf and the use cases.
type Server struct {
	verificationv1.UnimplementedVerificationServiceServer
	app *app.App
}

// New serves the use cases.
func New(a *app.App) *Server { return &Server{app: a} }

// CreateVerification submits a person.
func (s *Server) CreateVerification(
	ctx context.Context, r *verificationv1.CreateVerificationRequest,
) (*verificationv1.Verification, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return idempotency.Run(ctx, s.app.Answers, r, verification,
		func(ctx context.Context, answered idempotency.Hook[domain.Verification]) (domain.Verification, error) {
			return s.app.Create(ctx, account, answered)
		})
}

// GetVerification gives one of a person's verifications.
func (s *Server) GetVerification(
	ctx context.Context, r *verificationv1.GetVerificationRequest,
) (*verificationv1.Verification, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	id, err := identifiers.ParseID(r.GetVerificationId())
	if err != nil {
		return nil, err
	}
	v, err := s.app.Get(ctx, account, id)
	if err != nil {
		return nil, err
	}
	return verification(v), nil
}

// ListVerifications gives a page of a person's verifications, newest first.
func (s *Server) ListVerifications(
	ctx context.Context, r *verificationv1.ListVerificationsRequest,
) (*verificationv1.ListVerificationsResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	list, next, err := s.app.List(ctx, account, paging.Of(r))
	if err != nil {
		return nil, err
	}
	out := &verificationv1.ListVerificationsResponse{NextPageToken: next}
	for _, v := range list {
		out.Verifications = append(out.Verifications, verification(v))
	}
	return out, nil
}

func verification(v domain.Verification) *verificationv1.Verification {
	out := &verificationv1.Verification{
		Id: v.ID.String(), State: v.State, CreateTime: timestamppb.New(v.CreateTime), ExpireTime: timestamppb.New(v.Deadline),
	}
	if !v.EndTime.IsZero() {
		out.EndTime = timestamppb.New(v.EndTime)
	}
	for _, c := range v.Checks {
		out.Checks = append(out.Checks, &verificationv1.Check{Registry: c.Registry, State: c.State, Reasons: c.Reasons})
	}
	return out
}
