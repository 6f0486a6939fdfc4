package events

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/proto"
)

const (
	ackWait = 30 * time.Second
	// maxTries is how often an event that fails for no passing reason is tried before it is set aside.
	maxTries     = 6
	receiveRetry = 500 * time.Millisecond
	maxInFlight  = 64
)

// Consumer receives events for one service.
type Consumer struct {
	service  string
	pool     *pgxpool.Pool
	js       jetstream.JetStream
	log      *slog.Logger
	now      func() time.Time
	handlers map[string]handler
	all      handler
	sources  []string
	atOnce   int
	failures failures
	// delay is nil when nobody measures.
	delay *prometheus.HistogramVec
}

type handler func(ctx context.Context, d Delivery) error

// NewConsumer receives events for a service; its inbox lies in the pool's schema.
func NewConsumer(
	service string, pool *pgxpool.Pool, js jetstream.JetStream, log *slog.Logger, now func() time.Time,
) *Consumer {
	return &Consumer{
		service: service, pool: pool, js: js, log: log, now: now, handlers: map[string]handler{}, atOnce: handlersAtOnce,
	}
}

// On has fn handle events of one type. fn calls [Once] in the transaction of its effect. An error is tried
// again: for as long as it takes when a service or store is away, else six times.
func On[T any, M interface {
	*T
	proto.Message
}](c *Consumer, fn func(ctx context.Context, event M) error) {
	d := M(new(T)).ProtoReflect().Descriptor()
	c.handlers[Subject(d)] = func(ctx context.Context, delivery Delivery) error {
		event := M(new(T))
		if err := proto.Unmarshal(delivery.Data, event); err != nil {
			return fmt.Errorf("event cannot be read: %w", err)
		}
		return fn(ctx, event)
	}
	c.addSource(producerOf(d))
}

// OnAll has fn handle every event of these producers.
func OnAll(c *Consumer, producers []string, fn func(ctx context.Context, d Delivery) error) {
	c.all = fn
	for _, p := range producers {
		c.addSource(p)
	}
}

// AtOnce has up to n events of each producer handled at once, at most 64. The default suits handlers that take a
// database connection each.
func (c *Consumer) AtOnce(n int) { c.atOnce = min(n, maxInFlight) }

func (c *Consumer) addSource(producer string) {
	if !slices.Contains(c.sources, producer) {
		c.sources = append(c.sources, producer)
	}
}

// Run receives until the context ends.
func (c *Consumer) Run(ctx context.Context) error {
	done := make(chan struct{}, len(c.sources))
	for _, s := range c.sources {
		go func() {
			c.runSource(ctx, s)
			done <- struct{}{}
		}()
	}
	for range c.sources {
		<-done
	}
	return nil
}

// runSource receives one producer's events; NATS being away is waited out.
func (c *Consumer) runSource(ctx context.Context, producer string) {
	for ctx.Err() == nil {
		if err := c.receive(ctx, producer); err != nil && ctx.Err() == nil {
			c.log.Warn("events cannot be received", "producer", producer, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(receiveRetry):
		}
	}
}

func (c *Consumer) receive(ctx context.Context, producer string) error {
	stream, err := c.js.Stream(ctx, StreamName(producer))
	if err != nil {
		return err
	}
	consumer, err := stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable:        c.service,
		AckPolicy:      jetstream.AckExplicitPolicy,
		AckWait:        ackWait,
		MaxAckPending:  maxInFlight,
		FilterSubjects: c.subjects(producer),
	})
	if err != nil {
		return err
	}
	msgs, err := consumer.Messages(jetstream.PullMaxMessages(maxInFlight))
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, msgs.Stop)
	defer stop()
	return c.drain(ctx, msgs)
}

func (c *Consumer) subjects(producer string) []string {
	if c.all != nil {
		return nil
	}
	var out []string
	for s := range c.handlers {
		if len(s) > len("propusk.")+len(producer) && s[len("propusk."):len("propusk.")+len(producer)+1] == producer+"." {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// drain handles some messages at once: what waits for another service must not hold up the rest.
func (c *Consumer) drain(ctx context.Context, msgs jetstream.MessagesContext) error {
	places := make(chan struct{}, c.atOnce)
	defer func() {
		for range c.atOnce {
			places <- struct{}{}
		}
	}()
	for {
		m, err := msgs.Next()
		if err != nil {
			return err
		}
		places <- struct{}{}
		go func() {
			defer func() { <-places }()
			c.handle(context.WithoutCancel(ctx), m)
		}()
	}
}
