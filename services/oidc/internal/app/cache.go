package app

import (
	"sync"
	"time"
)

// cache is a bounded map whose entries end at their time. It may be emptied: what is dropped is looked up or computed again.
type cache[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]cached[V]
	// drops counts what was dropped because it has changed.
	drops uint64
}

type cached[V any] struct {
	value V
	until time.Time
}

// maxCached bounds the memory of a cache: some megabytes.
const maxCached = 20_000

// get finds an entry that has not ended. The mark is for put: what is looked up now may change before it is put.
func (c *cache[K, V]) get(key K, now time.Time) (value V, mark uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok || !now.Before(e.until) {
		return value, c.drops, false
	}
	return e.value, c.drops, true
}

// put remembers a value, unless something was dropped since the mark: then it may be of before.
func (c *cache[K, V]) put(key K, value V, until time.Time, mark uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if mark != c.drops {
		return
	}
	if c.entries == nil || len(c.entries) >= maxCached {
		c.entries = map[K]cached[V]{}
	}
	c.entries[key] = cached[V]{value, until}
}

// drop forgets an entry that has changed.
func (c *cache[K, V]) drop(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	delete(c.entries, key)
}

// clear forgets everything: something has changed, and what depends on it is not known.
func (c *cache[K, V]) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	c.entries = nil
}
