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
)

// Sweep proves, from the tables and the streams alone, that a run has left nothing half done: the invariants
// of docs/invariants.md.
type Sweep struct {
	Pool *pgxpool.Pool
	JS   jetstream.JetStream
	// Patience is how long events may still be on their way.
	Patience time.Duration
}

// Check names every invariant that does not hold.
func (s Sweep) Check(ctx context.Context) error {
	if err := s.settle(ctx); err != nil {
		return err
	}
	var failures []error
	for _, i := range invariants() {
		failures = append(failures, s.checkQuery(ctx, i))
	}
	failures = append(failures, s.checkStreams(ctx))
	return errors.Join(failures...)
}

// invariant is a query that must give no rows.
type invariant struct{ name, query string }

func invariants() []invariant {
	return []invariant{
		{"I1: one account per SNILS and per passport", `
		SELECT kind || ' ' || encode(index_value, 'hex') FROM account.identifiers
		GROUP BY kind, index_key_id, index_value HAVING count(*) > 1`},
		{"I1: who is standard holds a SNILS and a passport, who is not holds none", `
		SELECT a.id::text FROM account.accounts a
		WHERE (SELECT count(*) FROM account.identifiers i WHERE i.account_id = a.id AND i.kind IN ('snils', 'passport'))
		   <> CASE WHEN a.level >= 2 THEN 2 ELSE 0 END`},
		{"I2: an account for every completed sign-up, and for no other", `
		SELECT coalesce(r.account_id, a.id)::text FROM (SELECT * FROM registration.registrations WHERE state = 'COMPLETED') r
		FULL JOIN account.accounts a ON a.id = r.account_id WHERE r.account_id IS NULL OR a.id IS NULL`},
		{"I2: a card for every account, and no card without one", `
		SELECT coalesce(p.account_id, a.id)::text FROM profile.persons p
		FULL JOIN account.accounts a ON a.id = p.account_id
		WHERE a.id IS NULL AND NOT EXISTS (
			SELECT 1 FROM registration.registrations r
			WHERE r.account_id = p.account_id AND r.state IN ('CODE_SENT', 'CONTACT_VERIFIED'))
		   OR p.account_id IS NULL`},
		{"I2: a letter's code is used once", `
		SELECT letter_order_id::text FROM confirmation.confirmations GROUP BY letter_order_id HAVING count(*) > 1`},
		{"I2: evidence is decided before its case ends", `
		SELECT v.id::text FROM verification.verifications v LEFT JOIN account.evidence e ON e.id = v.id AND e.refusal = ''
		WHERE v.state = 'MATCHED' AND e.id IS NULL`},
		{"I2: a confirmation that was applied has raised the level", `
		SELECT c.id::text FROM confirmation.confirmations c JOIN account.accounts a ON a.id = c.account_id
		WHERE c.state = 'APPLIED' AND a.level <> 3 OR c.state = 'PENDING'`},
		{"I4: nothing was set aside", deadLetters()},
		{"I4: one entry in the feed for every rise of a level", `
		SELECT o.id::text FROM account.outbox o LEFT JOIN notification.feed f ON f.id = o.id
		WHERE o.subject = 'propusk.account.v1.level_raised' AND f.id IS NULL`},
		{"I4: every message has reached a final state", `
		SELECT id::text FROM notification.messages WHERE state = 'QUEUED' AND expire_at > now()`},
		{"I5: no live grant of an ended session", `
		SELECT g.id::text FROM oidc.grants g JOIN account.sessions s ON s.id::text = g.session_id
		WHERE s.ended_at IS NOT NULL AND g.revoked_at IS NULL AND NOT g.offline`},
		{"I6: every event is on record, once", everyEvent(`
		SELECT coalesce(e.id, r.event_id)::text FROM events e FULL JOIN audit.records r ON r.event_id = e.id
		WHERE e.id IS NULL OR r.event_id IS NULL`)},
		{"I6: the record has no gap", `
		SELECT position::text FROM (SELECT position, lag(position, 1, 0::bigint) OVER (ORDER BY position) before FROM audit.records) x
		WHERE position <> before + 1`},
		{"I6: every record continues the one before", `
		SELECT position::text FROM (SELECT position, prev_hash, lag(hash) OVER (ORDER BY position) before FROM audit.records) x
		WHERE before IS NOT NULL AND prev_hash <> before`},
	}
}

// everyEvent puts all outboxes under one name before a query.
func everyEvent(query string) string {
	all := ""
	for i, p := range events.Producers() {
		if i > 0 {
			all += " UNION ALL "
		}
		all += "SELECT id, subject, sent_at FROM " + p + ".outbox"
	}
	return "WITH events AS (" + all + ") " + query
}

func deadLetters() string {
	query := ""
	for _, p := range append([]string{"audit"}, events.Producers()...) {
		if query != "" {
			query += " UNION ALL "
		}
		query += "SELECT '" + p + ": ' || subject || ': ' || error FROM " + p + ".dead_letters"
	}
	return query
}

// settle waits until every event is sent, recorded and every message gone, or gives up without an error: what is
// missing then fails its invariant by name.
func (s Sweep) settle(ctx context.Context) error {
	waiting := everyEvent(`SELECT (SELECT count(*) FROM events WHERE sent_at IS NULL)
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

// checkStreams proves I3: every committed event is in its stream, and every message has a committed event.
func (s Sweep) checkStreams(ctx context.Context) error {
	for _, p := range events.Producers() {
		rows, err := s.Pool.Query(ctx, "SELECT id::text FROM "+p+".outbox")
		if err != nil {
			return err
		}
		committed, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		stored, err := s.stored(ctx, p)
		if err != nil {
			return fmt.Errorf("I3: stream of %s: %w", p, err)
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

func (s Sweep) stored(ctx context.Context, producer string) (map[string]bool, error) {
	ids := map[string]bool{}
	stream, err := s.JS.Stream(ctx, events.StreamName(producer))
	if err != nil {
		return nil, err
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return nil, err
	}
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq && info.State.Msgs > 0; seq++ {
		m, err := stream.GetMsg(ctx, seq)
		if err != nil {
			return nil, err
		}
		ids[m.Header.Get("ce-id")] = true
	}
	return ids, nil
}
