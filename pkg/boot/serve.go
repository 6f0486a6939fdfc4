package boot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
)

// drainTime is how long calls under way may take to finish when a service stops.
const drainTime = 10 * time.Second

// Server makes the service's gRPC server, which enforces the rules.
func (p *Platform) Server(rules rpc.Rules) (*grpc.Server, error) {
	l, err := p.network.listener(p.Service)
	if err != nil {
		return nil, err
	}
	server, err := rpc.NewServer(rpc.ServerOptions{
		Credentials: l.credentials, Rules: rules, Verifier: p.verifier, Log: p.Log, Now: p.Now,
		Metrics: p.Metrics, IsUnavailable: pg.IsUnavailable,
	})
	if err != nil {
		return nil, err
	}
	p.Go(func(ctx context.Context) error {
		if err := rules.Check(server); err != nil {
			return err
		}
		return serveGRPC(ctx, server, l)
	})
	return server, nil
}

// Dial connects to another service; the connection is made at the first call.
func (p *Platform) Dial(service string) (*grpc.ClientConn, error) {
	if err := p.use(service, slices.Contains(p.declared.Calls, service), fmt.Sprintf("%q to Calls", service)); err != nil {
		return nil, err
	}
	p.used.calls = append(p.used.calls, service)
	d, err := p.network.dialler(p.Service, service)
	if err != nil {
		return nil, err
	}
	cc, err := rpc.NewClient(d.target, d.credentials, d.options...)
	if err != nil {
		return nil, err
	}
	p.stops = append(p.stops, func() { _ = cc.Close() })
	return cc, nil
}

// Serve runs the service's server and tasks until the context ends or one of them fails. Events are published until all
// others have done their last work: it emits some.
func (p *Platform) Serve(ctx context.Context) error {
	if err := p.checkDeclared(); err != nil {
		return err
	}
	defer p.startPublishing(ctx)()
	g, ctx := errgroup.WithContext(ctx)
	p.runTasks(ctx, g)
	g.Go(func() error {
		<-ctx.Done()
		return nil
	})
	p.health.serving(p.Service)
	return g.Wait()
}

// startPublishing gives what has the rest published and waits for that.
func (p *Platform) startPublishing(ctx context.Context) (stop func()) {
	if p.publish == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.publish(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

func serveGRPC(ctx context.Context, server *grpc.Server, l listening) error {
	lis, err := l.listen(ctx)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { drain(server) })
	defer stop()
	if err := server.Serve(lis); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	return nil
}

// drain lets calls under way finish, for a while.
func drain(server *grpc.Server) {
	force := time.AfterFunc(drainTime, server.Stop)
	defer force.Stop()
	server.GracefulStop()
}

// ServeListener serves HTTP until the context ends, then lets requests under way finish, for a while.
func ServeListener(ctx context.Context, server *http.Server, serve func() error) error {
	server.Handler = closeWhenStopping(ctx, endStreams(ctx, server.Handler))
	drained := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(drained)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		_ = server.Shutdown(ctx)
	})
	err := serve()
	if !stop() {
		<-drained // serve returns as soon as the shutdown begins
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// endStreams ends server-sent events when the server stops: by themselves they last as long as their readers.
func endStreams(stopping context.Context, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
			h.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(stopping, cancel)()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}
