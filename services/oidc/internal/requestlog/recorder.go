package requestlog

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

const (
	// maxWaiting bounds the entries that wait to be written: a few MB.
	maxWaiting = 10_000
	// maxBudgets bounds the clients whose entries of the present minute are counted apart.
	maxBudgets = 20_000
	// writeTimeout bounds one writing.
	writeTimeout = 10 * time.Second
)

// Log is where entries are written.
type Log interface {
	LogRequests(ctx context.Context, list []domain.LoggedRequest) error
}

// Recorder keeps entries until they are written.
type Recorder struct {
	log       Log
	errors    *slog.Logger
	every     time.Duration
	perMinute int
	left      prometheus.Counter

	mu      sync.Mutex
	waiting []domain.LoggedRequest
	budgets map[string]*budget
	wake    chan struct{}
}

// Options are what a recorder needs.
type Options struct {
	Log    Log
	Errors *slog.Logger
	// Every is how long entries wait for others to be written with.
	Every time.Duration
	// PerMinute is how many entries of a client are kept a minute; 0: none of any.
	PerMinute int
	Metrics   prometheus.Registerer
}

// NewRecorder has nothing yet.
func NewRecorder(o Options) (*Recorder, error) {
	left := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "propusk_oidc_request_log_left_out_total",
		Help: "Requests of clients that their log leaves out: more than it keeps a minute, or than could be written.",
	})
	return &Recorder{
		log: o.Log, errors: o.Errors, every: o.Every, perMinute: o.PerMinute, left: left,
		budgets: map[string]*budget{}, wake: make(chan struct{}, 1),
	}, o.Metrics.Register(left)
}

// budget is what the log keeps of one client.
type budget struct {
	minute  int64
	kept    int
	skipped int
}

// Add keeps an entry, or counts that it was left out. It never waits.
func (r *Recorder) Add(e domain.LoggedRequest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.budget(e.ClientID, e.Time)
	if b.kept >= r.perMinute || len(r.waiting) >= maxWaiting {
		b.skipped++
		r.left.Inc()
		return
	}
	b.kept++
	e.Skipped, b.skipped = b.skipped, 0
	r.waiting = append(r.waiting, e)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *Recorder) budget(clientID string, now time.Time) *budget {
	minute := now.Unix() / 60
	b := r.budgets[clientID]
	if b == nil {
		if len(r.budgets) >= maxBudgets {
			r.budgets = map[string]*budget{}
		}
		b = &budget{}
		r.budgets[clientID] = b
	}
	if b.minute != minute {
		b.minute, b.kept = minute, 0
	}
	return b
}

// Run writes what waits until the context ends, and then what is left. While nothing comes, it sleeps.
func (r *Recorder) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			r.write(context.WithoutCancel(ctx))
			return nil
		case <-r.wake:
		}
		select {
		case <-ctx.Done():
		case <-time.After(r.every):
		}
		r.write(context.WithoutCancel(ctx))
	}
}

func (r *Recorder) write(ctx context.Context) {
	list := r.take()
	if len(list) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	err := r.log.LogRequests(ctx, list)
	if err == nil {
		return
	}
	r.errors.Warn("requests of clients could not be logged", "requests", len(list), "error", err)
	if pg.IsUnavailable(err) {
		r.putBack(list)
		return
	}
	r.left.Add(float64(len(list)))
}

func (r *Recorder) take() []domain.LoggedRequest {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.waiting
	r.waiting = nil
	return list
}

// putBack keeps what could not be written for the next time, as far as there is room: the newest are worth most.
func (r *Recorder) putBack(list []domain.LoggedRequest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	over := max(0, len(list)+len(r.waiting)-maxWaiting)
	r.left.Add(float64(over))
	r.waiting = append(list[over:], r.waiting...)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
