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

// Consent is what a person has agreed to for a client.
type Consent struct {
	Scopes []string
	// Declined are the claims that the person keeps back.
	Declined []string
	// Held is the level that a request of the client waits for; unspecified: none waits.
	Held accountv1.Level
}

// Waited says whether a request that can be answered is what the held one waited for.
func (c Consent) Waited(r Request) bool { return c.Held > 0 && r.Level >= c.Held }
