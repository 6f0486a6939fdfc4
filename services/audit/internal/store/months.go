package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/pg"
)

const (
	monthsAhead = 2
	monthPrefix = "records_m"
	monthFormat = "200601"
)

// RollMonths makes the partitions of this month and the next two, and drops those that ended so many whole months ago; 0:
// none. The chain is verified from the oldest record that is kept.
func (s *Store) RollMonths(ctx context.Context, now time.Time, keep int) error {
	this := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := range monthsAhead + 1 {
		if err := s.change(ctx, makeMonth(this.AddDate(0, i, 0))); err != nil {
			return fmt.Errorf("make a month: %w", err)
		}
	}
	if keep == 0 {
		return nil
	}
	rows, err := s.pool.Query(ctx, `SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = 'records'::regclass AND c.relname LIKE $1 AND c.relname < $2 ORDER BY 1`,
		monthPrefix+"%", monthPrefix+this.AddDate(0, -keep, 0).Format(monthFormat))
	if err != nil {
		return err
	}
	old, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range old { // the oldest first: what is kept is always one stretch
		if err := s.change(ctx, dropMonth(name)); err != nil {
			return fmt.Errorf("drop a month: %w", err)
		}
	}
	return nil
}

// change waits only a moment for its locks: it comes again in an hour.
func (s *Store) change(ctx context.Context, do func(ctx context.Context, tx pgx.Tx) error) error {
	return pg.InTx(ctx, s.pool, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '2s'`); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

func makeMonth(of time.Time) func(ctx context.Context, tx pgx.Tx) error {
	name := monthPrefix + of.Format(monthFormat)
	return func(ctx context.Context, tx pgx.Tx) error {
		var there bool
		err := tx.QueryRow(ctx, `SELECT to_regclass($1::text) IS NOT NULL
			OR EXISTS (SELECT FROM records_default WHERE month = $2)`, name, of).Scan(&there)
		if err != nil || there {
			return err
		}
		_, err = tx.Exec(ctx, fmt.Sprintf(`
			CREATE TABLE IF NOT EXISTS %[1]s PARTITION OF records FOR VALUES FROM ('%[2]s') TO ('%[3]s');
			CREATE OR REPLACE TRIGGER records_no_truncate BEFORE TRUNCATE ON %[1]s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
			REVOKE UPDATE, DELETE, TRUNCATE ON %[1]s FROM CURRENT_USER`,
			name, of.Format(time.DateOnly), of.AddDate(0, 1, 0).Format(time.DateOnly)))
		return err
	}
}

// dropMonth notes where the rest of the chain begins, and forgets the month.
func dropMonth(name string) func(ctx context.Context, tx pgx.Tx) error {
	table := pgx.Identifier{name}.Sanitize()
	return func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			UPDATE head SET kept_after = last.position, kept_hash = last.hash
			FROM (SELECT r.position, r.hash FROM `+table+` r ORDER BY r.position DESC LIMIT 1) last;
			DROP TABLE `+table)
		return err
	}
}
