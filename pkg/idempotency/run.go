package idempotency

import (
	"context"

	"google.golang.org/protobuf/proto"
)

// Hook is called by a use case in the transaction of its effect with what it will answer.
type Hook[T any] func(ctx context.Context, tx Querier, result T) error

// None is the hook of a caller that needs no repeatability: a job, an event handler.
func None[T any](context.Context, Querier, T) error { return nil }

// Run makes a use case repeatable for the RPC that answers it. A request that was answered before gets that answer and
// has no second effect. Otherwise do runs with a hook that stores the answer; encode turns its result into the RPC's
// answer. Of two concurrent requests under one key exactly one has its effect, and both get its answer. Without a key
// in the context the use case just runs.
//
// Refusals are not stored: the same request may succeed later.
func Run[T any, M proto.Message](
	ctx context.Context, s *Store, request proto.Message, encode func(T) M,
	do func(ctx context.Context, answered Hook[T]) (T, error),
) (M, error) {
	var none M
	r, ok, err := s.NewRequest(ctx, request)
	if err != nil {
		return none, err
	}
	if !ok {
		result, err := do(ctx, None[T])
		if err != nil {
			return none, err
		}
		return encode(result), nil
	}
	answer, _ := none.ProtoReflect().New().Interface().(M)
	if found, err := s.Lookup(ctx, s.pool, r, answer); found || err != nil {
		return answer, err
	}
	result, err := do(ctx, func(ctx context.Context, tx Querier, result T) error {
		return s.Save(ctx, tx, r, encode(result))
	})
	if err != nil {
		return answer, s.LookupOr(ctx, r, answer, err)
	}
	return encode(result), nil
}
