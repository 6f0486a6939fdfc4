package rpc

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"buf.build/go/protovalidate"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// ServerOptions is what a server needs from its platform.
type ServerOptions struct {
	Credentials credentials.TransportCredentials
	Rules       Rules
	Verifier    *Verifier
	Log         *slog.Logger
	Now         func() time.Time
	// Metrics is where calls are counted; nil: nowhere.
	Metrics prometheus.Registerer
	// IsUnavailable says that an error is a store that cannot be reached: the caller may try again later.
	IsUnavailable func(err error) bool
}

// NewServer makes a gRPC server that knows its callers, enforces the rules and answers refusals uniformly.
func NewServer(o ServerOptions) (*grpc.Server, error) {
	counted, err := newMetrics(o.Metrics)
	if err != nil {
		return nil, err
	}
	s := &server{ServerOptions: o, validator: protovalidate.GlobalValidator, metrics: counted}
	return grpc.NewServer(
		grpc.Creds(o.Credentials),
		grpc.StatsHandler(otelgrpc.NewServerHandler()),
		grpc.UnaryInterceptor(s.intercept),
		grpc.MaxRecvMsgSize(4<<20),
	), nil
}

type server struct {
	ServerOptions
	validator protovalidate.Validator
	metrics   *metrics
}

// intercept wraps every call: it identifies the caller, checks the rule and the request's bounds, runs the method, and
// turns its refusal into a status.
func (s *server) intercept(
	ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler,
) (resp any, err error) {
	begin, reason := s.Now(), "OK"
	defer func() { s.metrics.observe(info.FullMethod, reason, s.Now().Sub(begin)) }()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		if err != nil {
			e := errs.Refusal(err, s.IsUnavailable)
			s.logRefusal(ctx, info.FullMethod, e, err)
			resp, err, reason = nil, toStatus(e), e.Reason.String()
		}
	}()
	ctx, err = s.identify(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Rules.allow(ctx, info.FullMethod, req, s.Now()); err != nil {
		return nil, err
	}
	if m, ok := req.(proto.Message); ok {
		if err := s.validate(m); err != nil {
			return nil, err
		}
	}
	return handle(ctx, req)
}

func (s *server) identify(ctx context.Context) (context.Context, error) {
	if p, ok := peer.FromContext(ctx); ok {
		ctx = WithCaller(ctx, PeerName(p.AuthInfo))
	}
	md, _ := metadata.FromIncomingContext(ctx)
	ctx = WithRequest(ctx, requestFrom(md))
	token := first(md, keyUser)
	if token == "" {
		return ctx, nil
	}
	user, err := s.Verifier.Verify(token)
	if err != nil {
		return ctx, errs.Wrap(err, errorsv1.Reason_UNAUTHENTICATED, "the internal token is not valid")
	}
	return WithUser(ctx, user, token), nil
}

func (s *server) logRefusal(ctx context.Context, method string, e *errs.Error, err error) {
	level := slog.LevelInfo
	if e.Kind == errs.Internal {
		level = slog.LevelError
	}
	s.Log.Log(ctx, level, "call refused", "method", method, "reason", e.Reason.String(),
		"error", err.Error(), "caller", CallerOf(ctx), "request_id", RequestOf(ctx).ID)
}
