package events

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const replayBatch = 5000

// Admin works on the events of all services, as the database's administrator.
type Admin struct {
	Pool *pgxpool.Pool
	// Schemas are those of the services.
	Schemas []string
}

// Replay has every event published again that was sent at or after an instant, and says how many there are. Producers
// do it, as fast as their streams take them; consumers drop what they have handled. Events are kept for seven days
// after they were sent.
func (a Admin) Replay(ctx context.Context, from time.Time) (all int64, err error) {
	for _, schema := range a.Schemas {
		n, err := a.replay(ctx, schema, from)
		all += n
		if err != nil {
			return all, fmt.Errorf("%s: %w", schema, err)
		}
	}
	return all, nil
}

// replay goes through the outbox by id, so that it meets each event once, whatever is published meanwhile.
func (a Admin) replay(ctx context.Context, schema string, from time.Time) (all int64, err error) {
	outbox := pgx.Identifier{schema, "outbox"}.Sanitize()
	last := uuid.Nil
	for {
		var n int64
		var next *uuid.UUID
		err := a.Pool.QueryRow(ctx, `WITH batch AS (
			SELECT id FROM `+outbox+` WHERE sent_at >= $1 AND id > $2 ORDER BY id LIMIT $3 FOR UPDATE
		), marked AS (
			UPDATE `+outbox+` SET sent_at = NULL, inserted_at = clock_timestamp() FROM batch WHERE outbox.id = batch.id
		)
		SELECT count(*), max(id::text)::uuid FROM batch`, from, last, replayBatch).Scan(&n, &next)
		all += n
		if err != nil || next == nil {
			return all, err
		}
		last = *next
	}
}

// DeadLetter is an event that a consumer could not handle.
type DeadLetter struct {
	Consumer string
	EventID  uuid.UUID
	Type     string
	Error    string
	FailedAt time.Time
	// Retry: the consumer was asked to handle it again and has not done so yet.
	Retry bool
}

// DeadLetters are those of all services, by consumer and time.
func (a Admin) DeadLetters(ctx context.Context) ([]DeadLetter, error) {
	return a.each(ctx, `SELECT consumer, event_id, subject, error, failed_at, retry FROM %s ORDER BY failed_at, event_id`)
}

// RetryDeadLetters asks the consumers of these events, of all if there are none, to handle them again.
func (a Admin) RetryDeadLetters(ctx context.Context, ids ...uuid.UUID) ([]DeadLetter, error) {
	return a.each(ctx, `UPDATE %s SET retry = true WHERE event_id = ANY($1) OR cardinality($1::uuid[]) = 0
		RETURNING consumer, event_id, subject, error, failed_at, retry`, notNil(ids))
}

// DropDeadLetters gives up these events, or all if there are none.
func (a Admin) DropDeadLetters(ctx context.Context, ids ...uuid.UUID) ([]DeadLetter, error) {
	return a.each(ctx, `DELETE FROM %s WHERE event_id = ANY($1) OR cardinality($1::uuid[]) = 0
		RETURNING consumer, event_id, subject, error, failed_at, retry`, notNil(ids))
}

func notNil(ids []uuid.UUID) []uuid.UUID {
	if ids == nil {
		return []uuid.UUID{}
	}
	return ids
}

// each runs a query on every service's dead letters.
func (a Admin) each(ctx context.Context, query string, args ...any) (all []DeadLetter, err error) {
	for _, schema := range a.Schemas {
		rows, err := a.Pool.Query(ctx, fmt.Sprintf(query, pgx.Identifier{schema, "dead_letters"}.Sanitize()), args...)
		if err != nil {
			return all, fmt.Errorf("%s: %w", schema, err)
		}
		letters, err := pgx.CollectRows(rows, pgx.RowToStructByPos[DeadLetter])
		if err != nil {
			return all, fmt.Errorf("%s: %w", schema, err)
		}
		all = append(all, letters...)
	}
	return all, nil
}
