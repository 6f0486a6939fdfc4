// Package api is confirmation's gRPC face.
package api

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/app"
)

// Server translates between protobuf and the use cases.
type Server struct {
	confirmationv1.UnimplementedConfirmationServiceServer
	app *app.App
}

// New serves the use cases.
func New(a *app.App) *Server { return &Server{app: a} }

// CreateLetterOrder orders a registered letter.
func (s *Server) CreateLetterOrder(
	ctx context.Context, r *confirmationv1.CreateLetterOrderRequest,
) (*confirmationv1.LetterOrder, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return idempotency.Run(ctx, s.app.Answers, r, order,
		func(ctx context.Context, answered idempotency.Hook[app.LetterView]) (app.LetterView, error) {
			return s.app.Order(ctx, app.OrderCommand{AccountID: account, AddressID: r.GetAddressId(), Address: r.GetAddress()}, answered)
		})
}

// ListLetterOrders gives a page of a person's letters.
func (s *Server) ListLetterOrders(
	ctx context.Context, r *confirmationv1.ListLetterOrdersRequest,
) (*confirmationv1.ListLetterOrdersResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	letters, next, err := s.app.Letters(ctx, account, paging.Of(r))
	if err != nil {
		return nil, err
	}
	out := &confirmationv1.ListLetterOrdersResponse{NextPageToken: next}
	for _, l := range letters {
		out.LetterOrders = append(out.LetterOrders, order(l))
	}
	return out, nil
}

// GetLetterOrder gives one letter.
func (s *Server) GetLetterOrder(
	ctx context.Context, r *confirmationv1.GetLetterOrderRequest,
) (*confirmationv1.LetterOrder, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	id, err := identifiers.ParseID(r.GetLetterOrderId())
	if err != nil {
		return nil, err
	}
	l, err := s.app.Letter(ctx, account, id)
	if err != nil {
		return nil, err
	}
	return order(l), nil
}

// RedeemCode redeems the letter's code.
func (s *Server) RedeemCode(
	ctx context.Context, r *confirmationv1.RedeemCodeRequest,
) (*confirmationv1.RedeemCodeResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return idempotency.Run(ctx, s.app.Answers, r, confirmed,
		func(ctx context.Context, answered idempotency.Hook[app.Confirmed]) (app.Confirmed, error) {
			return s.app.Redeem(ctx, app.RedeemCommand{AccountID: account, Code: secret.New(r.GetCode())}, answered)
		})
}

func confirmed(c app.Confirmed) *confirmationv1.RedeemCodeResponse {
	return &confirmationv1.RedeemCodeResponse{
		Level:        c.Level,
		Confirmation: &accountv1.Confirmation{Method: c.Method, Time: timestamppb.New(c.Time)},
	}
}

func order(l app.LetterView) *confirmationv1.LetterOrder {
	return &confirmationv1.LetterOrder{
		Id: l.ID.String(), State: l.State,
		TrackingNumber: l.TrackingNumber, TrackingUrl: l.TrackingURL, Address: l.Address,
		CodeExpireTime: timestamppb.New(l.ExpireTime), CreateTime: timestamppb.New(l.CreateTime),
		ReorderTime: timestamppb.New(l.ReorderTime), ExpectedFrom: l.ExpectedFrom, ExpectedUntil: l.ExpectedUntil,
	}
}
