package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/audit/internal/domain"
	"github.com/propusk-id/propusk/services/audit/internal/store"
)

const (
	// largestBatch bounds a transaction; so many events are rarely handled at once.
	largestBatch = 256
	batchTime    = 20 * time.Second
	// gather is how long events come together after a write: each write is a commit, however many they are.
	gather = 25 * time.Millisecond
	// enough events came together during the write before.
	enough = 16
)

// Add records an event at the end of the chain, once however often it is delivered. The chain has one end, so writers
// would wait for each other: events that arrive together are written in one transaction.
func (a *App) Add(ctx context.Context, r domain.Record) error {
	e := entry{record: r, done: make(chan error, 1)}
	if a.queue.enqueue(e) {
		go a.drain(context.WithoutCancel(ctx))
	}
	select {
	case err := <-e.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// drain writes batches until the queue is empty. The first is written at once; before each further one it waits for
// more to come together.
func (a *App) drain(ctx context.Context) {
	for batch := a.queue.dequeue(); len(batch) > 0; batch = a.queue.dequeue() {
		a.write(ctx, batch)
		if len(batch) < enough {
			<-time.After(gather)
		}
	}
}

// write adds the batch. When that fails, each record is tried alone: one that cannot be stored does not hold up others.
func (a *App) write(ctx context.Context, batch []entry) {
	ctx, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	records := make([]domain.Record, len(batch))
	for i, e := range batch {
		records[i] = e.record
	}
	err := a.add(ctx, records)
	for i, e := range batch {
		if err != nil && len(batch) > 1 {
			e.done <- a.add(ctx, records[i:i+1])
			continue
		}
		e.done <- err
	}
}

// add appends records to the head as this process last saw it. When another process has moved the head or an event is
// recorded already, both of which are rare, the head is locked and read again.
func (a *App) add(ctx context.Context, records []domain.Record) error {
	if a.head.Hash != nil {
		next := chain(a.head, records)
		extended, err := a.Store.Extend(ctx, a.head, next)
		if err == nil && extended {
			a.head = next[len(next)-1].Head()
			return nil
		}
		if err != nil && !store.IsRepeated(err) {
			return err
		}
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if a.head, err = tx.LockHead(ctx); err != nil {
			return err
		}
		unrecorded, err := withoutKnown(ctx, tx, records)
		if err != nil || len(unrecorded) == 0 {
			return err
		}
		from, next := a.head, chain(a.head, unrecorded)
		a.head = next[len(next)-1].Head() // if the commit fails, the next write finds that this is not the head
		if extended, err := tx.Extend(ctx, from, next); err != nil || extended {
			return err
		}
		return pg.ErrRetry
	})
}

// withoutKnown leaves out events that are recorded already, and repetitions.
func withoutKnown(ctx context.Context, tx *store.Tx, records []domain.Record) ([]domain.Record, error) {
	known, err := tx.Known(ctx, records)
	if err != nil {
		return nil, err
	}
	seen := map[uuid.UUID]bool{}
	for _, id := range known {
		seen[id] = true
	}
	var out []domain.Record
	for _, r := range records {
		if !seen[r.EventID] {
			seen[r.EventID] = true
			out = append(out, r)
		}
	}
	return out, nil
}

// chain appends the records to the head, one after the other.
func chain(head domain.Head, records []domain.Record) []domain.Record {
	out := make([]domain.Record, len(records))
	for i, r := range records {
		out[i] = head.Append(r)
		head = out[i].Head()
	}
	return out
}
