package events

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// duplicateWindow is how long JetStream itself drops a second copy; the inbox does for much longer.
const duplicateWindow = 2 * time.Minute

// Limits are how large each producer's two streams may grow and how long they keep an event. A full stream takes no
// more until something in it is too old: events then wait in the outbox.
type Limits struct {
	FactsBytes, RecordsBytes int64
	FactsAge, RecordsAge     time.Duration
}

const (
	leastBytes = 1 << 20
	// mostAge is shorter than inboxes remember what was handled (90 days) by as much as the outbox can replay.
	mostAge = 80 * day
)

// Check refuses limits that cannot work, in words that say what to do.
func (l Limits) Check() error {
	if min(l.FactsBytes, l.RecordsBytes) < leastBytes {
		return errors.New("PROPUSK_EVENTS_FACTS_BYTES and PROPUSK_EVENTS_RECORDS_BYTES must be at least 1048576 (1 MiB)")
	}
	if min(l.FactsAge, l.RecordsAge) < time.Hour || max(l.FactsAge, l.RecordsAge) > mostAge {
		return errors.New("PROPUSK_EVENTS_FACTS_AGE and PROPUSK_EVENTS_RECORDS_AGE must be between 1h and 1920h (80 days): " +
			"consumers remember for 90 days what they have handled")
	}
	return nil
}

// CreateStreams makes the streams of each producer, or brings them up to date. It is part of setting up, like
// migrations: services may not manage streams, or a broken one could rewrite what another has said.
func CreateStreams(ctx context.Context, js jetstream.JetStream, producers []string, l Limits) error {
	for _, p := range producers {
		for _, config := range []jetstream.StreamConfig{
			streamConfig(StreamName(p), "propusk."+p+".v1.*", l.FactsBytes, l.FactsAge),
			streamConfig(RecordStreamName(p), "propusk."+p+".records.v1.*", l.RecordsBytes, l.RecordsAge),
		} {
			if err := createStream(ctx, js, config); err != nil {
				return fmt.Errorf("stream %s: %w", config.Name, err)
			}
		}
	}
	return nil
}

func streamConfig(name, subject string, bytes int64, age time.Duration) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:      name,
		Subjects:  []string{subject},
		Storage:   jetstream.FileStorage,
		Retention: jetstream.LimitsPolicy,
		// What is full refuses: an old event that no consumer has seen must not make room for a new one.
		Discard:    jetstream.DiscardNew,
		MaxBytes:   bytes,
		MaxAge:     age,
		Duplicates: min(duplicateWindow, age),
	}
}

// createStream leaves a stream that is as it should be alone.
func createStream(ctx context.Context, js jetstream.JetStream, config jetstream.StreamConfig) error {
	_, err := js.CreateStream(ctx, config)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		_, err = js.UpdateStream(ctx, config)
	}
	return err
}
