package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// The goals of an installation that is asked for more sign-ins than it has cores for.
const (
	// memoryCap is what a container of the server is given (docker-compose.yml has less for each of its services).
	memoryCap = 1 << 30
	// admittedGoal is how long one that is let in may take: the hash's queue holds a sign-in for ten seconds at most.
	admittedGoal = 11 * time.Second
	// recoveryGoal is how soon a sign-in is answered as ever once the storm is over.
	recoveryGoal = 10 * time.Second
)

// overload offers more sign-ins than can be hashed: what is too much is refused at once and says when to come again, and the
// installation is well all along.
func (w *world) overload(ctx context.Context, r *report) error {
	const name = "overload"
	var refused, rude atomic.Int64
	watch := w.watch(ctx)
	title := fmt.Sprintf("%s: %d sign-ins/s offered", name, w.options.pace.offered)
	s, err := w.sample(ctx, part{name: title, pids: w.pids, run: func(ctx context.Context) *load {
		return open(ctx, w.options.pace.offered, len(w.people), w.options.pace.storm, func(ctx context.Context, i int) (time.Duration, error) {
			err := w.signIn(ctx, w.people[i])
			var p *journey.Problem
			if errors.As(err, &p) && p.Status == http.StatusServiceUnavailable {
				refused.Add(1)
				if p.RetryAfter <= 0 {
					rude.Add(1)
				}
				return 0, errTurnedAway
			}
			return 0, err
		})
	}})
	seen := watch()
	if err != nil {
		return err
	}
	recovered, err := w.recovery(ctx)
	if err != nil {
		return err
	}
	s.Errors -= int(refused.Load()) // to be turned away is an answer
	if s.Problem == errTurnedAway.Error() {
		s.Problem = ""
	}
	o := s.outcome(title)
	r.add(o)
	r.goal(name+": what is refused is 503 with Retry-After", fmt.Sprintf("%d refused, %d of them without", refused.Load(), rude.Load()),
		refused.Load() > 0 && rude.Load() == 0, o)
	r.goal(name+": healthy all along", fmt.Sprintf("%d of %d checks failed", seen.unwell, seen.checks), seen.unwell == 0 && seen.checks > 0, o)
	r.goal(fmt.Sprintf("%s: memory under %d MiB", name, memoryCap>>20), fmt.Sprintf("%d MiB", seen.memory>>20), seen.memory < memoryCap, o)
	r.goal(fmt.Sprintf("%s: 99 of 100 that are let in within %s", name, admittedGoal), fmt.Sprintf("p99 %.0f ms", o.P99),
		o.P99 <= ms(admittedGoal), o)
	r.goal(fmt.Sprintf("%s: a sign-in as ever within %s after it", name, recoveryGoal), recovered.Round(time.Millisecond).String(),
		recovered <= recoveryGoal, o)
	return nil
}

var errTurnedAway = errors.New("turned away")

// wellness is what was seen of the server from beside.
type wellness struct {
	checks, unwell int
	// memory is the most that the server had resident, in bytes.
	memory int64
}

// watch looks at the server's health and memory until it is told to stop.
func (w *world) watch(ctx context.Context) (stop func() wellness) {
	ctx, cancel := context.WithCancel(ctx)
	var seen wellness
	var done sync.WaitGroup
	done.Go(func() {
		for tick := time.NewTicker(200 * time.Millisecond); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
			}
			seen.checks++
			if !w.healthy(ctx) && ctx.Err() == nil {
				seen.unwell++
			}
			seen.memory = max(seen.memory, resident(w.pids.server))
		}
	})
	return func() wellness {
		cancel()
		done.Wait()
		return seen
	}
}

func (w *world) healthy(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.management+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// resident is a process's memory in bytes; 0: it has ended.
func resident(pid int) int64 {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(content))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// recovery is how long it takes until a sign-in is let in again.
func (w *world) recovery(ctx context.Context) (time.Duration, error) {
	for begin := time.Now(); ; {
		err := w.signIn(ctx, w.people[0])
		if took := time.Since(begin); err == nil || took > patience {
			return took, err
		}
		if err := ctx.Err(); err != nil {
			return 0, err
		}
	}
}
