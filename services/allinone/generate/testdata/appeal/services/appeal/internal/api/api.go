// Package api answers the contract.
package api

import (
	"context"

	"github.com/propusk-id/propusk/pkg/rpc"
	appealv1 "github.com/propusk-id/propusk/proto/gen/propusk/appeal/v1"
	"github.com/propusk-id/propusk/services/appeal/internal/app"
)

// Rules say who may call what.
var Rules = rpc.Rules{
	appealv1.AppealService_PutAppeal_FullMethodName: rpc.From("gateway"),
	appealv1.AppealService_GetAppeal_FullMethodName: rpc.From("gateway"),
}

type server struct {
	appealv1.UnimplementedAppealServiceServer
	app *app.App
}

// New is the contract's server.
func New(a *app.App) appealv1.AppealServiceServer { return server{app: a} }

// PutAppeal keeps an appeal.
func (s server) PutAppeal(ctx context.Context, r *appealv1.PutAppealRequest) (*appealv1.Appeal, error) {
	if err := s.app.Put(ctx, r.GetAppealId(), r.GetText()); err != nil {
		return nil, err
	}
	return s.app.Get(ctx, r.GetAppealId())
}

// GetAppeal reads it.
func (s server) GetAppeal(ctx context.Context, r *appealv1.GetAppealRequest) (*appealv1.Appeal, error) {
	return s.app.Get(ctx, r.GetAppealId())
}
