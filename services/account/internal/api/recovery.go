package api

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// Recoveries is the contract of the way back into an account.
type Recoveries struct {
	accountv1.UnimplementedRecoveryServiceServer
	app *app.App
}

// StartRecovery begins another recovery each time: nothing in such a request proves whose the answer to it is.
func (s *Recoveries) StartRecovery(ctx context.Context, r *accountv1.StartRecoveryRequest) (*accountv1.Recovery, error) {
	if err := idempotency.CheckKey(ctx); err != nil {
		return nil, err
	}
	return orError(recoveryView)(s.app.StartRecovery(ctx, r.GetLogin(), domain.SurfaceOf(r.GetSurface())))
}

// SendRecoveryCode sends the code of a step.
func (s *Recoveries) SendRecoveryCode(
	ctx context.Context, r *accountv1.SendRecoveryCodeRequest,
) (*accountv1.SendStepCodeResponse, error) {
	if err := idempotency.CheckKey(ctx); err != nil {
		return nil, err
	}
	expire, resend, err := s.app.SendRecoveryCode(ctx, r.GetRecoveryToken(), domain.SurfaceOf(r.GetSurface()), stepOf(r.GetStepId()))
	if err != nil {
		return nil, err
	}
	return &accountv1.SendStepCodeResponse{ResendTime: timestamp(resend), CodeExpireTime: timestamp(expire)}, nil
}

// CompleteRecoveryStep proves one thing.
func (s *Recoveries) CompleteRecoveryStep(
	ctx context.Context, r *accountv1.CompleteRecoveryStepRequest,
) (*accountv1.Recovery, error) {
	cmd := app.StepCommand{
		SignInToken: r.GetRecoveryToken(), Surface: domain.SurfaceOf(r.GetSurface()), Kind: stepOf(r.GetStepId()),
		Code: r.GetCode(), SNILS: r.GetSnils(), Answer: r.GetAnswer(), Credential: text(r.GetCredential()),
	}
	return idempotency.RunVerified(ctx, s.app.Answers, r, recoveryView,
		func(ctx context.Context, answered idempotency.Hook[app.Recovery]) (app.Recovery, error) {
			return s.app.CompleteRecoveryStep(ctx, cmd, answered)
		})
}

// CompleteRecovery sets the new password, or begins the wait before it.
func (s *Recoveries) CompleteRecovery(ctx context.Context, r *accountv1.CompleteRecoveryRequest) (*accountv1.Recovery, error) {
	cmd := app.CompleteRecoveryCommand{
		Token: r.GetRecoveryToken(), Surface: domain.SurfaceOf(r.GetSurface()), New: secret.New(r.GetNewPassword()),
		EndOffline: r.GetEndOfflineAccess(),
	}
	return idempotency.Run(ctx, s.app.Answers, r, recoveryView,
		func(ctx context.Context, answered idempotency.Hook[app.Recovery]) (app.Recovery, error) {
			return s.app.CompleteRecovery(ctx, cmd, answered)
		})
}

// CancelRecovery stops a recovery by its link.
func (s *Recoveries) CancelRecovery(ctx context.Context, r *accountv1.CancelRecoveryRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.app.CancelRecovery(ctx, r.GetCancelToken())
}

// GetRecovery finds a recovery that is under way.
func (s *Recoveries) GetRecovery(ctx context.Context, r *accountv1.GetRecoveryRequest) (*accountv1.Recovery, error) {
	return orError(recoveryView)(s.app.RecoveryUnderWay(ctx, r.GetRecoveryToken(), domain.SurfaceOf(r.GetSurface())))
}

func recoveryView(r app.Recovery) *accountv1.Recovery {
	return &accountv1.Recovery{
		RecoveryToken: r.Token.Reveal(), State: r.State, Steps: stepViews(r.Steps), CanWait: r.CanWait,
		PasswordOptional: r.PasswordOptional, EffectiveTime: timestamp(r.EffectiveTime), ExpireTime: timestamppb.New(r.ExpireTime),
	}
}

// Questions is the contract of the control question.
type Questions struct {
	accountv1.UnimplementedControlQuestionServiceServer
	app *app.App
}

// GetControlQuestion gives the question.
func (s *Questions) GetControlQuestion(
	ctx context.Context, r *accountv1.GetControlQuestionRequest,
) (*accountv1.ControlQuestion, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return orError(questionView)(s.app.ControlQuestion(ctx, account))
}

// SetControlQuestion sets the question and its answer.
func (s *Questions) SetControlQuestion(
	ctx context.Context, r *accountv1.SetControlQuestionRequest,
) (*accountv1.ControlQuestion, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return orError(questionView)(s.app.SetControlQuestion(ctx, account, r.GetQuestion(), r.GetAnswer()))
}

// DeleteControlQuestion takes the question off the account.
func (s *Questions) DeleteControlQuestion(
	ctx context.Context, r *accountv1.DeleteControlQuestionRequest,
) (*emptypb.Empty, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.DeleteControlQuestion(ctx, account)
}

func questionView(q domain.ControlQuestion) *accountv1.ControlQuestion {
	return &accountv1.ControlQuestion{Question: q.Question, SetTime: timestamppb.New(q.SetTime)}
}
