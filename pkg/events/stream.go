package events

import (
	"context"
	"errors"
	"fmt"
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

// CreateStreams makes the stream of each producer, or brings it up to date. It is part of setting up, like
// migrations: services may not manage streams, or a broken one could rewrite what another has said.
func CreateStreams(ctx context.Context, js jetstream.JetStream, producers []string) error {
	for _, p := range producers {
		if err := createStream(ctx, js, p); err != nil {
			return fmt.Errorf("stream of %s: %w", p, err)
		}
	}
	return nil
}

// createStream leaves a stream that is as it should be alone.
func createStream(ctx context.Context, js jetstream.JetStream, producer string) error {
	config := jetstream.StreamConfig{
		Name:       StreamName(producer),
		Subjects:   []string{"propusk." + producer + ".v1.*"},
		Storage:    jetstream.FileStorage,
		Retention:  jetstream.LimitsPolicy,
		Discard:    jetstream.DiscardNew,
		MaxAge:     streamAge,
		MaxBytes:   maxStreamBytes,
		Duplicates: duplicateWindow,
	}
	_, err := js.CreateStream(ctx, config)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		_, err = js.UpdateStream(ctx, config)
	}
	return err
}
