package rest

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/rpc"
	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
)

// callerConn fills in what a REST caller may not choose: the fields of a request that the contract marks as meaning the
// caller, and no others.
type callerConn struct{ grpc.ClientConnInterface }

// Invoke makes the call with the request completed.
func (c callerConn) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if m, ok := args.(proto.Message); ok {
		if err := fill(ctx, m.ProtoReflect()); err != nil {
			return err
		}
	}
	return c.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func fill(ctx context.Context, m protoreflect.Message) error {
	user, _ := rpc.UserOf(ctx)
	for _, f := range contract.Filled(m.Descriptor()) {
		switch contract.FilledWith(f) {
		case optionsv1.Caller_ACCOUNT_ID:
			m.Set(f, protoreflect.ValueOfString(user.AccountID))
		case optionsv1.Caller_SESSION_ID:
			m.Set(f, protoreflect.ValueOfString(user.SessionID))
		case optionsv1.Caller_IF_MATCH:
			condition, err := ifMatch(ctx)
			if err != nil {
				return err
			}
			m.Set(f, protoreflect.ValueOfString(condition))
		case optionsv1.Caller_SURFACE:
			m.Set(f, protoreflect.ValueOfEnum(f.Enum().Values().ByName(contract.SurfaceREST).Number()))
		case optionsv1.Caller_CALLER_UNSPECIFIED:
		}
	}
	return nil
}

type ifMatchKey struct{}

func ifMatch(ctx context.Context) (string, error) {
	lines, _ := ctx.Value(ifMatchKey{}).([]string)
	return readIfMatch(lines)
}
