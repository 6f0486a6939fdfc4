package pg

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/rpc"
)

const (
	maxTries       = 5
	codeUnique     = "23505"
	codeSerialize  = "40001"
	codeDeadlock   = "40P01"
	retryBaseDelay = 5 * time.Millisecond
)

// ErrRetry makes [InTx] roll back and run its function again: the state it saw has been overtaken.
var ErrRetry = errors.New("overtaken by another transaction")

// ErrNested is the answer to a transaction inside a transaction, which would take a second connection.
var ErrNested = errors.New("a transaction inside a transaction")

type commitKey struct{}

type hooks struct{ after []func() }

// InTx runs fn in a transaction and commits when it returns nil. Serialization failures and deadlocks are run
// again, so fn must have no effect but on the database. In fn's context no other service can be called.
func InTx(ctx context.Context, pool *pgxpool.Pool, fn func(ctx context.Context, tx pgx.Tx) error) error {
	if _, nested := ctx.Value(commitKey{}).(*hooks); nested {
		return ErrNested
	}
	var err error
	for try := range maxTries {
		if err = runTx(ctx, pool, fn); !retryable(err) {
			return err
		}
		if waitErr := pause(ctx, try); waitErr != nil {
			return waitErr
		}
	}
	return err
}

func runTx(ctx context.Context, pool *pgxpool.Pool, fn func(ctx context.Context, tx pgx.Tx) error) error {
	h := &hooks{}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release() // the pool closes a connection that is still in its transaction
	tx := &transaction{conn: conn}
	err = fn(context.WithValue(rpc.ForbidCalls(ctx), commitKey{}, h), tx)
	if err == nil {
		err = tx.Commit(ctx)
	}
	if err != nil {
		_ = tx.Rollback(ctx)
		return err
	}
	for _, f := range h.after {
		f()
	}
	return nil
}

// AfterCommit has f called once the transaction of ctx has committed; it is not called after a rollback.
func AfterCommit(ctx context.Context, f func()) {
	if h, ok := ctx.Value(commitKey{}).(*hooks); ok {
		h.after = append(h.after, f)
	}
}

func pause(ctx context.Context, try int) error {
	d := retryBaseDelay<<try + rand.N(retryBaseDelay) //nolint:gosec // jitter is no secret
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func retryable(err error) bool {
	return errors.Is(err, ErrRetry) || hasCode(err, codeSerialize) || hasCode(err, codeDeadlock)
}

// IsUnique says whether err is the violation of this unique constraint or index.
func IsUnique(err error, constraint string) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == codeUnique && pgErr.ConstraintName == constraint
}

// IsUniqueIn says whether err is the violation of a unique index of a table, or a partition, whose name begins so.
func IsUniqueIn(err error, table string) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == codeUnique && strings.HasPrefix(pgErr.TableName, table)
}

func hasCode(err error, code string) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == code
}

// IsNotFound says whether a query that must give one row gave none.
func IsNotFound(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
