package api

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// ChooseAccount notes that the person goes on with the account that is signed in.
func (s *Server) ChooseAccount(ctx context.Context, r *oidcv1.ChooseAccountRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.app.ChooseAccount(ctx, r.GetInteractionId(), r.GetSessionId(), r.GetBrowser())
}

// HoldRequest keeps a request that waits for the account's level.
func (s *Server) HoldRequest(ctx context.Context, r *oidcv1.HoldRequestRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.app.Hold(ctx, r.GetInteractionId(), r.GetSessionId(), r.GetBrowser())
}

// ListHeldRequests returns which partners wait.
func (s *Server) ListHeldRequests(
	ctx context.Context, r *oidcv1.ListHeldRequestsRequest,
) (*oidcv1.ListHeldRequestsResponse, error) {
	list, err := s.app.Held(ctx, r.GetAccountId())
	if err != nil {
		return nil, err
	}
	out := &oidcv1.ListHeldRequestsResponse{}
	for _, h := range list {
		out.HeldRequests = append(out.HeldRequests, &oidcv1.HeldRequest{
			Id: h.ID.String(), Partner: partner(h.Client), RequiredLevel: h.Level,
			CreateTime: timestamppb.New(h.CreatedAt), ExpireTime: timestamppb.New(h.ExpiresAt),
		})
	}
	return out, nil
}

// DeleteHeldRequest gives one up.
func (s *Server) DeleteHeldRequest(ctx context.Context, r *oidcv1.DeleteHeldRequestRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.app.DeleteHeld(ctx, r.GetAccountId(), r.GetHeldRequestId())
}

// GetPartner returns who a client is.
func (s *Server) GetPartner(ctx context.Context, r *oidcv1.GetPartnerRequest) (*oidcv1.Partner, error) {
	c, err := s.app.Partner(ctx, r.GetClientId())
	if err != nil {
		return nil, err
	}
	return partner(c), nil
}

// ListPartnerSignIns returns which partners an account was signed in to.
func (s *Server) ListPartnerSignIns(
	ctx context.Context, r *oidcv1.ListPartnerSignInsRequest,
) (*oidcv1.ListPartnerSignInsResponse, error) {
	until := s.app.Now()
	if r.GetUntilTime() != nil {
		until = r.GetUntilTime().AsTime()
	}
	list, err := s.app.PartnerSignIns(ctx, r.GetAccountId(), r.GetSinceTime().AsTime(), until)
	if err != nil {
		return nil, err
	}
	out := &oidcv1.ListPartnerSignInsResponse{}
	for _, p := range list {
		out.SignIns = append(out.SignIns, &oidcv1.PartnerSignIn{
			Partner: partner(p.Client), Time: moment(p.Time), Claims: p.Claims, ReleaseTime: moment(p.ReleaseTime),
		})
	}
	return out, nil
}
