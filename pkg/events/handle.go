package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
)

const (
	handlersAtOnce = 4
	handleTimeout  = 25 * time.Second
	firstRetry     = 100 * time.Millisecond
	lastRetry      = 30 * time.Second
)

// handle gives one message to its handler and acknowledges, postpones or sets it aside.
func (c *Consumer) handle(ctx context.Context, m jetstream.Msg) {
	ctx, cancel := context.WithTimeout(ctx, handleTimeout)
	defer cancel()
	d, err := newDelivery(c.service, m)
	if err != nil {
		c.setAside(ctx, m, d, err)
		return
	}
	ctx = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(m.Headers()))
	ctx = rpc.WithRequest(ctx, rpc.Request{ID: m.Headers().Get(headerRequest)})
	err = c.call(context.WithValue(ctx, deliveryKey{}, d), d)
	switch {
	case err == nil:
		c.failures.forget(d.ID)
		c.observe(d, c.now())
		c.settle(m.Ack())
	case passing(err) || c.failures.count(d.ID) < maxTries:
		c.log.Info("event postponed", "type", d.Type, "event_id", d.ID, "try", tries(m), "error", err)
		c.settle(m.NakWithDelay(retryDelay(tries(m))))
	default:
		c.failures.forget(d.ID)
		c.setAside(ctx, m, d, err)
	}
}

func (c *Consumer) call(ctx context.Context, d Delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if c.all != nil {
		return c.all(ctx, d)
	}
	if h, ok := c.handlers[d.Type]; ok {
		return h(ctx, d)
	}
	return nil
}

// passing says whether the same event may well succeed later: something it needs is away.
func passing(err error) bool {
	if e, ok := errs.As(err); ok {
		return e.Kind == errs.Unavailable || e.Kind == errs.Deadline || e.Kind == errs.Throttled
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || pg.IsUnavailable(err)
}

func tries(m jetstream.Msg) uint64 {
	if meta, err := m.Metadata(); err == nil {
		return meta.NumDelivered
	}
	return 1
}

func retryDelay(try uint64) time.Duration {
	return min(firstRetry<<min(try, 12), lastRetry)
}

// setAside keeps a poison message where an operator finds it; if even that fails it is delivered again.
func (c *Consumer) setAside(ctx context.Context, m jetstream.Msg, d Delivery, cause error) {
	c.log.Error("event set aside", "type", m.Subject(), "event_id", d.ID, "error", cause)
	id := d.ID
	if id == uuid.Nil {
		id = uuid.NewSHA1(uuid.NameSpaceOID, m.Data())
	}
	headers, err := json.Marshal(m.Headers())
	if err == nil {
		_, err = c.pool.Exec(ctx, `INSERT INTO dead_letters (consumer, event_id, subject, headers, data, error, failed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			c.service, id, m.Subject(), headers, m.Data(), cause.Error(), c.now())
	}
	if err != nil {
		c.settle(m.NakWithDelay(lastRetry))
		return
	}
	c.settle(m.TermWithReason("set aside"))
}

func (c *Consumer) settle(err error) {
	if err != nil {
		c.log.Warn("delivery not acknowledged: it comes again", "error", err)
	}
}
