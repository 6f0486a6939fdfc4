package app

import (
	"context"
	"sync"
	"time"

	"github.com/propusk-id/propusk/pkg/pg"
)

// pollInterval finds what another replica received, and delayed messages that have become visible.
const pollInterval = 250 * time.Millisecond

// Broadcaster wakes everybody who waits for messages and letters.
type Broadcaster struct {
	mu     sync.Mutex
	next   chan struct{}
	closed chan struct{}
}

// NewBroadcaster makes one that nobody waits at.
func NewBroadcaster() *Broadcaster {
	return &Broadcaster{next: make(chan struct{}), closed: make(chan struct{})}
}

// AfterCommit wakes everybody once the transaction of ctx has committed.
func (b *Broadcaster) AfterCommit(ctx context.Context) { pg.AfterCommit(ctx, b.broadcast) }

// Run ends all waits when the service ends.
func (b *Broadcaster) Run(ctx context.Context) error {
	<-ctx.Done()
	close(b.closed)
	return nil
}

func (b *Broadcaster) broadcast() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.next)
	b.next = make(chan struct{})
}

func (b *Broadcaster) nextBroadcast() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.next
}

// WaitFor calls check until it returns true or fails, or ctx or the service ends: at once, after each broadcast, and at
// the poll interval.
func (b *Broadcaster) WaitFor(ctx context.Context, check func() (bool, error)) error {
	for {
		broadcast := b.nextBroadcast()
		if done, err := check(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-b.closed:
			return nil
		case <-broadcast:
		case <-time.After(pollInterval):
		}
	}
}
