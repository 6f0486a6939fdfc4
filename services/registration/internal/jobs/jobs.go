// Package jobs is registration's timed work.
package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/registration/internal/app"
)

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, purger{worker[app.PurgeJob]{app: a}})
	return w
}

// Periodic ends sign-ups that nobody finished in time.
func Periodic(every time.Duration) *river.PeriodicJob { return boot.Periodic(every, app.PurgeJob{}) }

// worker is what all workers share.
type worker[J river.JobArgs] struct {
	river.WorkerDefaults[J]
	app *app.App
}

type purger struct{ worker[app.PurgeJob] }

// Work purges.
func (w purger) Work(ctx context.Context, _ *river.Job[app.PurgeJob]) error { return w.app.Purge(ctx) }
