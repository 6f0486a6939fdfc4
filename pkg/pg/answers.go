package pg

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	// answerLife is how long a repeated request gets the first one's answer.
	answerLife = 24 * time.Hour
	minKeyLen  = 8
	maxKeyLen  = 128
)

// Answers remembers what repeatable requests were answered, encrypted: an answer may hold a token.
type Answers struct {
	keys *secret.Keys
	now  func() time.Time
}

// NewAnswers keeps answers under the service's keys; now is the platform's clock.
func NewAnswers(keys *secret.Keys, now func() time.Time) *Answers {
	return &Answers{keys: keys, now: now}
}

// Querier is a pool, a connection or a transaction.
type Querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Recall finds the answer given before to the same request (same idempotency key, person and content) of the
// method and puts it into answer, a pointer. The same key for another request is refused
// (IDEMPOTENCY_KEY_REUSED). Without a key in the context nothing is found.
//
// The content is hashed with the service's key, since it may hold a password.
func (a *Answers) Recall(ctx context.Context, q Querier, method string, request, answer any) (bool, error) {
	r, err := a.row(ctx, method, request)
	if err != nil || r == nil {
		return false, err
	}
	var hash, sealed []byte
	err = q.QueryRow(ctx,
		`SELECT request_hash, answer FROM answers WHERE principal = $1 AND key = $2 AND expires_at > $3`,
		r.principal, r.key, a.now()).Scan(&hash, &sealed)
	if IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !secret.Equal(hash, r.hash) {
		return false, errs.New(errs.Unprocessable, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED,
			"the idempotency key was used for another request")
	}
	plain, err := a.keys.Open(sealed, r.place())
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal(plain, answer)
}

// Remember stores the answer in the transaction that has its effect. When a twin of the request has stored one
// meanwhile, ErrRetry rolls this transaction back; run again, it recalls.
func (a *Answers) Remember(ctx context.Context, q Querier, method string, request, answer any) error {
	r, err := a.row(ctx, method, request)
	if err != nil || r == nil {
		return err
	}
	plain, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	sealed, err := a.keys.Seal(plain, r.place())
	if err != nil {
		return err
	}
	now := a.now()
	tag, err := q.Exec(ctx, `INSERT INTO answers (principal, key, request_hash, answer, expires_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (principal, key) DO UPDATE
		   SET request_hash = excluded.request_hash, answer = excluded.answer, expires_at = excluded.expires_at
		 WHERE answers.expires_at <= $6`,
		r.principal, r.key, r.hash, sealed, now.Add(answerLife), now)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return ErrRetry
	}
	return nil
}

// Once does what a repeatable request asks for, in the transaction that also remembers the answer, which effect
// has filled. If a twin of the request was quicker, its answer is taken and nothing is done.
func (a *Answers) Once(
	ctx context.Context, tx Querier, method string, request, answer any, effect func() error,
) error {
	if found, err := a.Recall(ctx, tx, method, request, answer); found || err != nil {
		return err
	}
	if err := effect(); err != nil {
		return err
	}
	return a.Remember(ctx, tx, method, request, answer)
}

// OrTwin gives the answer of a twin of the request, if what stood in the way of this one is that the twin was
// first; else the refusal.
func (a *Answers) OrTwin(
	ctx context.Context, q Querier, method string, request, answer any, refusal error,
) error {
	if found, err := a.Recall(ctx, q, method, request, answer); found || err != nil {
		return err
	}
	return refusal
}

type answerRow struct {
	principal, key string
	hash           []byte
}

func (r *answerRow) place() secret.AssociatedData {
	sum := sha256.Sum256([]byte(r.principal + "\x00" + r.key))
	return secret.AssociatedData{Table: "answers", Row: string(sum[:]), Column: "answer"}
}

func (a *Answers) row(ctx context.Context, method string, request any) (*answerRow, error) {
	key := rpc.RequestOf(ctx).IdempotencyKey
	if key == "" {
		return nil, nil //nolint:nilnil // no key: nothing to remember
	}
	if len(key) < minKeyLen || len(key) > maxKeyLen {
		return nil, errs.New(errs.Invalid, errorsv1.Reason_IDEMPOTENCY_KEY_INVALID, "8 to 128 characters are needed")
	}
	content, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	principal := rpc.CallerOf(ctx)
	if u, ok := rpc.UserOf(ctx); ok {
		principal = u.AccountID
	}
	return &answerRow{principal: principal + "/" + method, key: key, hash: a.keys.MAC("answers", content)}, nil
}
