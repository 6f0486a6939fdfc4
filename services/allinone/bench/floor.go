package bench

import (
	"context"
	"crypto/rand"
	"runtime"
	"time"

	"golang.org/x/crypto/argon2"
)

// floor is the bare hash of a password on every core: argon2id with 19 MiB, two passes, one lane, as account does it.
// No server can sign people in faster.
func floor(ctx context.Context) *load {
	return closed(ctx, runtime.NumCPU(), floorTime, timed(func(context.Context, int) error {
		salt := make([]byte, 16)
		_, _ = rand.Read(salt) // never fails
		argon2.IDKey([]byte(password), salt, 2, 19*1024, 1, 32)
		return nil
	}))
}

const idleTime = 3 * time.Second

// idleCase is what the idle platform uses; its "operations" are seconds.
func (w *world) idleCase(ctx context.Context, r *report) error {
	o, err := w.measure(ctx, "a second of idleness", func(ctx context.Context) *load {
		return closed(ctx, 1, idleTime, timed(func(ctx context.Context, _ int) error { return pause(ctx, time.Second) }))
	})
	r.add(o)
	return err
}
