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
	headerActor   = "ce-propuskactor"
	headerRequest = "ce-propuskrequest"
)

// queueLength is how many committed events wait in memory to be published. What finds no place is left to the relay.
const queueLength = 4096

// Outbox is where a service writes its events.
type Outbox struct {
	service string
	now     func() time.Time
	// committed are events whose transaction has committed.
	committed chan message
	// left tells that an event is left to the relay.
	left    chan struct{}
	tallies []*Tally
}

// NewOutbox is the outbox of a service; now is the platform's clock.
func NewOutbox(service string, now func() time.Time) *Outbox {
	return &Outbox{service: service, now: now, committed: make(chan message, queueLength), left: make(chan struct{}, 1)}
}

// message is an event as it is stored and published.
type message struct {
	id      uuid.UUID
	subject string
	record  bool
	headers map[string]string
	data    []byte
}

// Emit writes the event in the transaction, together with its commit; right after that it is published. The aggregate is what the event
// is about: an account, a case.
func (o *Outbox) Emit(ctx context.Context, tx pgx.Tx, aggregateID string, event proto.Message) error {
	m, err := o.message(ctx, aggregateID, event)
	if err != nil {
		return err
	}
	if err := insert(ctx, tx, m, true); err != nil {
		return err
	}
	pg.AfterCommit(ctx, func() { o.handOver(m) })
	return nil
}

// Discard does the work of [Outbox.Emit] and keeps nothing. What is only counted in one case and an event in another
// must not tell the two apart by how long it takes.
func (o *Outbox) Discard(ctx context.Context, tx pgx.Tx, aggregateID string, event proto.Message) error {
	m, err := o.message(ctx, aggregateID, event)
	if err != nil {
		return err
	}
	return insert(ctx, tx, m, false)
}

func (o *Outbox) message(ctx context.Context, aggregateID string, event proto.Message) (message, error) {
	data, err := proto.Marshal(event)
	if err != nil {
		return message{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return message{}, err
	}
	d := event.ProtoReflect().Descriptor()
	subject := Subject(d)
	return message{
		id: id, subject: subject, record: IsRecord(d), data: data,
		headers: o.headers(ctx, id.String(), subject, aggregateID),
	}, nil
}

func insert(ctx context.Context, tx pgx.Tx, m message, keep bool) error {
	headers, err := json.Marshal(m.headers)
	if err != nil {
		return err
	}
	data := m.data
	if data == nil {
		data = []byte{} // an event without fields has no bytes, which is not NULL
	}
	return pg.ExecLast(ctx, tx, `INSERT INTO outbox (id, subject, record, headers, data)
		SELECT $1::uuid, $2::text, $3::bool, $4::jsonb, $5::bytea WHERE $6::bool`,
		m.id, m.subject, m.record, headers, data, keep)
}

// handOver gives a committed event to the publisher, or leaves it to the relay.
func (o *Outbox) handOver(m message) {
	select {
	case o.committed <- m:
	default:
		signal(o.left)
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
