package idempotency

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"
)

// Hook is called by a use case in the transaction of its effect with what it will answer.
type Hook[T any] func(ctx context.Context, tx Querier, result T) error

// Check refuses a stored answer that is none any more, such as one with a token that has been replaced: a success must
// never hand out what does not work. With a refusal by it the key is used up, and the caller takes another.
type Check[M proto.Message] func(ctx context.Context, answer M) error

// None is the hook of a caller that needs no repeatability: a job, an event handler.
func None[T any](context.Context, Querier, T) error { return nil }

// Run makes a use case repeatable for the RPC that answers it. A request that was answered before gets that answer and
// has no second effect. Otherwise do runs with a hook that stores the answer; encode turns its result into the RPC's
// answer. Of two concurrent requests under one key exactly one has its effect, and both get its answer. Without a key
// in the context the use case just runs.
//
// Refusals are not stored: the same request may succeed later. A stored answer must pass the checks.
func Run[T any, M proto.Message](
	ctx context.Context, s *Store, request proto.Message, encode func(T) M,
	do func(ctx context.Context, answered Hook[T]) (T, error), checks ...Check[M],
) (M, error) {
	r, ok, err := s.NewRequest(ctx, request)
	if !ok || err != nil {
		return runOnce(ctx, err, encode, do)
	}
	answer := newMessage[M]()
	if found, err := s.Lookup(ctx, s.pool, r, answer); found || err != nil {
		return checked(ctx, answer, err, checks)
	}
	result, err := do(ctx, saving(s, r, encode))
	if err != nil {
		return checked(ctx, answer, s.LookupOr(ctx, r, answer, err), checks)
	}
	return encode(result), nil
}

// RunVerified is [Run] for a use case that verifies a secret of the caller, such as a password, and limits guessing. The
// answer of the same request is looked up only once the use case has got as far as the hook: whoever knows a key has
// still to present the right secret, and a wrong one counts.
func RunVerified[T any, M proto.Message](
	ctx context.Context, s *Store, request proto.Message, encode func(T) M,
	do func(ctx context.Context, answered Hook[T]) (T, error), checks ...Check[M],
) (M, error) {
	r, ok, err := s.NewRequest(ctx, request)
	if !ok || err != nil {
		return runOnce(ctx, err, encode, do)
	}
	answer := newMessage[M]()
	result, err := do(ctx, saving(s, r, encode))
	if errors.Is(err, ErrConflict) {
		return checked(ctx, answer, s.LookupOr(ctx, r, answer, err), checks)
	}
	if err != nil {
		return answer, err
	}
	return encode(result), nil
}

// checked gives a stored answer, if there is one and it passes.
func checked[M proto.Message](ctx context.Context, answer M, err error, checks []Check[M]) (M, error) {
	for _, check := range checks {
		if err == nil {
			err = check(ctx, answer)
		}
	}
	return answer, err
}

// runOnce runs a use case whose request has no key, unless its key is refused.
func runOnce[T any, M proto.Message](
	ctx context.Context, refusal error, encode func(T) M, do func(ctx context.Context, answered Hook[T]) (T, error),
) (M, error) {
	var none M
	if refusal != nil {
		return none, refusal
	}
	result, err := do(ctx, None[T])
	if err != nil {
		return none, err
	}
	return encode(result), nil
}

func saving[T any, M proto.Message](s *Store, r Request, encode func(T) M) Hook[T] {
	return func(ctx context.Context, tx Querier, result T) error { return s.Save(ctx, tx, r, encode(result)) }
}

func newMessage[M proto.Message]() M {
	var none M
	message, _ := none.ProtoReflect().New().Interface().(M)
	return message
}
