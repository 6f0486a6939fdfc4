package api

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/app"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
)

// CreateAddress adds an address.
func (s *Server) CreateAddress(ctx context.Context, r *profilev1.CreateAddressRequest) (*profilev1.Address, error) {
	changes, err := edit(r.GetAddress(), nil)
	if err != nil {
		return nil, err
	}
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	cmd := app.CreateCommand[profilev1.AddressType]{Account: account, Type: r.GetAddress().GetType(), Edit: changes}
	return idempotency.Run(ctx, s.app.Answers, r, address,
		func(ctx context.Context, answered idempotency.Hook[domain.Versioned[domain.Address]]) (domain.Versioned[domain.Address], error) {
			return s.app.CreateAddress(ctx, cmd, answered)
		})
}

// ListAddresses gives a page of the addresses.
func (s *Server) ListAddresses(
	ctx context.Context, r *profilev1.ListAddressesRequest,
) (*profilev1.ListAddressesResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	list, next, err := s.app.ListAddresses(ctx, account, paging.Of(r))
	if err != nil {
		return nil, err
	}
	return &profilev1.ListAddressesResponse{Addresses: all(list, address), NextPageToken: next}, nil
}

// GetAddress reads one address.
func (s *Server) GetAddress(ctx context.Context, r *profilev1.GetAddressRequest) (*profilev1.Address, error) {
	account, id, err := ids(r.GetAccountId(), r.GetAddressId(), domain.AddressNotFound)
	if err != nil {
		return nil, err
	}
	found, err := s.app.GetAddress(ctx, account, id)
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
	account, id, err := ids(r.GetAccountId(), r.GetAddressId(), domain.AddressNotFound)
	if err != nil {
		return nil, err
	}
	edited, err := s.app.UpdateAddress(ctx, app.UpdateCommand{
		Account: account, ID: id, Edit: changes, IfMatch: r.GetIfMatch(),
	})
	if err != nil {
		return nil, err
	}
	return address(edited), nil
}

// DeleteAddress removes an address.
func (s *Server) DeleteAddress(ctx context.Context, r *profilev1.DeleteAddressRequest) (*emptypb.Empty, error) {
	account, id, err := ids(r.GetAccountId(), r.GetAddressId(), domain.AddressNotFound)
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.DeleteAddress(ctx, account, id)
}
