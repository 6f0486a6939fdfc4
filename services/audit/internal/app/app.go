// Package app adds events to the chain, reads it and checks it.
package app

import (
	"bytes"
	"context"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/audit/internal/domain"
	"github.com/propusk-id/propusk/services/audit/internal/store"
)

// App has the use cases.
type App struct {
	Store *store.Store
	queue writeQueue
	// head is the end of the chain after the last write, zero before the first; only who drains the queue uses it.
	head domain.Head
}

// The sizes of a page.
const (
	defaultPage = 100
	largestPage = 1000
)

// List reads a page of the chain. A size of 0 means 100; 1000 is the largest.
func (a *App) List(ctx context.Context, after int64, size int32) ([]domain.Record, error) {
	if size <= 0 {
		size = defaultPage
	}
	return a.Store.List(ctx, after, min(size, largestPage))
}

// Verdict is what a check of the chain found.
type Verdict struct {
	// Records is how many records are intact.
	Records int64
	// Broken is the position of the first record that is changed or missing; 0: the chain is intact.
	Broken int64
}

// Verify recomputes the chain after a position, up to its present end. Records that are added meanwhile are not checked;
// records cut off at the end are noticed, since the head is stored apart.
func (a *App) Verify(ctx context.Context, after int64) (Verdict, error) {
	end, last, err := a.Store.Head(ctx)
	if err != nil {
		return Verdict{}, err
	}
	at, found, err := a.Store.HeadAt(ctx, after)
	if err != nil {
		return Verdict{}, err
	}
	if !found {
		return Verdict{}, errs.New(errorsv1.Reason_NOT_FOUND, "there is no record at this position")
	}
	v, err := a.verify(ctx, at, end)
	if v.Broken == 0 && last > end.Position {
		v.Broken = end.Position + 1
	}
	return v, err
}

func (a *App) verify(ctx context.Context, at, end domain.Head) (Verdict, error) {
	var v Verdict
	for at.Position < end.Position {
		page, err := a.Store.List(ctx, at.Position, largestPage)
		if err != nil {
			return v, err
		}
		next, fits := follow(at, end, page)
		v.Records += next.Position - at.Position
		if !fits {
			v.Broken = next.Position + 1
			return v, nil
		}
		at = next
	}
	if !bytes.Equal(at.Hash, end.Hash) {
		v.Broken = at.Position
	}
	return v, nil
}

// follow goes along the records as far as they are intact, to the end at most.
func follow(at, end domain.Head, records []domain.Record) (domain.Head, bool) {
	for _, r := range records {
		if at.Position == end.Position {
			return at, true
		}
		if !at.Fits(r) {
			return at, false
		}
		at = r.Head()
	}
	return at, len(records) > 0
}
