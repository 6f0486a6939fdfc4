package rpc

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/balancer"
	"google.golang.org/grpc/balancer/base"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// inTurn spreads calls over the replicas of a service, and asks another one where a replica does not know the method: while
// an installation is upgraded, replicas of two versions stand side by side. gRPC finds it by this name only.
const inTurn = "propusk_in_turn"

const serviceConfig = `{"loadBalancingConfig":[{"` + inTurn + `":{}}]}`

// registerInTurn must precede the first client.
//
//nolint:gochecknoglobals // gRPC's registry of policies is one
var registerInTurn = sync.OnceFunc(func() {
	balancer.Register(base.NewBalancerBuilder(inTurn, pickers{}, base.Config{}))
})

type pickers struct{}

// Build implements [base.PickerBuilder].
func (pickers) Build(info base.PickerBuildInfo) balancer.Picker {
	if len(info.ReadySCs) == 0 {
		return base.NewErrPicker(balancer.ErrNoSubConnAvailable)
	}
	p := &picker{}
	for replica := range info.ReadySCs {
		p.replicas = append(p.replicas, replica)
	}
	return p
}

type picker struct {
	replicas []balancer.SubConn
	turn     atomic.Uint32
}

// Pick implements [balancer.Picker].
func (p *picker) Pick(info balancer.PickInfo) (balancer.PickResult, error) {
	turn := p.turn.Add(1) % uint32(len(p.replicas))
	inTurn := slices.Concat(p.replicas[turn:], p.replicas[:turn])
	asked, _ := info.Ctx.Value(askedKey{}).(*asked)
	if asked == nil {
		return balancer.PickResult{SubConn: inTurn[0]}, nil
	}
	r := asked.next(inTurn)
	return balancer.PickResult{SubConn: r, Done: func(done balancer.DoneInfo) { asked.note(r, done.Err) }}, nil
}

// asked is how far one call has got.
type asked struct {
	// unaware are the replicas that have said that they do not know its method.
	unaware []balancer.SubConn
	// more says that another replica has not been asked yet.
	more bool
}

type askedKey struct{}

// next is the first replica that was not asked; if all were, the first.
func (a *asked) next(replicas []balancer.SubConn) balancer.SubConn {
	left := slices.DeleteFunc(slices.Clone(replicas), func(r balancer.SubConn) bool { return slices.Contains(a.unaware, r) })
	a.more = len(left) > 1
	return append(left, replicas[0])[0]
}

func (a *asked) note(r balancer.SubConn, err error) {
	if status.Code(err) == codes.Unimplemented && !slices.Contains(a.unaware, r) {
		a.unaware = append(a.unaware, r)
	}
}

// invokeAware calls until a replica knows the method, or none is left.
func invokeAware(
	ctx context.Context, method string, req, resp any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	a := &asked{}
	ctx = context.WithValue(ctx, askedKey{}, a)
	for {
		err := invoke(ctx, method, req, resp, cc, opts...)
		if status.Code(err) != codes.Unimplemented || !a.more {
			return err
		}
	}
}
