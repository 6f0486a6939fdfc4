// Package api is verification's gRPC face.
package api

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

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
	v, err := s.app.Create(ctx, id(r.GetAccountId()))
	if err != nil {
		return nil, err
	}
	return verification(v), nil
}

// GetVerification shows one of a person's verifications.
func (s *Server) GetVerification(
	ctx context.Context, r *verificationv1.GetVerificationRequest,
) (*verificationv1.Verification, error) {
	v, err := s.app.Get(ctx, id(r.GetAccountId()), id(r.GetVerificationId()))
	if err != nil {
		return nil, err
	}
	return verification(v), nil
}

// ListVerifications shows a person's verifications.
func (s *Server) ListVerifications(
	ctx context.Context, r *verificationv1.ListVerificationsRequest,
) (*verificationv1.ListVerificationsResponse, error) {
	list, err := s.app.List(ctx, id(r.GetAccountId()))
	if err != nil {
		return nil, err
	}
	out := &verificationv1.ListVerificationsResponse{}
	for _, v := range list {
		out.Verifications = append(out.Verifications, verification(v))
	}
	return out, nil
}

// id reads an identifier; what is none names nothing, so that it is not found.
func id(s string) uuid.UUID {
	parsed, err := uuid.Parse(s)
	if err != nil {
		return uuid.Nil
	}
	return parsed
}

func verification(v domain.Verification) *verificationv1.Verification {
	out := &verificationv1.Verification{Id: v.ID.String(), State: v.State, CreateTime: timestamppb.New(v.CreateTime)}
	if !v.EndTime.IsZero() {
		out.EndTime = timestamppb.New(v.EndTime)
	}
	for _, c := range v.Checks {
		out.Checks = append(out.Checks, &verificationv1.Check{Registry: c.Registry, State: c.State, Reasons: c.Reasons})
	}
	return out
}
