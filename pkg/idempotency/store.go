package idempotency

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	// Life is how long a repeated request gets the first one's answer.
	Life = 24 * time.Hour

	minKeyLen = 8
	maxKeyLen = 128
)

// ErrConflict says that a concurrent request under the same key has stored its answer first: the transaction is to be
// rolled back, and that answer given.
var ErrConflict = errors.New("a concurrent request with the same idempotency key was first")

// KeyReused refuses a key that was used for another request (IDEMPOTENCY_KEY_REUSED).
func KeyReused() error {
	return errs.New(errorsv1.Reason_IDEMPOTENCY_KEY_REUSED,
		"the idempotency key was used for another request")
}

// Querier is a pool, a connection or a transaction.
type Querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Store keeps answers in the table idempotency_keys of the service's schema.
type Store struct {
	pool Querier
	keys *secret.Keys
	now  func() time.Time
}

// New keeps answers in the pool's schema under the service's keys; now is the platform's clock.
func New(pool Querier, keys *secret.Keys, now func() time.Time) *Store {
	return &Store{pool: pool, keys: keys, now: now}
}

// Request is one repeatable request: who sent what under which key.
type Request struct {
	principal, key string
	hash           []byte
}

// CheckKey refuses an idempotency key of a wrong length (IDEMPOTENCY_KEY_INVALID), for those whose repeated requests are
// answered without a stored answer.
func CheckKey(ctx context.Context) error {
	key := rpc.RequestOf(ctx).IdempotencyKey
	if key != "" && (len(key) < minKeyLen || len(key) > maxKeyLen) {
		return errs.New(errorsv1.Reason_IDEMPOTENCY_KEY_INVALID, "8 to 128 characters are needed")
	}
	return nil
}

// NewRequest reads the idempotency key of the context; ok is false without one. A key of a wrong length is refused
// (IDEMPOTENCY_KEY_INVALID). The principal is the signed-in person, else the calling service, with the message's type:
// keys of two methods never meet. The content is hashed under the service's key, since it may hold a password.
func (s *Store) NewRequest(ctx context.Context, message proto.Message) (r Request, ok bool, err error) {
	key := rpc.RequestOf(ctx).IdempotencyKey
	if key == "" {
		return Request{}, false, nil
	}
	if err := CheckKey(ctx); err != nil {
		return Request{}, false, err
	}
	content, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil {
		return Request{}, false, err
	}
	principal := rpc.CallerOf(ctx)
	if u, ok := rpc.UserOf(ctx); ok {
		principal = u.AccountID
	}
	return Request{
		principal: principal + "/" + string(message.ProtoReflect().Descriptor().FullName()),
		key:       key, hash: s.keys.MAC("idempotency", content),
	}, true, nil
}

// Lookup finds the answer given before to the same request and puts it into answer. The same key for another request
// is refused (IDEMPOTENCY_KEY_REUSED).
func (s *Store) Lookup(ctx context.Context, q Querier, r Request, answer proto.Message) (bool, error) {
	var hash, sealed []byte
	err := q.QueryRow(ctx,
		`SELECT request_hash, answer FROM idempotency_keys WHERE principal = $1 AND key = $2 AND expire_time > $3`,
		r.principal, r.key, s.now()).Scan(&hash, &sealed)
	if pg.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !secret.Equal(hash, r.hash) {
		return false, KeyReused()
	}
	plain, err := s.keys.Open(sealed, r.associatedData())
	if err != nil {
		return false, err
	}
	return true, proto.Unmarshal(plain, answer)
}

// Save stores the answer in the transaction of its effect. It fails with [ErrConflict] when a concurrent request under
// the same key was first.
func (s *Store) Save(ctx context.Context, tx Querier, r Request, answer proto.Message) error {
	plain, err := proto.Marshal(answer)
	if err != nil {
		return err
	}
	sealed, err := s.keys.Seal(plain, r.associatedData())
	if err != nil {
		return err
	}
	now := s.now()
	tag, err := tx.Exec(ctx, `INSERT INTO idempotency_keys (principal, key, request_hash, answer, expire_time)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (principal, key) DO UPDATE
		   SET request_hash = excluded.request_hash, answer = excluded.answer, expire_time = excluded.expire_time
		 WHERE idempotency_keys.expire_time <= $6`,
		r.principal, r.key, r.hash, sealed, now.Add(Life), now)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrConflict
	}
	return err
}

// LookupOr gives the answer of a concurrent request under the same key, if what stood in the way of this one is that
// the other was first; else the refusal.
func (s *Store) LookupOr(ctx context.Context, r Request, answer proto.Message, refusal error) error {
	if found, err := s.Lookup(ctx, s.pool, r, answer); found || err != nil {
		return err
	}
	return refusal
}

func (r Request) associatedData() secret.AssociatedData {
	sum := sha256.Sum256([]byte(r.principal + "\x00" + r.key))
	return secret.AssociatedData{Table: "idempotency_keys", Row: string(sum[:]), Column: "answer"}
}
