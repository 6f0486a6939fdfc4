package rpc

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
)

// callTimeout bounds a call whose context has no deadline.
const callTimeout = 15 * time.Second

// ErrInTransaction is the answer to a call made inside a database transaction: it would hold a connection for as
// long as another service likes.
var ErrInTransaction = errors.New("a call to another service inside a database transaction")

type noCallsKey struct{}

// ForbidCalls marks a context in which no other service may be called.
func ForbidCalls(ctx context.Context) context.Context {
	return context.WithValue(ctx, noCallsKey{}, true)
}

// NewClient connects to a service; the connection is made when it is first used.
func NewClient(target string, creds credentials.TransportCredentials, more ...grpc.DialOption) (*grpc.ClientConn, error) {
	registerInTurn()
	return grpc.NewClient(target, append([]grpc.DialOption{
		grpc.WithTransportCredentials(creds),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()),
		grpc.WithUnaryInterceptor(outgoing),
		grpc.WithDefaultServiceConfig(serviceConfig),
	}, more...)...)
}

// outgoing takes the request's metadata and the person's token along, and brings refusals back as errs.Error.
func outgoing(
	ctx context.Context, method string, req, resp any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	if forbidden, _ := ctx.Value(noCallsKey{}).(bool); forbidden {
		return ErrInTransaction
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, callTimeout)
		defer cancel()
	}
	pairs := RequestOf(ctx).pairs()
	if t := userToken(ctx); t != "" {
		pairs = append(pairs, keyUser, t)
	}
	ctx = metadata.AppendToOutgoingContext(ctx, pairs...)
	return FromStatus(invokeAware(ctx, method, req, resp, cc, invoke, opts...))
}
