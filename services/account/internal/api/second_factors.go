package api

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// ListSecondFactors shows what is bound.
func (s *Server) ListSecondFactors(
	ctx context.Context, r *accountv1.ListSecondFactorsRequest,
) (*accountv1.ListSecondFactorsResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	page, next, err := s.app.ListSecondFactors(ctx, account, paging.Of(r))
	if err != nil {
		return nil, err
	}
	out := &accountv1.ListSecondFactorsResponse{NextPageToken: next}
	for _, f := range page {
		out.SecondFactors = append(out.SecondFactors, factorView(f))
	}
	return out, nil
}

// CreateSecondFactor begins to bind one.
func (s *Server) CreateSecondFactor(
	ctx context.Context, r *accountv1.CreateSecondFactorRequest,
) (*accountv1.SecondFactor, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	cmd := app.EnrolCommand{AccountID: account, Kind: r.GetKind(), Name: r.GetName()}
	return idempotency.Run(ctx, s.app.Answers, r, factorView,
		func(ctx context.Context, answered idempotency.Hook[app.SecondFactor]) (app.SecondFactor, error) {
			return s.app.Enrol(ctx, cmd, answered)
		})
}

// ActivateSecondFactor takes the first proof.
func (s *Server) ActivateSecondFactor(
	ctx context.Context, r *accountv1.ActivateSecondFactorRequest,
) (*accountv1.SecondFactor, error) {
	account, id, err := factorIDs(r)
	if err != nil {
		return nil, err
	}
	cmd := app.ActivateCommand{AccountID: account, FactorID: id, Code: r.GetCode(), Credential: text(r.GetCredential())}
	return idempotency.Run(ctx, s.app.Answers, r, factorView,
		func(ctx context.Context, answered idempotency.Hook[app.SecondFactor]) (app.SecondFactor, error) {
			return s.app.Activate(ctx, cmd, answered)
		})
}

// UpdateSecondFactor gives one another name.
func (s *Server) UpdateSecondFactor(
	ctx context.Context, r *accountv1.UpdateSecondFactorRequest,
) (*accountv1.SecondFactor, error) {
	account, id, err := factorIDs(r)
	if err != nil {
		return nil, err
	}
	return orError(factorView)(s.app.Rename(ctx, account, id, r.GetName()))
}

// DeleteSecondFactor takes one off the account.
func (s *Server) DeleteSecondFactor(ctx context.Context, r *accountv1.DeleteSecondFactorRequest) (*emptypb.Empty, error) {
	account, id, err := factorIDs(r)
	if err != nil {
		return nil, err
	}
	if err := s.app.Remove(ctx, account, id); err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, nil
}

// factorIDs are those of an account and of a factor, which need not exist.
func factorIDs(r interface {
	GetAccountId() string
	GetFactorId() string
},
) (account, factor uuid.UUID, err error) {
	if account, err = identifiers.ParseID(r.GetAccountId()); err != nil {
		return account, factor, err
	}
	if factor, err = identifiers.ParseID(r.GetFactorId()); err != nil {
		return account, factor, domain.FactorNotFound()
	}
	return account, factor, nil
}
