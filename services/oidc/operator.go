package oidc

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/secret"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/api"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// Operator is what an installation's operator does with clients, by the contract's methods and under its rules.
type Operator interface {
	ApplyClient(context.Context, *oidcv1.ApplyClientRequest) (*oidcv1.ApplyClientResponse, error)
	GetClient(context.Context, *oidcv1.GetClientRequest) (*oidcv1.Client, error)
	ListClients(context.Context, *oidcv1.ListClientsRequest) (*oidcv1.ListClientsResponse, error)
	DeleteClient(context.Context, *oidcv1.DeleteClientRequest) (*emptypb.Empty, error)
	AddClientSecret(context.Context, *oidcv1.AddClientSecretRequest) (*oidcv1.AddClientSecretResponse, error)
	DeleteClientSecret(context.Context, *oidcv1.DeleteClientSecretRequest) (*emptypb.Empty, error)
	ListClientRequests(context.Context, *oidcv1.ListClientRequestsRequest) (*oidcv1.ListClientRequestsResponse, error)
}

// NewOperator works on the service's schema, which the pool sees, whether the service runs or not. One that runs knows of a change
// within five seconds, and publishes what is told of it. Page tokens are good in this process alone.
func NewOperator(pool *pgxpool.Pool, now func() time.Time) Operator {
	a := &app.App{Store: store.New(pool, events.NewOutbox("oidc", now)), Keys: secret.NewKeys(), Now: now}
	return api.New(a)
}
