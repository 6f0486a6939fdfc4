package app

import (
	"sync"
	"time"

	"github.com/propusk-id/propusk/services/registry/internal/domain"
)

// key is what a registry was asked about: a SNILS or a passport.
type key struct {
	registry domain.Registry
	subject  string
}

// questionCounter counts the questions about personas with faults. It is small, since each has at most a hundred
// variants, and a restart may lose it.
type questionCounter struct {
	mu    sync.Mutex
	asked map[key]domain.Asked
}

// count adds a question.
func (c *questionCounter) count(k key, now time.Time) domain.Asked {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked == nil {
		c.asked = map[key]domain.Asked{}
	}
	a, ok := c.asked[k]
	if !ok {
		a.First = now
	}
	a.Times++
	c.asked[k] = a
	return a
}

// reset forgets the questions about a subject.
func (c *questionCounter) reset(k key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.asked, k)
}
