package pg

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// transaction is one that saves round trips: its BEGIN goes out with the first statement, and what nobody needs the
// answer of ([ExecLast]) with the COMMIT.
type transaction struct {
	conn  *pgxpool.Conn
	begun bool
	last  []statement
}

type statement struct {
	sql  string
	args []any
}

// idle is the status of a connection that is in no transaction.
const idle = 'I'

// ExecLast runs a statement together with the transaction's commit: nothing in the transaction sees its effect, and it
// fails by the commit's failing. Outside [InTx] it runs at once.
func ExecLast(ctx context.Context, tx pgx.Tx, sql string, args ...any) error {
	if t, ok := tx.(*transaction); ok {
		t.last = append(t.last, statement{sql, args})
		return nil
	}
	_, err := tx.Exec(ctx, sql, args...)
	return err
}

// Last has generated queries run by [ExecLast]: those that only change rows, and of which nobody asks how many.
type Last struct{ Tx pgx.Tx }

// Exec runs a statement with the commit. The tag is empty.
func (l Last) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, ExecLast(ctx, l.Tx, sql, args...)
}

// Query refuses: rows come with the transaction.
func (Last) Query(context.Context, string, ...any) (pgx.Rows, error) { return nil, errNoRows }

// QueryRow refuses: rows come with the transaction.
func (Last) QueryRow(context.Context, string, ...any) pgx.Row { return failedRow{errNoRows} }

var errNoRows = errors.New("a statement that runs with the commit gives no rows")

// Exec implements [pgx.Tx].
func (t *transaction) Exec(ctx context.Context, sql string, args ...any) (tag pgconn.CommandTag, err error) {
	if t.begun || len(args) == 0 { // without arguments it may be several statements, which do not go into a batch
		if err := t.begin(ctx); err != nil {
			return tag, err
		}
		return t.conn.Exec(ctx, sql, args...)
	}
	results := t.first(ctx, sql, args)
	if _, err = results.Exec(); err == nil {
		tag, err = results.Exec()
	}
	return tag, firstError(err, results.Close())
}

// Query implements [pgx.Tx].
func (t *transaction) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if t.begun {
		return t.conn.Query(ctx, sql, args...)
	}
	results := t.first(ctx, sql, args)
	if _, err := results.Exec(); err != nil {
		return nil, firstError(err, results.Close())
	}
	rows, err := results.Query()
	if err != nil {
		return rows, firstError(err, results.Close())
	}
	return &firstRows{Rows: rows, results: results}, nil
}

// QueryRow implements [pgx.Tx].
func (t *transaction) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if t.begun {
		return t.conn.QueryRow(ctx, sql, args...)
	}
	results := t.first(ctx, sql, args)
	_, err := results.Exec()
	return &firstRow{results: results, err: err}
}

// first sends BEGIN and the first statement.
func (t *transaction) first(ctx context.Context, sql string, args []any) pgx.BatchResults {
	t.begun = true
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	b.Queue(sql, args...)
	return t.conn.SendBatch(ctx, b)
}

// begin sends BEGIN alone.
func (t *transaction) begin(ctx context.Context) error {
	if t.begun {
		return nil
	}
	t.begun = true
	_, err := t.conn.Exec(ctx, `BEGIN`)
	return err
}

// Commit implements [pgx.Tx].
func (t *transaction) Commit(ctx context.Context) error {
	if !t.begun && len(t.last) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	if !t.begun {
		t.begun = true
		b.Queue(`BEGIN`)
	}
	for _, s := range t.last {
		b.Queue(s.sql, s.args...)
	}
	b.Queue(`COMMIT`)
	return commit(t.conn.SendBatch(ctx, b), b.Len())
}

// commit reads the answers to a batch that ends in COMMIT, which a failed transaction answers with ROLLBACK.
func commit(results pgx.BatchResults, n int) error {
	var tag pgconn.CommandTag
	var err error
	for range n {
		if tag, err = results.Exec(); err != nil {
			break
		}
	}
	if err == nil && tag.String() == "ROLLBACK" {
		err = pgx.ErrTxCommitRollback
	}
	return firstError(err, results.Close())
}

// Rollback implements [pgx.Tx]. A connection that cannot be brought out of its transaction is closed by the pool.
func (t *transaction) Rollback(ctx context.Context) error {
	if !t.begun || t.conn.Conn().PgConn().TxStatus() == idle {
		return nil
	}
	_, err := t.conn.Exec(ctx, `ROLLBACK`)
	return err
}

// Begin implements [pgx.Tx]: there are no transactions inside transactions.
func (t *transaction) Begin(context.Context) (pgx.Tx, error) { return nil, ErrNested }

// CopyFrom implements [pgx.Tx].
func (t *transaction) CopyFrom(
	ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource,
) (int64, error) {
	if err := t.begin(ctx); err != nil {
		return 0, err
	}
	return t.conn.CopyFrom(ctx, table, columns, rows)
}

// SendBatch implements [pgx.Tx].
func (t *transaction) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	if err := t.begin(ctx); err != nil {
		return failedBatch{err}
	}
	return t.conn.SendBatch(ctx, b)
}

// LargeObjects implements [pgx.Tx]; there are none.
func (t *transaction) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Prepare implements [pgx.Tx].
func (t *transaction) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return t.conn.Conn().Prepare(ctx, name, sql)
}

// Conn implements [pgx.Tx].
func (t *transaction) Conn() *pgx.Conn { return t.conn.Conn() }

func firstError(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
