package events

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
)

const (
	handlersAtOnce = 4
	handleTimeout  = 25 * time.Second
	maxRedelivery  = 30 * time.Second
)

// redelivery is how long an event waits that could not be handled.
func redelivery() backoff.Exponential {
	return backoff.Exponential{First: 200 * time.Millisecond, Max: maxRedelivery}
}

// handle gives one message to its handler and acknowledges it, has it delivered later, or makes it a dead letter.
func (c *Consumer) handle(ctx context.Context, m jetstream.Msg) {
	ctx, cancel := context.WithTimeout(ctx, handleTimeout)
	defer cancel()
	d, err := newDelivery(c.Service, m.Subject(), m.Headers(), m.Data())
	if err != nil {
		c.deadLetter(ctx, m, d, err)
		return
	}
	err = c.call(ctx, d, m.Headers())
	switch {
	case err == nil:
		c.failures.forget(d.ID)
		c.metrics.delay.WithLabelValues(d.Producer).Observe(c.Now().Sub(d.Time).Seconds())
		c.settle(m.Ack())
	case isTransient(err) || c.failures.count(d.ID) < maxTries:
		c.Log.Info("event postponed", "type", d.Type, "event_id", d.ID, "try", tries(m), "error", err)
		c.settle(m.NakWithDelay(redelivery().After(tries(m), rand.Float64()))) //nolint:gosec // jitter is no secret
	default:
		c.failures.forget(d.ID)
		c.deadLetter(ctx, m, d, err)
	}
}

// call runs the handler in the delivery's context; a panic is an error.
func (c *Consumer) call(ctx context.Context, d Delivery, headers nats.Header) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	ctx = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(headers))
	ctx = rpc.WithRequest(ctx, rpc.Request{ID: headers.Get(headerRequest)})
	d.received = c.Now()
	ctx = context.WithValue(ctx, deliveryKey{}, d)
	if c.all != nil {
		return c.all(ctx, d)
	}
	if h, ok := c.handlers[d.Type]; ok {
		return h(ctx, d)
	}
	return nil
}

// isTransient says whether the same event may well succeed later: something it needs is unavailable.
func isTransient(err error) bool {
	if e, ok := errs.As(err); ok {
		return e.Kind == errs.Unavailable || e.Kind == errs.Deadline || e.Kind == errs.Throttled
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || pg.IsUnavailable(err)
}

func tries(m jetstream.Msg) int {
	if meta, err := m.Metadata(); err == nil {
		return int(meta.NumDelivered)
	}
	return 1
}

func (c *Consumer) settle(err error) {
	if err != nil {
		c.Log.Warn("delivery not acknowledged: it comes again", "error", err)
	}
}
