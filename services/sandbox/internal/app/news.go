package app

import (
	"context"
	"sync"
	"time"

	"github.com/propusk-id/propusk/pkg/pg"
)

// newsPoll finds what another replica brought, and delayed messages whose time has come.
const newsPoll = 250 * time.Millisecond

// News wakes those who wait for messages and letters.
type News struct {
	mu     sync.Mutex
	next   chan struct{}
	closed chan struct{}
}

// NewNews wakes nobody yet.
func NewNews() *News { return &News{next: make(chan struct{}), closed: make(chan struct{})} }

// AfterCommit wakes everybody once the transaction of ctx has committed.
func (n *News) AfterCommit(ctx context.Context) { pg.AfterCommit(ctx, n.wake) }

// Run ends all waits when the service ends.
func (n *News) Run(ctx context.Context) error {
	<-ctx.Done()
	close(n.closed)
	return nil
}

func (n *News) wake() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.next)
	n.next = make(chan struct{})
}

func (n *News) wait() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.next
}

// Until calls look until it says true, fails, or ctx or the service ends: at once, after news, and every now and then.
func (n *News) Until(ctx context.Context, look func() (bool, error)) error {
	for {
		news := n.wait()
		if done, err := look(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-n.closed:
			return nil
		case <-news:
		case <-time.After(newsPoll):
		}
	}
}
