// Package jobs is registration's timed work.
package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/services/registration/internal/app"
)

// Purge ends sign-ups that nobody finished in time.
type Purge struct{}

// Kind names the job.
func (Purge) Kind() string { return "purge" }

type purger struct {
	river.WorkerDefaults[Purge]
	app *app.App
}

// Work purges.
func (p purger) Work(ctx context.Context, _ *river.Job[Purge]) error { return p.app.Purge(ctx) }

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, purger{app: a})
	return w
}

// Periodic has the purge done at the start and then regularly. One that fails is not retried: the next one does its work.
func Periodic(every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return Purge{}, &river.InsertOpts{MaxAttempts: 1}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}
