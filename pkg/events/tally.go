package events

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/pg"
)

const (
	tallyEvery = time.Minute
	// tallyKeys bounds how many reasons are counted apart; the rest is counted together.
	tallyKeys   = 64
	tallyOthers = "other"
)

// Summary makes the record of what happened in a stretch of time: how often, by reason.
type Summary func(from, to time.Time, counts map[string]int64) proto.Message

// Tally counts what somebody without an account can cause without limit: an event each would fill the stream and
// audit's record. Once a minute, and when the service stops, the counts become one record. A process that is killed
// loses the counts of its last minute at most.
type Tally struct {
	aggregate string
	summary   Summary
	now       func() time.Time

	mu     sync.Mutex
	from   time.Time
	counts map[string]int64
}

// Tally makes a counter whose summaries are about the aggregate. Make it before the service serves.
func (o *Outbox) Tally(aggregate string, summary Summary) *Tally {
	t := &Tally{aggregate: aggregate, summary: summary, now: o.now, from: o.now()}
	o.tallies = append(o.tallies, t)
	return t
}

// Add counts one more, for a reason that is one of few.
func (t *Tally) Add(reason string) { t.add(reason, 1) }

func (t *Tally) add(reason string, n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[string]int64{}
	}
	if _, known := t.counts[reason]; !known && len(t.counts) >= tallyKeys {
		reason = tallyOthers
	}
	t.counts[reason] += n
}

// take empties the counter.
func (t *Tally) take() (from, to time.Time, counts map[string]int64) {
	to = t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	from, counts = t.from, t.counts
	t.from, t.counts = to, nil
	return from, to, counts
}

// putBack counts again what could not be written.
func (t *Tally) putBack(from time.Time, counts map[string]int64) {
	for reason, n := range counts {
		t.add(reason, n)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.from = from
}

// flushTallies writes the summaries once a minute, and what is left when the context ends.
func (p *Publisher) flushTallies(ctx context.Context) {
	Every(ctx, p.outbox.now, tallyEvery, p.flushOnce)
	p.flushOnce(context.WithoutCancel(ctx))
}

func (p *Publisher) flushOnce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	for _, t := range p.outbox.tallies {
		from, to, counts := t.take()
		if len(counts) == 0 {
			continue
		}
		err := pg.InTx(ctx, p.pool, func(ctx context.Context, tx pgx.Tx) error {
			return p.outbox.Emit(ctx, tx, t.aggregate, t.summary(from, to, counts))
		})
		if err != nil {
			t.putBack(from, counts)
			p.log.Warn("a summary could not be written: it waits for the next", "about", t.aggregate, "error", err)
		}
	}
}
