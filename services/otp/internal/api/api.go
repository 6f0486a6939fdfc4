// Package api is otp's gRPC server.
package api

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/secret"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/app"
)

// Server translates between protobuf and the use cases.
type Server struct {
	otpv1.UnimplementedOTPServiceServer
	app *app.App
}

// New serves the use cases.
func New(a *app.App) *Server { return &Server{app: a} }

// IssueCode makes a code and has it delivered.
func (s *Server) IssueCode(ctx context.Context, r *otpv1.IssueCodeRequest) (*otpv1.IssueCodeResponse, error) {
	out, err := s.app.Issue(ctx, app.IssueCommand{
		Target: target(r), SendID: named(r.GetSendId()), Decoy: r.GetDecoy(), KnownAddress: r.GetKnownAddress(),
	})
	if err != nil {
		return nil, err
	}
	return &otpv1.IssueCodeResponse{
		ExpireTime: timestamppb.New(out.ExpireTime), ResendTime: timestamppb.New(out.ResendTime),
	}, nil
}

// VerifyCode checks one guess.
func (s *Server) VerifyCode(ctx context.Context, r *otpv1.VerifyCodeRequest) (*otpv1.VerifyCodeResponse, error) {
	err := s.app.Verify(ctx, app.VerifyCommand{
		Target: target(r), AttemptID: named(r.GetAttemptId()), Code: r.GetCode(),
	})
	if err != nil {
		return nil, err
	}
	return &otpv1.VerifyCodeResponse{}, nil
}

// named is the caller's name of a send or an attempt; without one it is one of its own.
func named(id string) string {
	if id == "" {
		return secret.NewRandomID()
	}
	return id
}

type targeted interface {
	GetPurpose() otpv1.Purpose
	GetFlowId() string
	GetChannel() otpv1.Channel
	GetDestination() string
}

func target(r targeted) app.Target {
	return app.Target{
		Purpose: r.GetPurpose(), FlowID: r.GetFlowId(),
		Channel: r.GetChannel(), Destination: r.GetDestination(),
	}
}
