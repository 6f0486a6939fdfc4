package domain

import "time"

// Pending is where something under way is counted: for whom, and until when.
type Pending struct {
	// Address stands for the address that it came from.
	Address string
	// Until is the end of the time slot in which it ends, in Unix milliseconds.
	Until int64
}

// PendingLimits bound what is under way: it is kept in memory, and strangers can begin it.
type PendingLimits struct{ InAll, PerAddress int }

// slots is how many there are in a lifetime: counting a slot at a time costs the same however many are under way.
const slots = 10

// NewPending counts what begins now and lives for a time.
func NewPending(address string, now time.Time, life time.Duration) Pending {
	slot := max(life/slots, time.Millisecond).Milliseconds()
	return Pending{Address: address, Until: (now.Add(life).UnixMilli()/slot + 1) * slot}
}

// PendingRetry is when room may have been made.
func PendingRetry(life time.Duration) time.Duration { return max(life/slots, time.Second) }
