package embedded

import (
	"context"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/propusk-id/propusk/pkg/backoff"
)

const (
	natsLook = 2 * time.Second
	// natsProbe is how many bytes must find room in the directory before the server is
	// started anew.
	natsProbe = 1 << 20
)

// natsRestarts leaves a server that was started anew some time to be of use.
func natsRestarts() backoff.Exponential {
	return backoff.Exponential{First: 4 * time.Second, Max: 10 * time.Second}
}

// watch starts the server anew when its streams take nothing more: after a write
// that failed, for want of room mostly, a stream refuses everything for as long as
// the server runs, although there is room again.
func (s *NATSServer) watch(ctx context.Context) {
	defer close(s.unwatched)
	log, seen, restarts, wait := orDiscard(s.o.Log), "", 0, natsLook
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = natsLook
		problem := natsProblem(s.running())
		if problem == "" {
			restarts = 0
		}
		lasts := problem != "" && problem == seen // a stream that is being made looks broken for a moment
		seen = problem
		if !lasts || probeRoom(s.o.StoreDir) != nil {
			continue // on a disk without room it would fail again
		}
		restarts++
		wait = natsRestarts().After(restarts, 0.5)
		log.WarnContext(ctx, "NATS takes nothing more: starting it anew", "problem", problem, "try", restarts)
		if err := s.restart(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "NATS could not be started anew", "try", restarts, "error", err)
		}
	}
}

// restart leaves the server that was shut down in its place if none can be started.
func (s *NATSServer) restart(ctx context.Context) error {
	before := s.running()
	before.Shutdown()
	before.WaitForShutdown()
	next, err := startNATS(ctx, s.o)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = next
	return nil
}

// natsProblem says why a server cannot store anything; empty: it can.
func natsProblem(s *server.Server) string {
	if !s.Running() || !s.JetStreamEnabled() {
		return "its streams are closed"
	}
	for _, e := range s.Healthz(&server.HealthzOptions{Details: true}).Errors {
		return e.Error
	}
	return ""
}

// probeRoom writes and deletes a file.
func probeRoom(dir string) error {
	f, err := os.CreateTemp(dir, "probe-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	defer func() { _ = f.Close() }()
	if _, err := f.Write(make([]byte, natsProbe)); err != nil {
		return err
	}
	return f.Sync()
}
