package app

import (
	"sync"

	"github.com/propusk-id/propusk/services/audit/internal/domain"
)

// line is where records wait while those before them are written. Its zero value is ready.
type line struct {
	mu      sync.Mutex
	waiting []entry
	// served says that somebody works the line off.
	served bool
}

type entry struct {
	record domain.Record
	// done gets the result once.
	done chan error
}

// join queues an entry; true: nobody works the line off, so the caller must see to it.
func (l *line) join(e entry) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, e)
	if l.served {
		return false
	}
	l.served = true
	return true
}

// next takes those at the front; none: the line is empty and nobody serves it any more.
func (l *line) next() []entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.waiting), largestBatch)
	batch := l.waiting[:n:n]
	l.waiting = l.waiting[n:]
	if n == 0 {
		l.waiting, l.served = nil, false
	}
	return batch
}
