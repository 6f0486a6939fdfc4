package store

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
)

// First says whether a client uses an id for the first time. Redis decides in one step, and forgets the id once it could not be used
// any more; without Redis nobody is let in.
func (s *InteractionStore) First(ctx context.Context, clientID, id string, life time.Duration) (bool, error) {
	name := hex.EncodeToString(secret.HashToken(clientID + "\x00" + id))
	first, err := s.redis.SetNX(ctx, key("assertion", name), "", life+garbage).Result()
	return first, unavailable(err)
}
