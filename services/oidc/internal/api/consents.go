package api

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/rpc"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Register adds the contracts to the server.
func Register(r grpc.ServiceRegistrar, a *app.App) {
	oidcv1.RegisterOIDCServiceServer(r, New(a))
	oidcv1.RegisterConsentServiceServer(r, &Consents{app: a})
}

// Consents is the contract of what people see and end of their sites.
type Consents struct {
	oidcv1.UnimplementedConsentServiceServer
	app *app.App
}

// ListConsents shows what sites get.
func (s *Consents) ListConsents(ctx context.Context, r *oidcv1.ListConsentsRequest) (*oidcv1.ListConsentsResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	page, next, err := s.app.Consents(ctx, account, paging.Of(r))
	if err != nil {
		return nil, err
	}
	out := &oidcv1.ListConsentsResponse{NextPageToken: next}
	for _, v := range page {
		out.Consents = append(out.Consents, consent(ctx, v))
	}
	return out, nil
}

func consent(ctx context.Context, v app.ConsentView) *oidcv1.Consent {
	out := &oidcv1.Consent{
		Site: site(ctx, v.Client), AgreeTime: timestamppb.New(v.AgreeTime), Scopes: v.Scopes,
		OfflineAccess:   slices.Contains(v.Limit(v.Scopes), domain.Offline),
		LastReleaseTime: moment(v.Releases.Last("")), ReleaseCount: int32(min(v.Releases.Times(), math.MaxInt32)),
		Outdated: len(v.Agreed(v.Client)) < len(v.Scopes),
	}
	for _, claim := range v.Claims() {
		out.Claims = append(out.Claims, &oidcv1.ConsentClaim{
			Claim: claim, Voluntary: slices.Contains(v.Client.VoluntaryClaims, claim), Declined: v.Declines(v.Client, claim),
			LastReleaseTime: moment(v.Releases.Last(claim)),
		})
	}
	return out
}

func site(ctx context.Context, c domain.Client) *oidcv1.Site {
	return &oidcv1.Site{
		ClientId: c.ID, Name: cmp.Or(c.Names[rpc.RequestOf(ctx).Language], c.ID), Host: c.Host(), StartUrl: c.Start(),
	}
}

// moment is nil for an instant that never was.
func moment(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// WithdrawConsent takes back what was agreed to for a site.
func (s *Consents) WithdrawConsent(ctx context.Context, r *oidcv1.WithdrawConsentRequest) (*emptypb.Empty, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.WithdrawConsent(ctx, account, r.GetClientId())
}

// ListGrants shows where the account is signed in.
func (s *Consents) ListGrants(ctx context.Context, r *oidcv1.ListGrantsRequest) (*oidcv1.ListGrantsResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	page, next, err := s.app.OpenGrants(ctx, account, paging.Of(r))
	if err != nil {
		return nil, err
	}
	out := &oidcv1.ListGrantsResponse{NextPageToken: next}
	for _, g := range page {
		out.Grants = append(out.Grants, &oidcv1.Grant{
			Id: g.ID.String(), Site: site(ctx, g.Client), Scopes: g.Scopes, Offline: g.Offline,
			CreateTime: timestamppb.New(g.IssueTime), LastUseTime: timestamppb.New(g.LastUseTime),
			ExpireTime: timestamppb.New(g.ExpireTime),
		})
	}
	return out, nil
}

// EndGrant ends one.
func (s *Consents) EndGrant(ctx context.Context, r *oidcv1.EndGrantRequest) (*emptypb.Empty, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	id, err := identifiers.ParseID(r.GetGrantId())
	if err != nil {
		return nil, domain.ErrNoGrant()
	}
	return &emptypb.Empty{}, s.app.EndGrant(ctx, account, id)
}
