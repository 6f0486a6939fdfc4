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

// memory counts the questions about personas in trouble. It is small, for there are a hundred twins of each
// at most, and a restart may lose it.
type memory struct {
	mu    sync.Mutex
	asked map[key]domain.Asked
}

// note adds a question.
func (m *memory) note(k key, now time.Time) domain.Asked {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asked == nil {
		m.asked = map[key]domain.Asked{}
	}
	a, ok := m.asked[k]
	if !ok {
		a.First = now
	}
	a.Times++
	m.asked[k] = a
	return a
}

func (m *memory) forget(k key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.asked, k)
}
