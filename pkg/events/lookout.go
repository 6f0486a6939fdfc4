package events

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
)

const (
	lookFirst = time.Second
	lookMost  = 8 * time.Second
)

// lookAgain is how long the look-out waits after so many looks that found nothing. What another replica left behind when
// it died is found within lookMost and leftBehind, nine seconds; what this one could not publish, within two.
func lookAgain() backoff.Exponential {
	return backoff.Exponential{First: lookFirst, Max: lookMost, Jitter: 0.2}
}

// lookOut sees what was left behind in the outbox, at the start and then again and again: rarely while there is nothing,
// and soon when this process knows that something was.
func (p *Publisher) lookOut(ctx context.Context) {
	for idle := 1; ctx.Err() == nil; idle++ {
		if p.lookOnce(ctx) {
			idle = 1
		}
		select {
		case <-ctx.Done():
		case <-time.After(lookAgain().After(idle, rand.Float64())): //nolint:gosec // jitter is no secret
		case <-p.outbox.left:
			idle = 0
			pause(ctx, leftBehind)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// lookOnce tells the relays of what was left behind, and shows for how long; true: there is something, or a lane is held
// up, so that there may be at any moment.
func (p *Publisher) lookOnce(ctx context.Context) (found bool) {
	ages, err := p.ages(ctx)
	if err != nil {
		return false // Postgres is away, which the service's readiness says
	}
	for i, l := range p.lanes() {
		p.metrics.oldest.WithLabelValues(l.stream).Set(ages[i].Seconds())
		if ages[i] >= leftBehind {
			signal(l.left)
			found = true
		}
		found = found || l.heldUp()
	}
	return found
}

// ages are those of the oldest unsent event of each lane; 0: there is none.
func (p *Publisher) ages(ctx context.Context) (ages [2]time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	var facts, records float64
	err = p.pool.QueryRow(ctx, `SELECT
		coalesce(extract(epoch FROM clock_timestamp()
			- (SELECT min(inserted_at) FROM outbox WHERE sent_at IS NULL AND record = false)), 0)::float8,
		coalesce(extract(epoch FROM clock_timestamp()
			- (SELECT min(inserted_at) FROM outbox WHERE sent_at IS NULL AND record = true)), 0)::float8`).Scan(&facts, &records)
	if err != nil {
		return ages, fmt.Errorf("look into the outbox: %w", err)
	}
	return [2]time.Duration{seconds(facts), seconds(records)}, nil
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// signal wakes who waits at the channel, at once or when it comes to wait.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
