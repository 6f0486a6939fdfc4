package domain

import (
	"time"

	"github.com/google/uuid"
)

// Entry is one entry of a person's feed.
type Entry struct {
	// ID is that of the event which the entry reports.
	ID        uuid.UUID
	AccountID uuid.UUID
	Template  string
	Params    map[string]string
	Time      time.Time
	// Unread says that the person has not seen it.
	Unread bool
}
