package api

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// CreateSession begins to sign a person in.
func (s *Server) CreateSession(ctx context.Context, r *accountv1.CreateSessionRequest) (*accountv1.Session, error) {
	cmd := app.SignInCommand{
		Login: r.GetLogin(), Password: secret.New(r.GetPassword()), Surface: domain.SurfaceOf(r.GetSurface()),
		Device: r.GetDeviceToken(),
	}
	if cmd.Password.IsZero() {
		return s.beginWithoutPassword(ctx, cmd)
	}
	return idempotency.RunVerified(ctx, s.app.Answers, r, progressView,
		func(ctx context.Context, answered idempotency.Hook[app.Progress]) (app.Progress, error) {
			return s.app.SignIn(ctx, cmd, answered)
		}, s.works)
}

// beginWithoutPassword begins another sign-in each time: nothing in such a request proves whose the answer to it is.
func (s *Server) beginWithoutPassword(ctx context.Context, cmd app.SignInCommand) (*accountv1.Session, error) {
	if err := idempotency.CheckKey(ctx); err != nil {
		return nil, err
	}
	return orError(progressView)(s.app.SignIn(ctx, cmd, idempotency.None))
}

// Reauthenticate proves the password again.
func (s *Server) Reauthenticate(ctx context.Context, r *accountv1.ReauthenticateRequest) (*accountv1.Session, error) {
	account, id, err := ids(r)
	if err != nil {
		return nil, err
	}
	cmd := app.ReauthenticateCommand{AccountID: account, SessionID: id, Password: secret.New(r.GetPassword())}
	return idempotency.RunVerified(ctx, s.app.Answers, r, progressView,
		func(ctx context.Context, answered idempotency.Hook[app.Progress]) (app.Progress, error) {
			return s.app.Reauthenticate(ctx, cmd, answered)
		}, s.works)
}

// StepUp asks for what a session lacks.
func (s *Server) StepUp(ctx context.Context, r *accountv1.StepUpRequest) (*accountv1.Session, error) {
	account, id, err := ids(r)
	if err != nil {
		return nil, err
	}
	cmd := app.StepUpCommand{
		AccountID: account, SessionID: id, Factors: int(r.GetFactors()), MaxAge: time.Duration(r.GetMaxAge()) * time.Second,
		Trusted: r.GetTrustedContact(),
	}
	return idempotency.Run(ctx, s.app.Answers, r, progressView,
		func(ctx context.Context, answered idempotency.Hook[app.Progress]) (app.Progress, error) {
			return s.app.StepUp(ctx, cmd, answered)
		}, s.works)
}

// works refuses a stored answer whose token lets nobody in any more, or completes nothing.
func (s *Server) works(ctx context.Context, answer *accountv1.Session) error {
	surface := domain.SurfaceOf(answer.GetSurface())
	var err error
	switch {
	case answer.GetState() == accountv1.Session_ACTIVE:
		_, err = s.app.Resolve(ctx, answer.GetToken(), surface)
	case answer.GetSignInToken() != "":
		_, err = s.app.SignInUnderWay(ctx, answer.GetSignInToken(), surface)
	}
	return err
}

// BeginPasskey begins a sign-in in which a passkey says whose it is.
func (s *Server) BeginPasskey(ctx context.Context, r *accountv1.BeginPasskeyRequest) (*accountv1.BeginPasskeyResponse, error) {
	if err := idempotency.CheckKey(ctx); err != nil {
		return nil, err
	}
	p, err := s.app.BeginPasskey(ctx, domain.SurfaceOf(r.GetSurface()), r.GetDeviceToken())
	if err != nil {
		return nil, err
	}
	step := stepViews(p.Steps)[0]
	return &accountv1.BeginPasskeyResponse{
		SignInToken: p.SignInToken.Reveal(), StepId: step.GetStepId(), Options: step.GetOptions(),
	}, nil
}

// GetSignIn finds a sign-in that is under way.
func (s *Server) GetSignIn(ctx context.Context, r *accountv1.GetSignInRequest) (*accountv1.Session, error) {
	return orError(progressView)(s.app.SignInUnderWay(ctx, r.GetSignInToken(), domain.SurfaceOf(r.GetSurface())))
}

// SendStepCode sends the code of a step.
func (s *Server) SendStepCode(ctx context.Context, r *accountv1.SendStepCodeRequest) (*accountv1.SendStepCodeResponse, error) {
	if err := idempotency.CheckKey(ctx); err != nil {
		return nil, err
	}
	sent, err := s.app.SendCode(ctx, r.GetSignInToken(), domain.SurfaceOf(r.GetSurface()), stepOf(r.GetStepId()))
	if err != nil {
		return nil, err
	}
	return &accountv1.SendStepCodeResponse{
		ResendTime: timestamp(sent.ResendTime), CodeExpireTime: timestamp(sent.ExpireTime),
	}, nil
}

// CompleteStep proves one thing.
func (s *Server) CompleteStep(ctx context.Context, r *accountv1.CompleteStepRequest) (*accountv1.Session, error) {
	cmd := app.StepCommand{
		SignInToken: r.GetSignInToken(), Surface: domain.SurfaceOf(r.GetSurface()), Kind: stepOf(r.GetStepId()),
		Password: secret.New(r.GetPassword()), Code: r.GetCode(), Credential: text(r.GetCredential()), Remember: r.GetRememberDevice(),
	}
	return idempotency.RunVerified(ctx, s.app.Answers, r, progressView,
		func(ctx context.Context, answered idempotency.Hook[app.Progress]) (app.Progress, error) {
			return s.app.CompleteStep(ctx, cmd, answered)
		}, s.works)
}
