package rest

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/rpc"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
)

// meConn fills in what a REST caller may not choose: whose account and session a request is about ("me"), where the
// session may be used, and the version that If-Match asks for.
type meConn struct{ grpc.ClientConnInterface }

// Invoke makes the call with the request completed.
func (c meConn) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if m, ok := args.(proto.Message); ok {
		complete(ctx, m.ProtoReflect())
	}
	return c.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func complete(ctx context.Context, m protoreflect.Message) {
	user, _ := rpc.UserOf(ctx)
	setString(m, "account_id", user.AccountID)
	setString(m, "session_id", user.SessionID)
	setString(m, "if_match", ifMatch(ctx))
	if f := m.Descriptor().Fields().ByName("surface"); f != nil {
		m.Set(f, protoreflect.ValueOfEnum(accountv1.Surface_REST.Number()))
	}
}

func setString(m protoreflect.Message, name protoreflect.Name, value string) {
	if f := m.Descriptor().Fields().ByName(name); f != nil && f.Kind() == protoreflect.StringKind {
		m.Set(f, protoreflect.ValueOfString(value))
	}
}

type ifMatchKey struct{}

func ifMatch(ctx context.Context) string {
	s, _ := ctx.Value(ifMatchKey{}).(string)
	return s
}
