package testkit

import (
	"context"
	"time"

	"google.golang.org/grpc"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/rpc"
)

// Fake plays a neighbour whom anybody may call.
func Fake(name string, desc *grpc.ServiceDesc, impl any) boot.Service {
	return FakeAll(name, map[*grpc.ServiceDesc]any{desc: impl})
}

// FakeAll is [Fake] of a neighbour with several contracts.
func FakeAll(name string, contracts map[*grpc.ServiceDesc]any) boot.Service {
	return boot.Service{Name: name, Run: func(ctx context.Context, p *boot.Platform) error {
		rules := rpc.Rules{}
		for desc := range contracts {
			for _, m := range desc.Methods {
				rules["/"+desc.ServiceName+"/"+m.MethodName] = rpc.FromAnybody()
			}
		}
		server, err := p.Server(rules)
		if err != nil {
			return err
		}
		for desc, impl := range contracts {
			server.RegisterService(desc, impl)
		}
		return p.Serve(ctx)
	}}
}

func (e *Env) now() time.Time {
	if e.options.SystemClock {
		return time.Now()
	}
	return e.Clock.Now()
}
