// Package api is otp's gRPC face.
package api

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/app"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
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
	out, err := s.app.Issue(ctx, app.IssueCommand{Target: target(r), Decoy: r.GetDecoy()})
	if err != nil {
		return nil, err
	}
	return &otpv1.IssueCodeResponse{
		ExpireTime: timestamppb.New(out.ExpireTime), ResendTime: timestamppb.New(out.ResendTime),
	}, nil
}

// VerifyCode checks one guess.
func (s *Server) VerifyCode(ctx context.Context, r *otpv1.VerifyCodeRequest) (*otpv1.VerifyCodeResponse, error) {
	err := s.app.Verify(ctx, app.VerifyCommand{Target: target(r), Code: r.GetCode()})
	if err != nil {
		return nil, err
	}
	return &otpv1.VerifyCodeResponse{}, nil
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
		Channel: domain.Channel(r.GetChannel().String()), Destination: r.GetDestination(),
	}
}
