package events

import (
	"sync"

	"github.com/google/uuid"
)

// mostFailing is how many failing events are counted: more than can be on their way at once (256 a stream).
const mostFailing = 8192

// failures counts how often each event on its way has failed for a reason of its own. Deliveries postponed because
// something was away do not count, or an event would become a dead letter at its first real error after an outage. A
// restart forgets: then it is tried a little longer. Nobody here is told of an event that another replica has handled since:
// it is forgotten as the oldest when there are too many.
type failures struct {
	mu    sync.Mutex
	times map[uuid.UUID]int
	// order are the events in the order of their first failure, those that were forgotten since too.
	order []uuid.UUID
}

// count adds a failure and gives how many there are now.
func (f *failures) count(id uuid.UUID) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.times == nil {
		f.times = map[uuid.UUID]int{}
	}
	if _, known := f.times[id]; !known {
		f.order = append(f.order, id)
		f.trim()
	}
	f.times[id]++
	return f.times[id]
}

// trim forgets the oldest beyond the limit.
func (f *failures) trim() {
	for len(f.order) > mostFailing {
		delete(f.times, f.order[0])
		f.order = f.order[1:]
	}
}

func (f *failures) forget(id uuid.UUID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.times, id)
}
