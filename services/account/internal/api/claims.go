package api

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// Claims is the contract of contacts that others have now.
type Claims struct {
	accountv1.UnimplementedContactClaimServiceServer
	app *app.App
}

// CreateContactClaim sends a contact its code.
func (s *Claims) CreateContactClaim(
	ctx context.Context, r *accountv1.CreateContactClaimRequest,
) (*accountv1.ContactClaim, error) {
	return idempotency.Run(ctx, s.app.Answers, r, claimView,
		func(ctx context.Context, answered idempotency.Hook[app.Claimed]) (app.Claimed, error) {
			return s.app.ClaimContact(ctx, kindOf(r.GetKind()), r.GetValue(), answered)
		})
}

// SendContactClaimCode sends another code.
func (s *Claims) SendContactClaimCode(
	ctx context.Context, r *accountv1.SendContactClaimCodeRequest,
) (*accountv1.ContactClaim, error) {
	return idempotency.Run(ctx, s.app.Answers, r, claimView,
		func(ctx context.Context, answered idempotency.Hook[app.Claimed]) (app.Claimed, error) {
			return s.app.ResendClaimCode(ctx, r.GetClaimToken(), answered)
		})
}

// VerifyContactClaim proves the contact.
func (s *Claims) VerifyContactClaim(
	ctx context.Context, r *accountv1.VerifyContactClaimRequest,
) (*accountv1.ContactClaim, error) {
	return idempotency.Run(ctx, s.app.Answers, r, claimView,
		func(ctx context.Context, answered idempotency.Hook[app.Claimed]) (app.Claimed, error) {
			return s.app.VerifyClaim(ctx, r.GetClaimToken(), r.GetCode(), answered)
		})
}

// CompleteContactClaim takes the contact off the account that has it.
func (s *Claims) CompleteContactClaim(
	ctx context.Context, r *accountv1.CompleteContactClaimRequest,
) (*accountv1.ContactClaim, error) {
	return orError(claimView)(s.app.CompleteClaim(ctx, r.GetClaimToken()))
}

// CancelContactClaim stops a claim by its link.
func (s *Claims) CancelContactClaim(
	ctx context.Context, r *accountv1.CancelContactClaimRequest,
) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.app.CancelClaim(ctx, r.GetCancelToken())
}

func claimView(c app.Claimed) *accountv1.ContactClaim {
	out := &accountv1.ContactClaim{
		ClaimToken: c.Token.Reveal(), State: accountv1.ContactClaim_FREE, Destination: c.Contact.Masked(),
		ExpireTime: timestamppb.New(c.ExpireTime),
	}
	switch c.State {
	case domain.ClaimSent:
		out.State = accountv1.ContactClaim_CODE_SENT
		out.CodeExpireTime, out.ResendTime = timeView(c.CodeExpireTime), timeView(c.ResendTime)
	case domain.ClaimWaiting:
		out.State, out.EffectiveTime = accountv1.ContactClaim_WAITING, timeView(c.EffectiveTime)
	case domain.ClaimFree, domain.ClaimGivenUp:
	}
	return out
}
