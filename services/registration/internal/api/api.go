// Package api is registration's gRPC server.
package api

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/secret"
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
		Phone: r.GetPhone(), Email: r.GetEmail(), Channel: r.GetChannel(),
		Interaction: r.GetInteractionId(), Client: r.GetClientId(),
	}
	return idempotency.Run(ctx, s.app.Answers, r, s.view,
		func(ctx context.Context, answered idempotency.Hook[domain.Registration]) (domain.Registration, error) {
			return s.app.Start(ctx, form, answered)
		})
}

// GetRegistration reads where a sign-up stands.
func (s *Server) GetRegistration(
	ctx context.Context, r *registrationv1.GetRegistrationRequest,
) (*registrationv1.Registration, error) {
	found, err := s.app.Get(ctx, r.GetRegistrationId())
	if err != nil {
		return nil, err
	}
	return s.view(found), nil
}

// ResendCode sends a new code.
func (s *Server) ResendCode(
	ctx context.Context, r *registrationv1.ResendCodeRequest,
) (*registrationv1.Registration, error) {
	return idempotency.Run(ctx, s.app.Answers, r, s.view,
		func(ctx context.Context, answered idempotency.Hook[domain.Registration]) (domain.Registration, error) {
			return s.app.Resend(ctx, r.GetRegistrationId(), answered)
		})
}

// VerifyCode takes the proof of the contact. A repeated request presents it again and makes the same answer, which is stored
// nowhere.
func (s *Server) VerifyCode(
	ctx context.Context, r *registrationv1.VerifyCodeRequest,
) (*registrationv1.VerifyCodeResponse, error) {
	if err := idempotency.CheckKey(ctx); err != nil {
		return nil, err
	}
	v, err := s.app.Verify(ctx, app.VerifyCommand{RegistrationID: r.GetRegistrationId(), Code: r.GetCode(), Token: r.GetToken()})
	if err != nil {
		return nil, err
	}
	return &registrationv1.VerifyCodeResponse{
		State: registrationv1.State_CONTACT_VERIFIED, CompletionToken: v.CompletionToken.Reveal(),
		Contact: v.Destination(), PasswordContext: v.Card.Words(),
	}, nil
}

// CompleteRegistration sets the password and creates the account. A repeated request presents the password again, and its
// answer follows from the account.
func (s *Server) CompleteRegistration(
	ctx context.Context, r *registrationv1.CompleteRegistrationRequest,
) (*registrationv1.CompleteRegistrationResponse, error) {
	if err := idempotency.CheckKey(ctx); err != nil {
		return nil, err
	}
	c, err := s.app.Complete(ctx, app.CompleteCommand{
		RegistrationID: r.GetRegistrationId(), CompletionToken: r.GetCompletionToken(), Password: secret.New(r.GetPassword()),
	})
	if err != nil {
		return nil, err
	}
	return &registrationv1.CompleteRegistrationResponse{AccountId: c.AccountID, Level: accountv1.Level_SIMPLIFIED}, nil
}

func (s *Server) view(r domain.Registration) *registrationv1.Registration {
	return &registrationv1.Registration{
		Id: r.ID, State: r.StateAt(s.app.Now()), Channel: r.Channel, Destination: r.Masked(),
		CodeExpireTime: timestamp(r.CodeExpireTime), ResendTime: timestamp(r.ResendTime),
		InteractionId: r.Card.Interaction, ClientId: r.Card.Client, ExpireTime: timestamp(r.Deadline(s.app.Now())),
	}
}

// timestamp leaves out what is not known.
func timestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
