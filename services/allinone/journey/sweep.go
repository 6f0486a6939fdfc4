package journey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/events"
	auditv1 "github.com/propusk-id/propusk/proto/gen/propusk/audit/v1"
)

// Sweep proves, from the tables and the streams alone, that a run has left nothing half done: the invariants of
// docs/invariants.md.
type Sweep struct {
	Pool *pgxpool.Pool
	JS   jetstream.JetStream
	// Producers are the services that emit events, by name.
	Producers []string
	// Audit recomputes the chain of records.
	Audit auditv1.AuditServiceClient
	// Patience is how long events may still be on their way.
	Patience time.Duration
}

// Check names every invariant that does not hold.
func (s Sweep) Check(ctx context.Context) error {
	if err := s.settle(ctx); err != nil {
		return err
	}
	var failures []error
	for _, i := range invariants(s.Producers) {
		failures = append(failures, s.checkQuery(ctx, i))
	}
	failures = append(failures, s.checkStreams(ctx), s.checkRecord(ctx))
	return errors.Join(failures...)
}

// settle waits until every event is sent and recorded and every message delivered, or gives up without an error: what is
// missing then fails its invariant by name.
func (s Sweep) settle(ctx context.Context) error {
	waiting := everyEvent(s.Producers, `SELECT (SELECT count(*) FROM events WHERE sent_at IS NULL)
		+ (SELECT count(*) FROM events) - (SELECT count(*) FROM audit.records)
		+ (SELECT count(*) FROM notification.messages WHERE state = 'QUEUED' AND expire_at > now())
		+ (SELECT count(*) FROM account.outbox o LEFT JOIN notification.feed f ON f.id = o.id
		   WHERE o.subject = 'propusk.account.v1.level_raised' AND f.id IS NULL)`)
	deadline := time.Now().Add(s.Patience)
	for {
		var n int64
		if err := s.Pool.QueryRow(ctx, waiting).Scan(&n); err != nil {
			return err
		}
		if n == 0 || time.Now().After(deadline) {
			return nil
		}
		if err := pause(ctx, retryPause); err != nil {
			return err
		}
	}
}

func (s Sweep) checkQuery(ctx context.Context, i invariant) error {
	rows, err := s.Pool.Query(ctx, i.query)
	if err != nil {
		return fmt.Errorf("%s: %w", i.name, err)
	}
	bad, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("%s: %w", i.name, err)
	}
	if len(bad) > 0 {
		return fmt.Errorf("%s: broken by %d: %v", i.name, len(bad), bad[:min(len(bad), 5)])
	}
	return nil
}

// checkRecord proves I6: every record's hash covers its content and the record before it.
func (s Sweep) checkRecord(ctx context.Context) error {
	verdict, err := s.Audit.VerifyChain(ctx, &auditv1.VerifyChainRequest{})
	if err != nil {
		return fmt.Errorf("I6: %w", err)
	}
	if verdict.GetBrokenPosition() != 0 || verdict.GetRecords() == 0 {
		return fmt.Errorf("I6: of %d records one at %d is broken", verdict.GetRecords(), verdict.GetBrokenPosition())
	}
	return nil
}

// checkStreams proves I3: every committed event is in its stream, and every message has a committed event.
func (s Sweep) checkStreams(ctx context.Context) error {
	for _, p := range s.Producers {
		rows, err := s.Pool.Query(ctx, "SELECT id::text FROM "+p+".outbox")
		if err != nil {
			return err
		}
		committed, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		stored := map[string]bool{}
		for _, stream := range events.StreamNames(p) {
			if err := s.addStored(ctx, stream, stored); err != nil {
				return fmt.Errorf("I3: stream %s: %w", stream, err)
			}
		}
		for _, id := range committed {
			if !stored[id] {
				return fmt.Errorf("I3: event %s of %s is not in its stream", id, p)
			}
			delete(stored, id)
		}
		if len(stored) > 0 {
			return fmt.Errorf("I3: %d messages of %s have no committed event", len(stored), p)
		}
	}
	return nil
}

func (s Sweep) addStored(ctx context.Context, name string, ids map[string]bool) error {
	stream, err := s.JS.Stream(ctx, name)
	if err != nil {
		return err
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return err
	}
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq && info.State.Msgs > 0; seq++ {
		m, err := stream.GetMsg(ctx, seq)
		if err != nil {
			return err
		}
		ids[m.Header.Get("ce-id")] = true
	}
	return nil
}
