// Package api is oidc's gRPC face, for the hosted pages and the sandbox.
package api

import (
	"context"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Server translates between protobuf and the use cases.
type Server struct {
	oidcv1.UnimplementedOIDCServiceServer
	app *app.App
}

// New serves the use cases.
func New(a *app.App) *Server { return &Server{app: a} }

// GetInteraction returns what a partner requested.
func (s *Server) GetInteraction(ctx context.Context, r *oidcv1.GetInteractionRequest) (*oidcv1.Interaction, error) {
	view, err := s.app.GetInteraction(ctx, r.GetInteractionId(), r.GetSessionId(), r.GetBrowser())
	if err != nil {
		return nil, err
	}
	return interaction(view), nil
}

func interaction(v app.InteractionView) *oidcv1.Interaction {
	q := v.Interaction.Request
	out := &oidcv1.Interaction{
		InteractionId: v.Interaction.ID, ClientId: v.Client.ID, ClientNames: v.Client.Names, Silent: q.Silent,
		LoginHint: q.LoginHint, Language: q.Language, RequiredLevel: q.Level,
		ExpireTime: timestamppb.New(v.Interaction.ExpireTime), Needs: v.Needs, ContinueUrl: v.ContinueURL,
		Partner: partner(v.Client),
	}
	if len(out.Needs) == 0 {
		out.Needs = []oidcv1.Need{oidcv1.Need_READY}
	}
	for _, scope := range q.Scopes {
		out.Scopes = append(out.Scopes, &oidcv1.ScopeRequest{
			Scope: scope, Purpose: v.Client.Purpose(scope), Granted: slices.Contains(v.Consent.Scopes, scope),
			Claims: claims(v.Claims[scope]),
		})
	}
	return out
}

func claims(list []app.ClaimView) []*oidcv1.ClaimRequest {
	var out []*oidcv1.ClaimRequest
	for _, c := range list {
		out = append(out, &oidcv1.ClaimRequest{Claim: c.Claim, Value: c.Value, Voluntary: c.Voluntary, Declined: c.Declined})
	}
	return out
}

func partner(c domain.Client) *oidcv1.Partner {
	return &oidcv1.Partner{ClientId: c.ID, Names: c.Names, Host: c.Host(), StartUrl: c.Start()}
}

// DecideInteraction records a decision.
func (s *Server) DecideInteraction(
	ctx context.Context, r *oidcv1.DecideInteractionRequest,
) (*oidcv1.DecideInteractionResponse, error) {
	url, err := s.app.Decide(ctx, app.DecideCommand{
		InteractionID: r.GetInteractionId(), SessionID: r.GetSessionId(), Browser: r.GetBrowser(),
		Decision: r.GetDecision(), Scopes: r.GetScopes(), Declined: r.GetDeclinedClaims(),
	})
	if err != nil {
		return nil, err
	}
	return &oidcv1.DecideInteractionResponse{ContinueUrl: url}, nil
}

// GetLogout returns which partner asked to sign the person out.
func (s *Server) GetLogout(ctx context.Context, r *oidcv1.GetLogoutRequest) (*oidcv1.Logout, error) {
	view, err := s.app.GetLogout(ctx, r.GetLogoutId(), r.GetSessionId())
	if err != nil {
		return nil, err
	}
	return &oidcv1.Logout{
		LogoutId: view.Logout.ID, ClientId: view.Client.ID, ClientNames: view.Client.Names,
		Confirmed: view.Confirmed, ContinueUrl: view.ContinueURL, Language: view.Logout.Language,
	}, nil
}
