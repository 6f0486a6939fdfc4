package hashing

import (
	"context"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// retryAfter is what a refused caller is told: a full queue is empty in about a second.
const retryAfter = time.Second

// Options say how much is hashed at once.
type Options struct {
	// Workers hash at the same time; 0: one per core.
	Workers int
	// Waiting is how many may wait in the queue, each for at most Patience.
	Waiting  int
	Patience time.Duration
	// Now is the platform's clock.
	Now func() time.Time
}

// Hasher hashes and compares passwords. Each costs a core for some 20 ms and 19 MiB, so those that exceed the workers
// wait in a queue, and when that is full, the next is refused (OVERLOADED) before it costs anything.
type Hasher struct {
	options Options
	// places bounds passwords waiting or being hashed, workers those being hashed.
	places, workers chan struct{}
	// unknown is compared with when there is no hash.
	unknown       string
	done, refused prometheus.Counter
	fresh         *fresh
}

// New makes a hasher and registers its metrics.
func New(o Options, metrics prometheus.Registerer) (*Hasher, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	h := &Hasher{
		options: o, places: make(chan struct{}, o.Workers+o.Waiting), workers: make(chan struct{}, o.Workers),
		unknown: hash(""), fresh: newFresh(),
		done: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "propusk_account_password_hashes_total", Help: "Passwords hashed, of unknown logins too.",
		}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "propusk_account_password_refused_total", Help: "Passwords not hashed because too many waited.",
		}),
	}
	waiting := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "propusk_account_password_pending", Help: "Passwords waiting or being hashed.",
	}, func() float64 { return float64(len(h.places)) })
	for _, c := range []prometheus.Collector{h.done, h.refused, waiting} {
		if err := metrics.Register(c); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// Hash makes the hash of a new password.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	var phc string
	if err := h.work(ctx, func() { phc = hash(password) }); err != nil {
		return "", err
	}
	h.fresh.remember(phc, password, h.options.Now())
	return phc, nil
}

// Matches compares a password with a hash. An empty hash stands for an unknown login: it matches nothing and takes as
// long. The first comparison with a hash that was just made here costs nothing when the password is right.
func (h *Hasher) Matches(ctx context.Context, phc, password string) (bool, error) {
	known := phc != ""
	if known && h.fresh.take(phc, password, h.options.Now()) {
		return true, nil
	}
	if !known {
		phc = h.unknown
	}
	var right bool
	var broken error
	if err := h.work(ctx, func() { right, broken = matches(phc, password) }); err != nil {
		return false, err
	}
	return right && known, broken
}

func (h *Hasher) work(ctx context.Context, fn func()) error {
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
	default:
		return h.overloaded()
	}
	patience := time.NewTimer(h.options.Patience)
	defer patience.Stop()
	select {
	case h.workers <- struct{}{}:
		defer func() { <-h.workers }()
	case <-patience.C:
		return h.overloaded()
	case <-ctx.Done():
		return ctx.Err()
	}
	h.done.Inc()
	fn()
	return nil
}

func (h *Hasher) overloaded() error {
	h.refused.Inc()
	return errs.New(errorsv1.Reason_OVERLOADED, "too many passwords are being checked").After(retryAfter)
}
