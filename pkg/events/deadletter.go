package events

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	deadLetterPoll  = 5 * time.Second
	deadLetterBatch = 64
)

// deadLetter keeps an event that cannot be handled where an operator finds it; if even that fails, it is delivered again.
func (c *Consumer) deadLetter(ctx context.Context, m jetstream.Msg, d Delivery, cause error) {
	c.Log.Error("event became a dead letter", "type", m.Subject(), "event_id", d.ID, "error", cause)
	id := d.ID
	if id == uuid.Nil {
		id = uuid.NewSHA1(uuid.NameSpaceOID, m.Data())
	}
	headers, err := json.Marshal(m.Headers())
	if err == nil {
		_, err = c.Pool.Exec(ctx, `INSERT INTO dead_letters (consumer, event_id, subject, headers, data, error, failed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			c.Service, id, m.Subject(), headers, m.Data(), cause.Error(), c.Now())
	}
	if err != nil {
		c.settle(m.NakWithDelay(maxRedelivery))
		return
	}
	c.settle(m.TermWithReason("dead letter"))
}

// retryDeadLetters handles again what an operator has asked for, from the table: NATS may have forgotten it.
func (c *Consumer) retryDeadLetters(ctx context.Context) {
	said := ""
	for ctx.Err() == nil {
		err := c.retryOnce(ctx)
		if err != nil && ctx.Err() == nil && err.Error() != said {
			said = err.Error()
			c.Log.Warn("dead letters cannot be read", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(deadLetterPoll):
		}
	}
}

// storedLetter is a dead letter as its consumer handles it again.
type storedLetter struct {
	id      uuid.UUID
	subject string
	headers nats.Header
	data    []byte
}

func (c *Consumer) retryOnce(ctx context.Context) error {
	rows, err := c.Pool.Query(ctx, `SELECT event_id, subject, headers, data FROM dead_letters
		WHERE consumer = $1 AND retry ORDER BY failed_at LIMIT $2`, c.Service, deadLetterBatch)
	if err != nil {
		return err
	}
	letters, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l storedLetter, err error) {
		var headers []byte
		if err := row.Scan(&l.id, &l.subject, &headers, &l.data); err != nil {
			return l, err
		}
		return l, json.Unmarshal(headers, &l.headers)
	})
	if err != nil {
		return err
	}
	for _, l := range letters {
		if err := c.retry(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// retry handles a dead letter. It is gone once it has had its effect; after another failure it waits for the operator
// again, unless something was unavailable.
func (c *Consumer) retry(ctx context.Context, l storedLetter) error {
	ctx, cancel := context.WithTimeout(ctx, handleTimeout)
	defer cancel()
	d, err := newDelivery(c.Service, l.subject, l.headers, l.data)
	if err == nil {
		err = c.call(ctx, d, l.headers)
	}
	switch {
	case err == nil:
		c.Log.Info("dead letter handled", "type", l.subject, "event_id", l.id)
		_, err = c.Pool.Exec(ctx, `DELETE FROM dead_letters WHERE consumer = $1 AND event_id = $2`, c.Service, l.id)
		return err
	case isTransient(err):
		return err
	}
	c.Log.Error("dead letter failed again", "type", l.subject, "event_id", l.id, "error", err)
	_, err = c.Pool.Exec(ctx, `UPDATE dead_letters SET retry = false, error = $3, failed_at = $4
		WHERE consumer = $1 AND event_id = $2`, c.Service, l.id, err.Error(), c.Now())
	return err
}
