//go:build unix

package embedded

import (
	"context"
	"fmt"
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
)

// maxRestarts is after how many ends in a row a kept server is given up. One that was up for steadyAfter counts anew.
const (
	maxRestarts    = 6
	steadyAfter    = time.Minute
	restartTimeout = time.Minute
)

// restartWaits leave the kernel time to end what a killed server left running.
func restartWaits() backoff.Exponential {
	return backoff.Exponential{First: 200 * time.Millisecond, Max: 10 * time.Second}
}

// keepUp watches over a kept server that is up: without it every service answers 503 for good. s.mu is held.
func (s *PostgresServer) keepUp() {
	s.endWatch()
	if s.o.Dir == "" {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.unwatch = cancel
	go s.watch(ctx, s.proc)
}

// endWatch comes before an end that is meant. s.mu is held.
func (s *PostgresServer) endWatch() {
	if s.unwatch != nil {
		s.unwatch()
		s.unwatch = nil
	}
}

// watch waits for the end of the server and starts it again. A start that succeeds has a watch of its own.
func (s *PostgresServer) watch(ctx context.Context, proc *process) {
	steady := time.NewTimer(steadyAfter)
	defer steady.Stop()
	select {
	case <-ctx.Done():
		return
	case <-proc.done:
	case <-steady.C:
		s.mu.Lock()
		s.restarts = 0
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-proc.done:
		}
	}
	for done := false; !done; {
		done = s.startAgain(ctx)
	}
}

// startAgain waits and starts the server once, and says whether there is nothing more to do.
func (s *PostgresServer) startAgain(ctx context.Context) bool {
	s.mu.Lock()
	s.restarts++
	try := s.restarts
	s.mu.Unlock()
	wait := time.NewTimer(restartWaits().After(try, 0.5))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return true
	case <-wait.C:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return true
	}
	if try > maxRestarts {
		s.failed <- fmt.Errorf("PostgreSQL ended %d times in a row and is not started any more: see %s", try, s.place.log())
		return true
	}
	s.o.Log.WarnContext(ctx, "PostgreSQL ended by itself: starting it again", "try", try, "its_log", s.place.log()+".last")
	starting, cancel := context.WithTimeout(context.WithoutCancel(ctx), restartTimeout)
	defer cancel()
	if err := s.start(starting); err != nil {
		s.o.Log.ErrorContext(ctx, "PostgreSQL could not be started again", "try", try, "error", err)
		return false
	}
	return true
}
