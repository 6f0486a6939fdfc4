// Package api is profile's gRPC face.
package api

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/app"
)

// Server translates between protobuf and the use cases.
type Server struct {
	profilev1.UnimplementedProfileServiceServer
	app *app.App
}

// New serves the use cases.
func New(a *app.App) *Server { return &Server{app: a} }

// GetPerson shows the card.
func (s *Server) GetPerson(ctx context.Context, r *profilev1.GetPersonRequest) (*profilev1.Person, error) {
	p, err := s.app.GetPerson(ctx, id(r.GetAccountId()))
	if err != nil {
		return nil, err
	}
	return person(p), nil
}

// UpdatePerson edits the card.
func (s *Server) UpdatePerson(ctx context.Context, r *profilev1.UpdatePersonRequest) (*profilev1.Person, error) {
	changes, err := edit(r.GetPerson(), r.GetUpdateMask())
	if err != nil {
		return nil, err
	}
	p, err := s.app.UpdatePerson(ctx, app.UpdateCommand{
		Account: id(r.GetAccountId()), Edit: changes, IfMatch: r.GetIfMatch(),
	})
	if err != nil {
		return nil, err
	}
	return person(p), nil
}

// PutCard writes the card of an account that is being made.
func (s *Server) PutCard(ctx context.Context, r *profilev1.PutCardRequest) (*emptypb.Empty, error) {
	changes, err := edit(r.GetPerson(), nil)
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.PutCard(ctx, app.PutCommand{
		Account: id(r.GetAccountId()), Edit: changes, Phone: r.GetUnprovenPhone(), Email: r.GetUnprovenEmail(),
	})
}

// GetCard gives everything known about a person.
func (s *Server) GetCard(ctx context.Context, r *profilev1.GetCardRequest) (*profilev1.Card, error) {
	c, err := s.app.GetCard(ctx, id(r.GetAccountId()))
	if err != nil {
		return nil, err
	}
	return card(c), nil
}

// FreezeSnapshot submits the card and the passport.
func (s *Server) FreezeSnapshot(ctx context.Context, r *profilev1.FreezeSnapshotRequest) (*profilev1.Snapshot, error) {
	frozen, err := s.app.Freeze(ctx, id(r.GetAccountId()))
	if err != nil {
		return nil, err
	}
	return snapshot(frozen), nil
}

// GetSnapshot gives a frozen card.
func (s *Server) GetSnapshot(ctx context.Context, r *profilev1.GetSnapshotRequest) (*profilev1.Snapshot, error) {
	frozen, err := s.app.GetSnapshot(ctx, id(r.GetSnapshotId()))
	if err != nil {
		return nil, err
	}
	return snapshot(frozen), nil
}
