package domain

import (
	"time"

	"github.com/google/uuid"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
)

// HeldRequest is a partner's request that waits until the account has the level.
type HeldRequest struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	ClientID  string
	Level     accountv1.Level
	CreatedAt time.Time
	ExpiresAt time.Time
}

// heldLife is how long a request waits: a letter and its code take weeks.
const heldLife = 30 * 24 * time.Hour

// Hold is a request of a client that waits from now on.
func Hold(id, account uuid.UUID, r Request, now time.Time) HeldRequest {
	return HeldRequest{
		ID: id, AccountID: account, ClientID: r.ClientID, Level: r.Level, CreatedAt: now, ExpiresAt: now.Add(heldLife),
	}
}
