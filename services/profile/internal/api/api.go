// Package api is profile's gRPC server.
package api

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/propusk-id/propusk/pkg/identifiers"
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

// GetPerson reads the card.
func (s *Server) GetPerson(ctx context.Context, r *profilev1.GetPersonRequest) (*profilev1.Person, error) {
	id, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	p, err := s.app.GetPerson(ctx, id)
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
	id, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	p, err := s.app.UpdatePerson(ctx, app.UpdateCommand{
		Account: id, Edit: changes, IfMatch: r.GetIfMatch(),
	})
	if err != nil {
		return nil, err
	}
	return person(p), nil
}

// PutCard writes the card of an account that is being created.
func (s *Server) PutCard(ctx context.Context, r *profilev1.PutCardRequest) (*emptypb.Empty, error) {
	changes, err := edit(r.GetPerson(), nil)
	if err != nil {
		return nil, err
	}
	id, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.PutCard(ctx, app.PutCommand{
		Account: id, Edit: changes, Phone: r.GetUnprovenPhone(), Email: r.GetUnprovenEmail(),
	})
}

// GetCard gives what is known about a person, or those parts of it that are asked for.
func (s *Server) GetCard(ctx context.Context, r *profilev1.GetCardRequest) (*profilev1.Card, error) {
	id, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	parts, err := cardParts(r.GetReadMask())
	if err != nil {
		return nil, err
	}
	c, err := s.app.GetCard(ctx, id, parts)
	if err != nil {
		return nil, err
	}
	return card(c), nil
}

// FreezeSnapshot submits the card and the passport.
func (s *Server) FreezeSnapshot(ctx context.Context, r *profilev1.FreezeSnapshotRequest) (*profilev1.Snapshot, error) {
	id, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	frozen, err := s.app.Freeze(ctx, id)
	if err != nil {
		return nil, err
	}
	return snapshot(frozen), nil
}

// GetSnapshot gives a frozen card.
func (s *Server) GetSnapshot(ctx context.Context, r *profilev1.GetSnapshotRequest) (*profilev1.Snapshot, error) {
	id, err := identifiers.ParseID(r.GetSnapshotId())
	if err != nil {
		return nil, err
	}
	frozen, err := s.app.GetSnapshot(ctx, id)
	if err != nil {
		return nil, err
	}
	return snapshot(frozen), nil
}

// ids are those of an account and of something that belongs to it; what cannot be an id is not found, as one that nobody
// has.
func ids(account, thing string, notFound func() error) (accountID, thingID uuid.UUID, err error) {
	if accountID, err = identifiers.ParseID(account); err != nil {
		return accountID, thingID, err
	}
	if thingID, err = identifiers.ParseID(thing); err != nil {
		err = notFound()
	}
	return accountID, thingID, err
}
