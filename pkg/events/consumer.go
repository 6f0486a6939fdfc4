package events

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"
)

const (
	ackWait = 30 * time.Second
	// maxTries is how often an event that fails for no transient reason is tried before it becomes a dead letter.
	maxTries     = 6
	receiveRetry = 500 * time.Millisecond
	// inFlightAtLeast is how many events of a stream may be on their way to a consumer; one that handles more at once has as
	// many.
	inFlightAtLeast = 64
	mostAtOnce      = 256
	// heartbeat is how often the server says that it is still there: a consumer whose server was restarted without it
	// hears nothing twice, and is made anew. Each stream's consumer wakes server and client so often.
	heartbeat = 10 * time.Second
	// findStreams is how often a consumer of everything looks for new producers.
	findStreams = 10 * time.Second
)

// ConsumerOptions are what a consumer works with.
type ConsumerOptions struct {
	// Service receives the events; its inbox lies in the pool's schema.
	Service string
	Pool    *pgxpool.Pool
	JS      jetstream.JetStream
	Log     *slog.Logger
	Now     func() time.Time
}

// Consumer receives events for one service.
type Consumer struct {
	ConsumerOptions

	handlers map[string]handler
	all      handler
	// subjects are those that are handled, by stream.
	subjects map[string][]string
	atOnce   int
	failures failures
	metrics  consumerMetrics
	// receiving are the names of the streams that it receives from.
	receiving sync.Map
}

type handler func(ctx context.Context, d Delivery) error

// NewConsumer receives events for a service.
func NewConsumer(o ConsumerOptions) *Consumer {
	return &Consumer{
		ConsumerOptions: o, handlers: map[string]handler{}, subjects: map[string][]string{}, atOnce: handlersAtOnce,
		metrics: newConsumerMetrics(),
	}
}

// On has fn handle events of one type. fn calls [Once] in the transaction of its effect. An error is tried
// again: for as long as it takes when a service or store is unavailable, else six times.
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
	c.subjects[streamOf(d)] = append(c.subjects[streamOf(d)], Subject(d))
}

// OnAll has fn handle every event of every producer: of every stream that there is or will be.
func OnAll(c *Consumer, fn func(ctx context.Context, d Delivery) error) { c.all = fn }

// AtOnce has up to n events of each stream handled at once, at most 256. The default suits handlers that take a
// database connection each.
func (c *Consumer) AtOnce(n int) { c.atOnce = min(n, mostAtOnce) }

func (c *Consumer) inFlight() int { return max(c.atOnce, inFlightAtLeast) }

// Run receives until the context ends.
func (c *Consumer) Run(ctx context.Context) error {
	var running sync.WaitGroup
	running.Go(func() { c.retryDeadLetters(ctx) })
	running.Go(func() { c.measure(ctx) })
	if c.all != nil {
		running.Go(func() { c.receiveAll(ctx, &running) })
	}
	for stream := range c.subjects {
		running.Go(func() { c.receiveFrom(ctx, stream) })
	}
	running.Wait()
	return nil
}

// receiveAll receives from each stream as soon as there is one.
func (c *Consumer) receiveAll(ctx context.Context, running *sync.WaitGroup) {
	known := map[string]bool{}
	for ctx.Err() == nil {
		names := c.JS.StreamNames(ctx, jetstream.WithStreamListSubject("propusk.>"))
		for name := range names.Name() {
			if !known[name] {
				known[name] = true
				running.Go(func() { c.receiveFrom(ctx, name) })
			}
		}
		if err := names.Err(); err != nil && ctx.Err() == nil {
			c.Log.Warn("streams cannot be found", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(findStreams):
		}
	}
}

// receiveFrom receives one stream's events; NATS being away, or without its data, is waited out. The log gets a line
// when the reason changes, not at every try.
func (c *Consumer) receiveFrom(ctx context.Context, stream string) {
	c.receiving.Store(stream, true)
	said := ""
	for ctx.Err() == nil {
		err := c.receive(ctx, stream)
		if ctx.Err() == nil && err != nil && err.Error() != said {
			said = err.Error()
			c.Log.Warn("events cannot be received", "stream", stream, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(receiveRetry):
		}
	}
}

func (c *Consumer) receive(ctx context.Context, name string) error {
	stream, err := c.JS.Stream(ctx, name)
	if err != nil {
		return err
	}
	subjects := slices.Sorted(slices.Values(c.subjects[name]))
	consumer, err := stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable:        c.Service,
		AckPolicy:      jetstream.AckExplicitPolicy,
		AckWait:        ackWait,
		MaxAckPending:  c.inFlight(),
		FilterSubjects: subjects,
	})
	if err != nil {
		return err
	}
	msgs, err := consumer.Messages(jetstream.PullMaxMessages(c.inFlight()), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, msgs.Stop)
	defer stop()
	defer msgs.Stop()
	return c.drain(ctx, msgs)
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
