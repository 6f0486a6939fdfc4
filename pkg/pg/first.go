package pg

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// firstRows are the rows of a transaction's first statement: with them ends the batch that began it.
type firstRows struct {
	pgx.Rows

	results pgx.BatchResults
	err     error
}

// Next implements [pgx.Rows].
func (r *firstRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Close implements [pgx.Rows].
func (r *firstRows) Close() {
	r.Rows.Close()
	r.err = firstError(r.err, r.results.Close())
}

// Err implements [pgx.Rows].
func (r *firstRows) Err() error { return firstError(r.Rows.Err(), r.err) }

// firstRow is the row of a transaction's first statement.
type firstRow struct {
	results pgx.BatchResults
	err     error
}

// Scan implements [pgx.Row].
func (r *firstRow) Scan(into ...any) error {
	err := r.err
	if err == nil {
		err = r.results.QueryRow().Scan(into...)
	}
	return firstError(err, r.results.Close())
}

// failedBatch answers everything with the error that kept the batch from being sent.
type failedBatch struct{ err error }

// Exec implements [pgx.BatchResults].
func (f failedBatch) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, f.err }

// Query implements [pgx.BatchResults].
func (f failedBatch) Query() (pgx.Rows, error) { return nil, f.err }

// QueryRow implements [pgx.BatchResults].
func (f failedBatch) QueryRow() pgx.Row { return failedRow(f) }

// Tx implements [pgx.BatchResults].
func (f failedBatch) Tx() pgx.Tx { return nil }

// Close implements [pgx.BatchResults].
func (f failedBatch) Close() error { return f.err }

type failedRow struct{ err error }

// Scan implements [pgx.Row].
func (f failedRow) Scan(...any) error { return f.err }
