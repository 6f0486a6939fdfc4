package events

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/pg"
)

const (
	day = 24 * time.Hour
	// keepSent is how long a sent event stays, so that it can be published again.
	keepSent = 7 * day
	// daysAhead are how many days' partitions are there before they are needed.
	daysAhead       = 2
	partitionsEvery = time.Hour
	partitionPrefix = "outbox_d"
	partitionDate   = "20060102"
)

// keepPartitions sees to the outbox's daily partitions; every replica may.
func (p *Publisher) keepPartitions(ctx context.Context) {
	Every(ctx, idTime, partitionsEvery, func(ctx context.Context) {
		if err := RollPartitions(ctx, p.pool, idTime()); err != nil && ctx.Err() == nil {
			p.log.Warn("the outbox's partitions were not looked after", "error", err)
		}
	})
}

// RollPartitions makes the outbox's partitions of today and the days after, and drops those whose events were all sent
// more than seven days ago. A partition with an unsent event stays.
func RollPartitions(ctx context.Context, pool *pgxpool.Pool, now time.Time) error {
	today := now.UTC().Truncate(day)
	for i := range daysAhead + 1 {
		if err := changeOutbox(ctx, pool, makePartition(today.Add(time.Duration(i)*day))); err != nil {
			return fmt.Errorf("make a partition: %w", err)
		}
	}
	old, err := partitionsBefore(ctx, pool, now.Add(-keepSent-day))
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := changeOutbox(ctx, pool, dropPartition(name, now.Add(-keepSent))); err != nil {
			return fmt.Errorf("drop a partition: %w", err)
		}
	}
	return sweepDefault(ctx, pool, now.Add(-keepSent))
}

// changeOutbox locks the outbox for a moment: whoever would have to wait longer than that comes again in an hour.
func changeOutbox(ctx context.Context, pool *pgxpool.Pool, change func(ctx context.Context, tx pgx.Tx) error) error {
	return pg.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '2s'`); err != nil {
			return err
		}
		return change(ctx, tx)
	})
}

// makePartition moves what the default partition holds of that day into the day's own.
func makePartition(of time.Time) func(ctx context.Context, tx pgx.Tx) error {
	name := partitionPrefix + of.Format(partitionDate)
	return func(ctx context.Context, tx pgx.Tx) error {
		if exists, err := hasTable(ctx, tx, name); err != nil || exists {
			return err
		}
		if err := lockOutbox(ctx, tx); err != nil {
			return err
		}
		if exists, err := hasTable(ctx, tx, name); err != nil || exists {
			return err // another replica was first
		}
		from, to := firstID(of), firstID(of.Add(day))
		_, err := tx.Exec(ctx, fmt.Sprintf(`
			CREATE TABLE %[1]s (LIKE outbox INCLUDING ALL);
			WITH moved AS (DELETE FROM outbox_default WHERE id >= '%[2]s' AND id < '%[3]s' RETURNING *)
			INSERT INTO %[1]s SELECT * FROM moved;
			ALTER TABLE outbox ATTACH PARTITION %[1]s FOR VALUES FROM ('%[2]s') TO ('%[3]s')`, name, from, to))
		return err
	}
}

func hasTable(ctx context.Context, tx pgx.Tx, name string) (exists bool, err error) {
	return exists, tx.QueryRow(ctx, `SELECT to_regclass($1::text) IS NOT NULL`, name).Scan(&exists)
}

func lockOutbox(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE`)
	return err
}

// idTime is the clock that ids are made by. A partition's day is one of ids, so the platform's clock does not matter here.
func idTime() time.Time { return time.Now() } //nolint:forbidigo // UUIDv7 takes the system's clock

// firstID is the least UUIDv7 of an instant.
func firstID(at time.Time) uuid.UUID {
	var id uuid.UUID
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(id[:6], ms[2:])
	return id
}

// partitionsBefore are the partitions of days that began before an instant.
func partitionsBefore(ctx context.Context, pool *pgxpool.Pool, before time.Time) ([]string, error) {
	rows, err := pool.Query(ctx, `SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = 'outbox'::regclass AND c.relname LIKE $1 AND c.relname < $2 ORDER BY 1`,
		partitionPrefix+"%", partitionPrefix+before.UTC().Format(partitionDate))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func dropPartition(name string, before time.Time) func(ctx context.Context, tx pgx.Tx) error {
	table := pgx.Identifier{name}.Sanitize()
	return func(ctx context.Context, tx pgx.Tx) error {
		if err := lockOutbox(ctx, tx); err != nil {
			return err
		}
		var needed bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM `+table+` WHERE sent_at IS NULL OR sent_at >= $1)`, before).Scan(&needed)
		if err != nil || needed {
			return err
		}
		_, err = tx.Exec(ctx, `DROP TABLE `+table)
		return err
	}
}

// sweepDefault deletes what has no partition of its own.
func sweepDefault(ctx context.Context, pool *pgxpool.Pool, before time.Time) error {
	for {
		tag, err := pool.Exec(ctx,
			`DELETE FROM outbox_default WHERE id IN (SELECT id FROM outbox_default WHERE sent_at < $1 LIMIT 10000)`, before)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
	}
}
