package api

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/secret"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// CreateClient registers a developer's client.
func (s *Server) CreateClient(ctx context.Context, r *oidcv1.CreateClientRequest) (*oidcv1.CreateClientResponse, error) {
	out, err := s.app.CreateClient(ctx, fromClient(r.GetClient()))
	if err != nil {
		return nil, err
	}
	return &oidcv1.CreateClientResponse{Client: toClient(out.Client), ClientSecret: out.Secret.Reveal()}, nil
}

// GetClient is one client.
func (s *Server) GetClient(ctx context.Context, r *oidcv1.GetClientRequest) (*oidcv1.Client, error) {
	c, err := s.app.StoredClient(ctx, r.GetClientId())
	if err != nil {
		return nil, err
	}
	return toClient(c), nil
}

// ListClients shows all clients, page by page.
func (s *Server) ListClients(ctx context.Context, r *oidcv1.ListClientsRequest) (*oidcv1.ListClientsResponse, error) {
	list, next, err := s.app.ListClients(ctx, r.GetOwner(), paging.Of(r))
	if err != nil {
		return nil, err
	}
	out := &oidcv1.ListClientsResponse{NextPageToken: next}
	for _, c := range list {
		out.Clients = append(out.Clients, toClient(c))
	}
	return out, nil
}

// UpdateClient changes settings of a client.
func (s *Server) UpdateClient(ctx context.Context, r *oidcv1.UpdateClientRequest) (*oidcv1.Client, error) {
	if err := checkMask(r.GetUpdateMask()); err != nil {
		return nil, err
	}
	out, err := s.app.ChangeClient(ctx, r.GetClient().GetClientId(), func(before domain.Client) (domain.Client, error) {
		return merge(before, r.GetClient(), r.GetUpdateMask()), nil
	})
	if err != nil {
		return nil, err
	}
	return toClient(out.Client), nil
}

// DeleteClient removes a client.
func (s *Server) DeleteClient(ctx context.Context, r *oidcv1.DeleteClientRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.app.DeleteClient(ctx, r.GetClientId())
}

// AddClientSecret gives a client one more secret.
func (s *Server) AddClientSecret(
	ctx context.Context, r *oidcv1.AddClientSecretRequest,
) (*oidcv1.AddClientSecretResponse, error) {
	out, err := s.app.AddSecret(ctx, r.GetClientId(), fromTime(r.GetExpireTime()), fromTime(r.GetOthersExpireTime()))
	if err != nil {
		return nil, err
	}
	return &oidcv1.AddClientSecretResponse{
		Client: toClient(out.Client), ClientSecret: out.Secret.Reveal(), SecretId: out.SecretID,
	}, nil
}

// DeleteClientSecret ends a secret of a client.
func (s *Server) DeleteClientSecret(ctx context.Context, r *oidcv1.DeleteClientSecretRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.app.DeleteSecret(ctx, r.GetClientId(), r.GetSecretId())
}

// ApplyClient makes a client what it is to be.
func (s *Server) ApplyClient(ctx context.Context, r *oidcv1.ApplyClientRequest) (*oidcv1.ApplyClientResponse, error) {
	cmd := app.ApplyCommand{Client: fromClient(r.GetClient()), DryRun: r.GetDryRun()}
	for _, n := range r.GetSecrets() {
		cmd.Secrets = append(cmd.Secrets, app.PlainSecret{Value: secret.New(n.GetValue()), ExpireTime: fromTime(n.GetExpireTime())})
	}
	out, err := s.app.ApplyClient(ctx, cmd)
	if err != nil {
		return nil, err
	}
	return &oidcv1.ApplyClientResponse{Client: toClient(out.Client), Changed: out.Changed, Created: out.Created}, nil
}

func fromTime(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}
