// Package api is confirmation's gRPC face.
package api

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

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

// CreateLetterOrder prints a registered letter.
func (s *Server) CreateLetterOrder(
	ctx context.Context, r *confirmationv1.CreateLetterOrderRequest,
) (*confirmationv1.LetterOrder, error) {
	l, err := s.app.Order(ctx, app.OrderCommand{AccountID: r.GetAccountId(), AddressID: r.GetAddressId()})
	if err != nil {
		return nil, err
	}
	return order(l), nil
}

// ListLetterOrders shows a person's letters.
func (s *Server) ListLetterOrders(
	ctx context.Context, r *confirmationv1.ListLetterOrdersRequest,
) (*confirmationv1.ListLetterOrdersResponse, error) {
	letters, err := s.app.Letters(ctx, r.GetAccountId())
	if err != nil {
		return nil, err
	}
	out := &confirmationv1.ListLetterOrdersResponse{}
	for _, l := range letters {
		out.LetterOrders = append(out.LetterOrders, order(l))
	}
	return out, nil
}

// GetLetterOrder shows one letter.
func (s *Server) GetLetterOrder(
	ctx context.Context, r *confirmationv1.GetLetterOrderRequest,
) (*confirmationv1.LetterOrder, error) {
	l, err := s.app.Letter(ctx, r.GetAccountId(), r.GetLetterOrderId())
	if err != nil {
		return nil, err
	}
	return order(l), nil
}

// RedeemCode takes the letter's code.
func (s *Server) RedeemCode(
	ctx context.Context, r *confirmationv1.RedeemCodeRequest,
) (*confirmationv1.RedeemCodeResponse, error) {
	out, err := s.app.Redeem(ctx, app.RedeemCommand{AccountID: r.GetAccountId(), Code: r.GetCode()})
	if err != nil {
		return nil, err
	}
	return &confirmationv1.RedeemCodeResponse{
		Level:        out.Level,
		Confirmation: &accountv1.Confirmation{Method: out.Method, Time: timestamppb.New(out.Time)},
	}, nil
}

func order(l app.LetterView) *confirmationv1.LetterOrder {
	return &confirmationv1.LetterOrder{
		Id: l.ID.String(), State: confirmationv1.LetterState(confirmationv1.LetterState_value[string(l.State)]),
		TrackingNumber: l.TrackingNumber, TrackingUrl: l.TrackingURL, Address: l.Address,
		CodeExpireTime: timestamppb.New(l.ExpireTime), CreateTime: timestamppb.New(l.CreateTime),
		ReorderTime: timestamppb.New(l.ReorderTime),
	}
}
