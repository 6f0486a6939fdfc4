package api

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/misbehaviour"
)

// SetMisbehaviour has the server misbehave for a client.
func (s *Server) SetMisbehaviour(ctx context.Context, r *oidcv1.SetMisbehaviourRequest) (*oidcv1.Misbehaviour, error) {
	life := domain.DefaultMisbehaviour
	if r.GetDuration() != nil {
		life = r.GetDuration().AsDuration()
	}
	m, err := s.app.SetMisbehaviour(ctx, r.GetClientId(), r.GetKinds(), life)
	return toMisbehaviour(m), err
}

// GetMisbehaviour is how the server misbehaves for a client.
func (s *Server) GetMisbehaviour(ctx context.Context, r *oidcv1.GetMisbehaviourRequest) (*oidcv1.Misbehaviour, error) {
	m, err := s.app.Misbehaviour(ctx, r.GetClientId())
	return toMisbehaviour(m), err
}

func toMisbehaviour(m domain.Misbehaviour) *oidcv1.Misbehaviour {
	if len(m.Kinds) == 0 {
		return &oidcv1.Misbehaviour{}
	}
	return &oidcv1.Misbehaviour{Kinds: m.Kinds, ExpireTime: timestamppb.New(m.ExpireTime)}
}

// ListMisbehaviourKinds shows in which ways the server can misbehave.
func (s *Server) ListMisbehaviourKinds(
	context.Context, *oidcv1.ListMisbehaviourKindsRequest,
) (*oidcv1.ListMisbehaviourKindsResponse, error) {
	out := &oidcv1.ListMisbehaviourKindsResponse{}
	for _, k := range misbehaviour.All() {
		out.Kinds = append(out.Kinds, &oidcv1.MisbehaviourKind{Kind: k.Name, Does: k.Does, Right: k.Right})
	}
	return out, nil
}
