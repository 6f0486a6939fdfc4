package picture

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	// waiting is how many files may wait to be decoded, and patience for how long.
	waiting  = 8
	patience = 5 * time.Second
	// retryAfter is what a refused caller is told.
	retryAfter = 5 * time.Second
)

// Maker makes pictures in turn: one takes a core for up to a second and some 300 MiB while it is decoded.
type Maker struct{ places, worker chan struct{} }

// NewMaker is a maker.
func NewMaker() *Maker {
	return &Maker{places: make(chan struct{}, waiting+1), worker: make(chan struct{}, 1)}
}

// Make is [Make] when it is its turn; OVERLOADED when too many wait.
func (m *Maker) Make(ctx context.Context, file []byte) ([]byte, error) {
	if _, err := check(file); err != nil {
		return nil, err
	}
	select {
	case m.places <- struct{}{}:
		defer func() { <-m.places }()
	default:
		return nil, overloaded()
	}
	turn := time.NewTimer(patience)
	defer turn.Stop()
	select {
	case m.worker <- struct{}{}:
		defer func() { <-m.worker }()
	case <-turn.C:
		return nil, overloaded()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return Make(file)
}

func overloaded() error {
	return errs.New(errorsv1.Reason_OVERLOADED, "too many pictures are being made").After(retryAfter)
}
