// Package api is the service's gRPC face: proto to domain and back.
package api

import (
	"context"

	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	"github.com/propusk-id/propusk/services/registry/internal/app"
)

// Server implements registry.v1.
type Server struct {
	registryv1.UnimplementedRegistryServiceServer
	app *app.App
}

// New makes the server.
func New(a *app.App) *Server { return &Server{app: a} }

// CheckPension asks PFR.
func (s *Server) CheckPension(
	ctx context.Context, r *registryv1.CheckPensionRequest,
) (*registryv1.CheckResponse, error) {
	q, err := pensionQuestion(r)
	if err != nil {
		return nil, err
	}
	found, err := s.app.CheckPension(ctx, q)
	return checkResponse(found), err
}

// CheckPassport asks FMS.
func (s *Server) CheckPassport(
	ctx context.Context, r *registryv1.CheckPassportRequest,
) (*registryv1.CheckResponse, error) {
	q, err := passportQuestion(r)
	if err != nil {
		return nil, err
	}
	found, err := s.app.CheckPassport(ctx, q)
	return checkResponse(found), err
}

// ListPersonas lists the people with fixed scenarios.
func (s *Server) ListPersonas(
	context.Context, *registryv1.ListPersonasRequest,
) (*registryv1.ListPersonasResponse, error) {
	out := &registryv1.ListPersonasResponse{}
	for _, p := range s.app.Personas() {
		out.Personas = append(out.Personas, persona(p))
	}
	return out, nil
}

// GetPerson returns person n of the population.
func (s *Server) GetPerson(_ context.Context, r *registryv1.GetPersonRequest) (*registryv1.Persona, error) {
	p, err := s.app.Person(r.GetN())
	if err != nil {
		return nil, err
	}
	return persona(p), nil
}
