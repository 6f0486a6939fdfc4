package events

import (
	"sync"

	"github.com/google/uuid"
)

// failures counts how often each event on its way has failed for a reason of its own. Deliveries postponed because
// something was away do not count, or an event would become a dead letter at its first real error after an outage. A
// restart forgets: then it is tried a little longer.
type failures struct {
	mu    sync.Mutex
	times map[uuid.UUID]int
}

// count adds a failure and gives how many there are now.
func (f *failures) count(id uuid.UUID) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.times == nil {
		f.times = map[uuid.UUID]int{}
	}
	f.times[id]++
	return f.times[id]
}

func (f *failures) forget(id uuid.UUID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.times, id)
}
