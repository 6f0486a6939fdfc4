// Package jobs is notification's timed work.
package jobs

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/services/notification/internal/app"
)

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, sender{worker[app.SendJob]{app: a}})
	return w
}

// worker is what all workers share.
type worker[J river.JobArgs] struct {
	river.WorkerDefaults[J]
	app *app.App
}

type sender struct{ worker[app.SendJob] }

// Work delivers a message.
func (w sender) Work(ctx context.Context, job *river.Job[app.SendJob]) error {
	return w.app.Deliver(ctx, job.Args.MessageID)
}
