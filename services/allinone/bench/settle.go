package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	settlePatience = time.Minute
	settlePoll     = 50 * time.Millisecond
)

// settle waits until the background work of the last case is done, so that it does not count for the next one: every
// event is on record and every message sent.
func (w *world) settle(ctx context.Context) error {
	query, err := w.unsettled(ctx)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(settlePatience)
	for {
		var n int64
		if err := w.admin.QueryRow(ctx, query).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return pause(ctx, settlePoll)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d events and messages are still in progress after %v", n, settlePatience)
		}
		if err := pause(ctx, settlePoll); err != nil {
			return err
		}
	}
}

// unsettled is the query for what is in progress.
func (w *world) unsettled(ctx context.Context) (string, error) {
	rows, err := w.admin.Query(ctx, `SELECT quote_ident(table_schema) FROM information_schema.tables WHERE table_name = 'outbox'`)
	if err != nil {
		return "", err
	}
	schemas, err := pgx.CollectRows(rows, pgx.RowTo[string])
	var counts []string
	for _, s := range schemas {
		counts = append(counts, "(SELECT count(*) FROM "+s+".outbox)")
	}
	return "SELECT " + strings.Join(counts, " + ") + ` - (SELECT count(*) FROM audit.records)
		+ (SELECT count(*) FROM notification.messages WHERE state = 'QUEUED')`, err
}
