package events

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/backoff"
)

// publishTimeout is how long the stream may take to say that it has stored a message.
const publishTimeout = 3 * time.Second

// reopening is how long the link stays with a connection that stores nothing: one that was open while its server lost
// its disk, its store or its memory of us may never work again, although it looks connected.
func reopening() backoff.Exponential {
	return backoff.Exponential{First: 5 * time.Second, Max: 20 * time.Second}
}

// link is the publisher's own connection to NATS, which it opens anew when nothing gets through any more.
type link struct {
	open func() (*nats.Conn, error)

	mu sync.Mutex
	nc *nats.Conn
	js jetstream.JetStream
	// unanswered is when the connection began to store nothing; zero: the last try got through.
	unanswered time.Time
	reopened   int
}

// jetStream is the present connection, opened if there is none.
func (l *link) jetStream() (jetstream.JetStream, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.nc != nil && !l.nc.IsClosed() {
		return l.js, nil
	}
	nc, err := l.open()
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, err
	}
	l.nc, l.js = nc, js
	return js, nil
}

// publish has the stream store a message. Nil: it is on the stream's disk.
func (l *link) publish(ctx context.Context, m *nats.Msg) error {
	js, err := l.jetStream()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	_, err = js.PublishMsg(ctx, m, jetstream.WithMsgID(m.Header.Get(headerID)))
	return err
}

// answered notes that the server answers: what it answers is not the connection's fault.
func (l *link) answered() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unanswered, l.reopened = time.Time{}, 0
}

// silent notes that the server did not answer, and drops the connection when that has lasted. One that is being made
// anew by the library is left to it.
func (l *link) silent(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unanswered.IsZero() {
		l.unanswered = now
	}
	wait := reopening().After(l.reopened+1, rand.Float64()) //nolint:gosec // jitter is no secret
	if now.Sub(l.unanswered) < wait || l.nc == nil || l.nc.IsReconnecting() {
		return
	}
	l.nc.Close()
	l.nc, l.unanswered = nil, now
	l.reopened++
}

func (l *link) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.nc != nil {
		l.nc.Close()
	}
}
