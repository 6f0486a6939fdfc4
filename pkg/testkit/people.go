package testkit

import (
	"context"

	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
)

// As is a context in which a person of this account is signed in, just now, by password.
func (e *Env) As(accountID string, level rpc.Level) context.Context {
	e.t.Helper()
	return e.AsUser(rpc.User{
		AccountID: accountID, SessionID: secret.NewID().String(), Level: level.Number(),
		AuthTime: e.now(), ProofTime: e.now(), AMR: []string{"pwd"},
	})
}

// AsUser is a context in which this person is signed in.
func (e *Env) AsUser(u rpc.User) context.Context {
	e.t.Helper()
	token, err := e.as("gateway").Minter().Mint(u)
	if err != nil {
		e.t.Fatal(err)
	}
	return rpc.WithUser(context.Background(), u, token)
}

// WithKey is the context with an idempotency key.
func WithKey(ctx context.Context, key string) context.Context {
	r := rpc.RequestOf(ctx)
	r.IdempotencyKey = key
	return rpc.WithRequest(ctx, r)
}

// From is the context of a request from this address.
func From(ctx context.Context, ip string) context.Context {
	r := rpc.RequestOf(ctx)
	r.ClientIP = ip
	return rpc.WithRequest(ctx, r)
}
