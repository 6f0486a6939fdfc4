package boot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// endpoints are the replicas of a service, as they were looked up last. While some are known nobody waits for the next
// look-up: a name server that hangs must not hold up calls.
type endpoints struct {
	lookup  lookupFunc
	address string
	now     func() time.Time

	mu     sync.Mutex
	known  []string
	looked time.Time
	// looking is closed when the look-up under way ends; nil: there is none.
	looking chan struct{}
	err     error
}

// get is every replica; the caller may keep the slice.
func (e *endpoints) get(ctx context.Context) ([]string, error) {
	known, looking := e.refresh(ctx)
	if len(known) > 0 {
		return known, nil
	}
	if looking != nil {
		select {
		case <-looking:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case len(e.known) > 0:
		return e.known, nil
	case e.err != nil:
		return nil, e.err
	}
	return nil, errors.New("no replica of " + e.address + " can be reached")
}

// refresh begins a look-up when one is due and none is under way.
func (e *endpoints) refresh(ctx context.Context) (known []string, looking <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	since := now.Sub(e.looked)
	due := since >= lookupInterval || len(e.known) == 0 && since >= lookupPause
	if due && e.looking == nil {
		e.looked, e.looking = now, make(chan struct{})
		go e.look(context.WithoutCancel(ctx)) // others may wait for it when this caller has gone
	}
	return e.known, e.looking
}

// look keeps what was known when it cannot find out.
func (e *endpoints) look(ctx context.Context) {
	found, err := e.lookup.endpoints(ctx, e.address)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err = err; err == nil {
		e.known = found
	}
	close(e.looking)
	e.looking = nil
}

// leaveOut forgets a replica that cannot be reached until the next look-up.
func (e *endpoints) leaveOut(endpoint string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.known = slices.DeleteFunc(slices.Clone(e.known), func(known string) bool { return known == endpoint })
}
