package events

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
)

// CloudEvents attributes (NATS binding) and ours, as message headers.
const (
	headerSpec    = "ce-specversion"
	headerID      = "ce-id"
	headerSource  = "ce-source"
	headerType    = "ce-type"
	headerTime    = "ce-time"
	headerSubject = "ce-subject"
	headerVersion = "ce-propuskversion"
	headerActor   = "ce-propuskactor"
	headerRequest = "ce-propuskrequest"
)

// Outbox is where a service writes its events.
type Outbox struct {
	service string
	now     func() time.Time
	wake    chan struct{}
}

// NewOutbox is the outbox of a service; now is the platform's clock.
func NewOutbox(service string, now func() time.Time) *Outbox {
	return &Outbox{service: service, now: now, wake: make(chan struct{}, 1)}
}

// Emit writes the event in the transaction; it is published after the commit. The aggregate is what the event is
// about (an account, a case); its events are numbered in the order of their commits.
func (o *Outbox) Emit(ctx context.Context, tx pgx.Tx, aggregateID string, event proto.Message) error {
	data, err := proto.Marshal(event)
	if err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	subject := Subject(event.ProtoReflect().Descriptor())
	headers, err := json.Marshal(o.headers(ctx, id.String(), subject, aggregateID))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		WITH next AS (
			INSERT INTO aggregates (id, version) VALUES ($3, 1)
			ON CONFLICT (id) DO UPDATE SET version = aggregates.version + 1
			RETURNING version
		)
		INSERT INTO outbox (id, subject, aggregate_id, aggregate_version, headers, data, created_at)
		SELECT $1, $2, $3, version, $4, $5, $6 FROM next`,
		id, subject, aggregateID, headers, data, o.now())
	if err != nil {
		return err
	}
	pg.AfterCommit(ctx, o.Wake)
	return nil
}

// Wake has the relay look at once.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *Outbox) headers(ctx context.Context, id, subject, aggregateID string) map[string]string {
	h := map[string]string{
		headerSpec: "1.0", headerID: id, headerSource: "propusk/" + o.service, headerType: subject,
		headerTime: o.now().UTC().Format(time.RFC3339Nano), headerSubject: aggregateID,
		headerActor: o.actor(ctx),
	}
	if r := rpc.RequestOf(ctx).ID; r != "" {
		h[headerRequest] = r
	}
	otel.GetTextMapPropagator().Inject(ctx, propagation.MapCarrier(h))
	return h
}

func (o *Outbox) actor(ctx context.Context) string {
	if d, ok := DeliveryOf(ctx); ok {
		return d.Actor
	}
	if a := rpc.ActorOf(ctx); a != "" {
		return a
	}
	return "service:" + o.service
}
