package app

import (
	"sync"

	"github.com/propusk-id/propusk/services/audit/internal/domain"
)

// writeQueue is where records wait while those before them are written. Its zero value is ready.
type writeQueue struct {
	mu      sync.Mutex
	waiting []entry
	// draining says that a goroutine is writing what waits.
	draining bool
}

type entry struct {
	record domain.Record
	// done gets the result once.
	done chan error
}

// enqueue adds an entry; true: nobody is draining the queue, so the caller must.
func (q *writeQueue) enqueue(e entry) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, e)
	if q.draining {
		return false
	}
	q.draining = true
	return true
}

// dequeue takes those at the front, at most a batch; none: the queue is empty and draining has ended.
func (q *writeQueue) dequeue() []entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), largestBatch)
	batch := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	if n == 0 {
		q.waiting, q.draining = nil, false
	}
	return batch
}
