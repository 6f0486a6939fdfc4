package boot

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc/resolver"
)

const (
	// lookupInterval is how often a service's addresses are looked up: a replica that is added or removed is known
	// within it.
	lookupInterval = 4 * time.Second
	// lookupPause is the least time between two look-ups that failed connections ask for.
	lookupPause = 100 * time.Millisecond
	// lookupTimeout bounds one.
	lookupTimeout = 3 * time.Second
)

// lookupFunc tells the IP addresses of a host.
type lookupFunc func(ctx context.Context, host string) ([]string, error)

// endpoints looks the addresses of a host:port up, sorted, so that the same answer is the same list.
func (lookup lookupFunc) endpoints(ctx context.Context, address string) ([]string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	ips, err := lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	if len(ips) == 0 {
		return nil, fmt.Errorf("%s has no address", host)
	}
	out := make([]string, len(ips))
	for i, ip := range ips {
		out[i] = net.JoinHostPort(ip, port)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// pollScheme names the resolver in targets: gRPC's own looks up again only when a connection fails, so a replica that
// was added would get nothing.
const pollScheme = "poll"

func pollTarget(address string) string {
	return (&url.URL{Scheme: pollScheme, Path: "/" + address}).String()
}

// pollBuilder makes resolvers that look up again and again.
type pollBuilder struct{ lookup lookupFunc }

// Scheme implements [resolver.Builder].
func (pollBuilder) Scheme() string { return pollScheme }

// Build implements [resolver.Builder].
func (b pollBuilder) Build(target resolver.Target, cc resolver.ClientConn, _ resolver.BuildOptions) (resolver.Resolver, error) {
	ctx, cancel := context.WithCancel(context.Background())
	r := &pollResolver{
		lookup: b.lookup, address: target.Endpoint(), cc: cc, cancel: cancel, now: make(chan struct{}, 1),
	}
	r.done.Go(func() { r.run(ctx) })
	return r, nil
}

type pollResolver struct {
	lookup  lookupFunc
	address string
	cc      resolver.ClientConn
	now     chan struct{}
	cancel  context.CancelFunc
	done    sync.WaitGroup
}

// ResolveNow implements [resolver.Resolver]: gRPC calls it when a connection fails.
func (r *pollResolver) ResolveNow(resolver.ResolveNowOptions) {
	select {
	case r.now <- struct{}{}:
	default:
	}
}

// Close implements [resolver.Resolver].
func (r *pollResolver) Close() {
	r.cancel()
	r.done.Wait()
}

func (r *pollResolver) run(ctx context.Context) {
	for {
		r.update(ctx)
		if !pause(ctx, lookupPause, nil) || !pause(ctx, lookupInterval-lookupPause, r.now) {
			return
		}
	}
}

// update tells gRPC the addresses. What it answers is about balancing and changes nothing: the next look-up comes.
func (r *pollResolver) update(ctx context.Context) {
	endpoints, err := r.lookup.endpoints(ctx, r.address)
	if err != nil {
		r.cc.ReportError(err)
		return
	}
	addresses := make([]resolver.Address, len(endpoints))
	for i, e := range endpoints {
		addresses[i] = resolver.Address{Addr: e}
	}
	_ = r.cc.UpdateState(resolver.State{Addresses: addresses})
}

// pause waits, or less if it is woken; false: the context has ended.
func pause(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-wake:
	}
	return true
}
