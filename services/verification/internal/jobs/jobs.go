// Package jobs is verification's timed work.
package jobs

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/services/verification/internal/app"
)

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, checker{worker[app.CheckJob]{app: a}})
	river.AddWorker(w, applier{worker[app.ApplyJob]{app: a}})
	return w
}

// worker is what all workers share.
type worker[J river.JobArgs] struct {
	river.WorkerDefaults[J]
	app *app.App
}

type checker struct{ worker[app.CheckJob] }

// Work asks a registry. A registry that does not answer is not a failure of the job: it is asked again later.
func (w checker) Work(ctx context.Context, job *river.Job[app.CheckJob]) error {
	wait, err := w.app.Check(ctx, job.Args)
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

type applier struct{ worker[app.ApplyJob] }

// Work tells account.
func (w applier) Work(ctx context.Context, job *river.Job[app.ApplyJob]) error {
	return w.app.Apply(ctx, job.Args)
}
