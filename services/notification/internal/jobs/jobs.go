// Package jobs is notification's timed work.
package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/services/notification/internal/app"
)

type sender struct {
	river.WorkerDefaults[app.SendJob]
	app *app.App
}

// Work delivers a message.
func (s sender) Work(ctx context.Context, job *river.Job[app.SendJob]) error {
	return s.app.Deliver(ctx, job.Args.MessageID)
}

// NextRetry is when a message that nobody took is tried again.
func (s sender) NextRetry(job *river.Job[app.SendJob]) time.Time {
	return s.app.Now().Add(s.app.Backoff.After(job.Attempt))
}

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, sender{app: a})
	return w
}
