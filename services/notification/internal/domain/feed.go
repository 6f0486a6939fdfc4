package domain

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
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

const (
	defaultPage = 50
	largestPage = 200
)

// PageSize is how many entries a page has: 50 by default, 200 at most.
func PageSize(requested int32) (int32, error) {
	switch {
	case requested < 0:
		return 0, errs.Problem{Reason: errorsv1.Reason_FIELD_OUT_OF_RANGE}
	case requested == 0:
		return defaultPage, nil
	}
	return min(requested, largestPage), nil
}

// Cursor is the position in a feed after which a page begins.
type Cursor struct {
	Time time.Time
	ID   uuid.UUID
}

// Top is before every entry.
func Top() Cursor { return Cursor{Time: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ID: uuid.Max} }

// Below is the position after an entry.
func Below(e Entry) Cursor { return Cursor{Time: e.Time, ID: e.ID} }

// Token is the cursor as clients see it.
func (c Cursor) Token() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", c.Time.UnixMicro(), c.ID))
}

// ParseCursor reads a token; the empty one is the top.
func ParseCursor(token string) (Cursor, error) {
	if token == "" {
		return Top(), nil
	}
	malformed := errs.Problem{Reason: errorsv1.Reason_FIELD_MALFORMED}
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return Cursor{}, malformed
	}
	var micro int64
	var id string
	if _, err := fmt.Sscanf(string(text), "%d %s", &micro, &id); err != nil {
		return Cursor{}, malformed
	}
	c := Cursor{Time: time.UnixMicro(micro).UTC()}
	if c.ID, err = uuid.Parse(id); err != nil || micro < 0 || c.Time.After(Top().Time) {
		return Cursor{}, malformed
	}
	return c, nil
}
