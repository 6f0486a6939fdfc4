package allinone

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/nats-io/nats.go"

	"github.com/propusk-id/propusk/pkg/embedded"
	"github.com/propusk-id/propusk/pkg/secret"
)

// stores are what the services stand on.
type stores struct {
	// connect reaches the embedded NATS; nil where NATS_URL names another.
	connect func(opts ...nats.Option) (*nats.Conn, error)
	// failed gets the error of an embedded store that is gone for good; nil where none can be.
	failed <-chan error
	// stops are in the order of starting.
	stops []func() error
}

// whileUp is a context that ends when a store is gone for good, which is then its cause.
func (st *stores) whileUp(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case err := <-st.failed:
			cancel(err)
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// openStores starts what the environment does not name. PostgreSQL comes first: it locks the data directory.
func (s *settings) openStores(ctx context.Context, log *slog.Logger) (*stores, error) {
	st := &stores{}
	if err := os.MkdirAll(s.own.DataDir, 0o700); err != nil {
		return st, err
	}
	for _, open := range []func(context.Context, *settings, *slog.Logger) error{
		st.openPostgres, st.openRedis, st.openNATS,
	} {
		if err := open(ctx, s, log); err != nil {
			return st, err
		}
	}
	return st, nil
}

// close stops them, PostgreSQL last.
func (st *stores) close() error {
	var failed error
	for i := len(st.stops) - 1; i >= 0; i-- {
		failed = errors.Join(failed, st.stops[i]())
	}
	return failed
}

func (st *stores) openPostgres(ctx context.Context, s *settings, log *slog.Logger) error {
	if s.isSet("DATABASE_URL") {
		return nil
	}
	server, err := embedded.Postgres(ctx, embedded.PostgresOptions{Dir: s.own.DataDir, Log: log})
	if err != nil {
		return err
	}
	st.stops = append(st.stops, server.Stop)
	st.failed = server.Failed()
	s.shared.DatabaseURL = secret.New(server.URL())
	return nil
}

func (st *stores) openRedis(_ context.Context, s *settings, _ *slog.Logger) error {
	if s.isSet("REDIS_URL") {
		return nil
	}
	server, err := embedded.Redis()
	if err != nil {
		return err
	}
	st.stops = append(st.stops, func() error { server.Close(); return nil })
	s.shared.RedisURL = secret.New(server.URL())
	return nil
}

func (st *stores) openNATS(ctx context.Context, s *settings, log *slog.Logger) error {
	if s.isSet("NATS_URL") {
		return nil
	}
	server, err := embedded.NATS(ctx, embedded.NATSOptions{StoreDir: s.path("nats"), Log: log})
	if err != nil {
		return err
	}
	st.stops = append(st.stops, func() error { server.Shutdown(); return nil })
	st.connect = server.Connect
	return nil
}
