// Package jobs is verification's timed work: River's face of the use cases.
package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/services/verification/internal/app"
)

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, &checker{app: a})
	river.AddWorker(w, &applier{app: a})
	return w
}

type checker struct {
	river.WorkerDefaults[app.CheckJob]
	app *app.App
}

// Work asks a registry; one that does not answer is no failure of the job, which comes again later.
func (c *checker) Work(ctx context.Context, job *river.Job[app.CheckJob]) error {
	wait, err := c.app.Check(ctx, job.Args)
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

// NextRetry is when a check comes again that our own side kept from asking.
func (c *checker) NextRetry(job *river.Job[app.CheckJob]) time.Time { return next(c.app, job.Attempt) }

type applier struct {
	river.WorkerDefaults[app.ApplyJob]
	app *app.App
}

// Work tells account.
func (w *applier) Work(ctx context.Context, job *river.Job[app.ApplyJob]) error {
	return w.app.Apply(ctx, job.Args)
}

// NextRetry is when account is told again.
func (w *applier) NextRetry(job *river.Job[app.ApplyJob]) time.Time { return next(w.app, job.Attempt) }

func next(a *app.App, attempt int) time.Time {
	const noChance = 0.5
	return a.Now().Add(a.Backoff.After(attempt, 0, noChance))
}
