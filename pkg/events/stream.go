package events

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// streamAge is how long a stream keeps events; the outbox, and audit, keep them longer.
	streamAge = 30 * 24 * time.Hour
	// duplicateWindow is how long JetStream itself drops a second copy; the inbox does for ever.
	duplicateWindow = 2 * time.Minute
	maxStreamBytes  = 512 << 20
)

// ensureStream makes a producer's stream if it is not there. Producers and consumers both call it, so that they
// may start in any order.
func ensureStream(ctx context.Context, js jetstream.JetStream, service string) (jetstream.Stream, error) {
	return js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:       StreamName(service),
		Subjects:   []string{"propusk." + service + ".v1.*"},
		Storage:    jetstream.FileStorage,
		Retention:  jetstream.LimitsPolicy,
		Discard:    jetstream.DiscardNew,
		MaxAge:     streamAge,
		MaxBytes:   maxStreamBytes,
		Duplicates: duplicateWindow,
	})
}
