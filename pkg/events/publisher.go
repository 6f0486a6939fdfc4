package events

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
)

// inFlight is how many messages of a service are on their way to the stream's disk at once.
const inFlight = 128

// PublisherOptions are what a publisher works with.
type PublisherOptions struct {
	Outbox *Outbox
	// Pool is the schema in which the outbox lies.
	Pool *pgxpool.Pool
	// Connect opens a connection to NATS that is the publisher's own.
	Connect func() (*nats.Conn, error)
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Publisher brings a service's events from its outbox to its streams: right after the commit from memory, and what was
// left behind by the relay.
type Publisher struct {
	outbox *Outbox
	pool   *pgxpool.Pool
	log    *slog.Logger
	link   *link
	// lanes are the service's two streams: what holds one up does not hold up the other.
	facts, records *lane
	acked          chan uuid.UUID
	metrics        publisherMetrics
}

// NewPublisher publishes an outbox; its metrics are registered here.
func NewPublisher(o PublisherOptions) (*Publisher, error) {
	p := &Publisher{
		outbox: o.Outbox, pool: o.Pool, log: o.Log, link: &link{open: o.Connect},
		facts: newLane(StreamName(o.Outbox.service)), records: newLane(RecordStreamName(o.Outbox.service)),
		acked: make(chan uuid.UUID, queueLength), metrics: newPublisherMetrics(),
	}
	return p, p.metrics.register(o.Metrics)
}

func (p *Publisher) lanes() []*lane { return []*lane{p.facts, p.records} }

func (p *Publisher) laneOf(record bool) *lane {
	if record {
		return p.records
	}
	return p.facts
}

// Run publishes until the context ends, and then what has been committed by that time. Postgres or NATS being away is
// waited out.
func (p *Publisher) Run(ctx context.Context) {
	defer p.link.close()
	var background, marking sync.WaitGroup
	marked := context.WithoutCancel(ctx)
	marking.Go(func() { p.mark(marked) })
	for _, l := range p.lanes() {
		background.Go(func() { p.relay(ctx, l) })
	}
	background.Go(func() { p.lookOut(ctx) })
	background.Go(func() { p.watch(ctx) })
	background.Go(func() { p.keepPartitions(ctx) })
	background.Go(func() { p.flushTallies(ctx) })
	p.publishCommitted(ctx, &background)
	close(p.acked)
	marking.Wait()
}

// publishCommitted publishes from memory. When the context has ended and the others have done their last work, it
// takes what there still is.
func (p *Publisher) publishCommitted(ctx context.Context, others *sync.WaitGroup) {
	var flying sync.WaitGroup
	places := make(chan struct{}, inFlight)
	defer flying.Wait()
	launch := func(m message) {
		places <- struct{}{}
		flying.Go(func() {
			defer func() { <-places }()
			p.publishOne(context.WithoutCancel(ctx), m)
		})
	}
	for {
		select {
		case m := <-p.outbox.committed:
			launch(m)
		case <-ctx.Done():
			others.Wait()
			for range len(p.outbox.committed) {
				launch(<-p.outbox.committed)
			}
			return
		}
	}
}

// publishOne publishes from memory. When the lane is known to be held up, that is left to the relay.
func (p *Publisher) publishOne(ctx context.Context, m message) {
	l := p.laneOf(m.record)
	if l.heldUp() || p.send(ctx, l, m) != nil {
		signal(p.outbox.left)
		return
	}
	p.acked <- m.id
}

// send publishes one message and notes how that went.
func (p *Publisher) send(ctx context.Context, l *lane, m message) error {
	err := p.link.publish(ctx, m.nats())
	if err != nil && ctx.Err() != nil {
		return err
	}
	now := time.Now() //nolint:forbidigo // how long nothing gets through is real time, and decides nothing of the domain
	var answer *jetstream.APIError
	if err == nil || errors.As(err, &answer) {
		p.link.answered()
	} else {
		p.link.silent(now)
	}
	l.note(err, now)
	return err
}

func (m message) nats() *nats.Msg {
	out := &nats.Msg{Subject: m.subject, Data: m.data, Header: nats.Header{}}
	for k, v := range m.headers {
		out.Header.Set(k, v)
	}
	return out
}

// parseHeaders reads what insert has written.
func parseHeaders(stored []byte) (headers map[string]string, err error) {
	return headers, json.Unmarshal(stored, &headers)
}
