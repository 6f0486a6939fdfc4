// Package api is registration's gRPC face.
package api

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration/internal/app"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
)

// Server translates between protobuf and the use cases.
type Server struct {
	registrationv1.UnimplementedRegistrationServiceServer
	app *app.App
}

// New serves the use cases.
func New(a *app.App) *Server { return &Server{app: a} }

// StartRegistration begins a sign-up.
func (s *Server) StartRegistration(
	ctx context.Context, r *registrationv1.StartRegistrationRequest,
) (*registrationv1.Registration, error) {
	form := domain.Form{
		LastName: r.GetLastName(), FirstName: r.GetFirstName(), MiddleName: r.GetMiddleName(),
		Phone: r.GetPhone(), Email: r.GetEmail(),
	}
	if c := r.GetChannel(); c != registrationv1.Channel_CHANNEL_UNSPECIFIED {
		form.Channel = domain.Channel(c.String())
	}
	return s.show(s.app.Start(ctx, form))
}

// GetRegistration shows where a sign-up stands.
func (s *Server) GetRegistration(
	ctx context.Context, r *registrationv1.GetRegistrationRequest,
) (*registrationv1.Registration, error) {
	return s.show(s.app.Get(ctx, r.GetRegistrationId()))
}

// ResendCode sends a new code.
func (s *Server) ResendCode(
	ctx context.Context, r *registrationv1.ResendCodeRequest,
) (*registrationv1.Registration, error) {
	return s.show(s.app.Resend(ctx, r.GetRegistrationId()))
}

// VerifyCode takes the proof of the contact.
func (s *Server) VerifyCode(
	ctx context.Context, r *registrationv1.VerifyCodeRequest,
) (*registrationv1.VerifyCodeResponse, error) {
	out, err := s.app.Verify(ctx, app.VerifyCommand{
		RegistrationID: r.GetRegistrationId(), Code: r.GetCode(), Token: r.GetToken(),
	})
	if err != nil {
		return nil, err
	}
	return &registrationv1.VerifyCodeResponse{
		State: registrationv1.State_CONTACT_VERIFIED, CompletionToken: out.CompletionToken,
	}, nil
}

// CompleteRegistration sets the password and makes the account.
func (s *Server) CompleteRegistration(
	ctx context.Context, r *registrationv1.CompleteRegistrationRequest,
) (*registrationv1.CompleteRegistrationResponse, error) {
	out, err := s.app.Complete(ctx, app.CompleteCommand{
		RegistrationID: r.GetRegistrationId(), CompletionToken: r.GetCompletionToken(), Password: r.GetPassword(),
	})
	if err != nil {
		return nil, err
	}
	return &registrationv1.CompleteRegistrationResponse{
		AccountId: out.AccountID, Level: accountv1.Level_SIMPLIFIED,
	}, nil
}

func (s *Server) show(r domain.Registration, err error) (*registrationv1.Registration, error) {
	if err != nil {
		return nil, err
	}
	return &registrationv1.Registration{
		Id:             r.ID,
		State:          registrationv1.State(registrationv1.State_value[string(r.StateAt(s.app.Now()))]),
		Channel:        registrationv1.Channel(registrationv1.Channel_value[string(r.Channel)]),
		Destination:    r.Masked(),
		CodeExpireTime: timestamp(r.CodeExpireTime), ResendTime: timestamp(r.ResendTime),
	}, nil
}

// timestamp leaves out what is not known.
func timestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
