package api

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/app"
)

// CreateAddress adds an address.
func (s *Server) CreateAddress(ctx context.Context, r *profilev1.CreateAddressRequest) (*profilev1.Address, error) {
	changes, err := edit(r.GetAddress(), nil)
	if err != nil {
		return nil, err
	}
	made, err := s.app.CreateAddress(ctx, app.CreateCommand{
		Account: id(r.GetAccountId()), Type: kind(r.GetAddress().GetType()), Edit: changes,
	})
	if err != nil {
		return nil, err
	}
	return address(made), nil
}

// ListAddresses shows all addresses.
func (s *Server) ListAddresses(
	ctx context.Context, r *profilev1.ListAddressesRequest,
) (*profilev1.ListAddressesResponse, error) {
	list, err := s.app.ListAddresses(ctx, id(r.GetAccountId()))
	if err != nil {
		return nil, err
	}
	return &profilev1.ListAddressesResponse{Addresses: all(list, address)}, nil
}

// GetAddress shows one address.
func (s *Server) GetAddress(ctx context.Context, r *profilev1.GetAddressRequest) (*profilev1.Address, error) {
	found, err := s.app.GetAddress(ctx, id(r.GetAccountId()), id(r.GetAddressId()))
	if err != nil {
		return nil, err
	}
	return address(found), nil
}

// UpdateAddress edits an address.
func (s *Server) UpdateAddress(ctx context.Context, r *profilev1.UpdateAddressRequest) (*profilev1.Address, error) {
	changes, err := edit(r.GetAddress(), r.GetUpdateMask())
	if err != nil {
		return nil, err
	}
	edited, err := s.app.UpdateAddress(ctx, app.UpdateCommand{
		Account: id(r.GetAccountId()), ID: id(r.GetAddressId()), Edit: changes, IfMatch: r.GetIfMatch(),
	})
	if err != nil {
		return nil, err
	}
	return address(edited), nil
}

// DeleteAddress removes an address.
func (s *Server) DeleteAddress(ctx context.Context, r *profilev1.DeleteAddressRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.app.DeleteAddress(ctx, id(r.GetAccountId()), id(r.GetAddressId()))
}
