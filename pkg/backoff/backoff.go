// Package backoff is the one rule for how long to wait between tries: exponential, bounded, with optional jitter.
package backoff

import (
	"math"
	"time"
)

// Exponential waits First after the first failed try, then Growth times as long after each, at most Max.
type Exponential struct {
	First, Max time.Duration
	// Growth is the factor between two waits; 0: 2.
	Growth float64
	// Jitter is the largest part of a wait that chance takes away or adds: 0.2 is ±20 %.
	Jitter float64
}

// After is the wait after so many failed tries, at least one. Chance is a random number in [0, 1) that spreads callers
// out; 0.5 leaves the wait as it is.
func (e Exponential) After(tries int, chance float64) time.Duration {
	growth := e.Growth
	if growth == 0 {
		growth = 2
	}
	wait := float64(e.First) * math.Pow(growth, float64(max(tries, 1)-1))
	wait *= 1 + e.Jitter*(2*chance-1)
	return time.Duration(min(wait, float64(e.Max)))
}
