package events

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
)

// Delivery is one event as a consumer receives it.
type Delivery struct {
	// ID is the event's, the same however often it is delivered.
	ID uuid.UUID
	// Consumer is the service that receives it.
	Consumer string
	// Type is its subject: propusk.account.v1.signed_in.
	Type string
	// Producer is the service that emitted it.
	Producer string
	// AggregateID is what it is about.
	AggregateID string
	// Actor is who caused it: "account:<id>" or "service:<name>".
	Actor string
	Time  time.Time
	Data  []byte

	// received is when it came, by the consumer's clock.
	received time.Time
}

type deliveryKey struct{}

// DeliveryOf is the delivery being handled.
func DeliveryOf(ctx context.Context) (Delivery, bool) {
	d, ok := ctx.Value(deliveryKey{}).(Delivery)
	return d, ok
}

// Once notes in the transaction that the delivery being handled has had its effect. It is false when it has
// had it before: then the handler does nothing more. Outside a delivery it is always true.
func Once(ctx context.Context, tx pgx.Tx) (bool, error) {
	d, ok := DeliveryOf(ctx)
	if !ok {
		return true, nil
	}
	tag, err := tx.Exec(ctx,
		`INSERT INTO inbox (consumer, event_id, handled_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		d.Consumer, d.ID, d.handledAt())
	if err != nil {
		return false, err
	}
	return tag.RowsAffected() == 1, nil
}

// handledAt is the moment from which an inbox remembers the event: that of its handling. Of clocks that differ the later
// counts, so that nothing is forgotten while it may be delivered again.
func (d Delivery) handledAt() time.Time {
	if d.Time.After(d.received) {
		return d.Time
	}
	return d.received
}

func newDelivery(consumer, subject string, headers nats.Header, data []byte) (Delivery, error) {
	id, err := uuid.Parse(headers.Get(headerID))
	if err != nil {
		return Delivery{}, fmt.Errorf("event without an id: %w", err)
	}
	at, err := time.Parse(time.RFC3339Nano, headers.Get(headerTime))
	if err != nil {
		return Delivery{}, fmt.Errorf("event without a time: %w", err)
	}
	return Delivery{
		ID: id, Consumer: consumer, Type: subject, Producer: strings.TrimPrefix(headers.Get(headerSource), "propusk/"),
		AggregateID: headers.Get(headerSubject), Actor: headers.Get(headerActor), Time: at, Data: data,
	}, nil
}
