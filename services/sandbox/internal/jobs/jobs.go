// Package jobs moves letters when their time has come.
package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/services/sandbox/internal/app"
)

// Workers do the jobs of the app; a failed one comes again after retry.
func Workers(a *app.App, retry time.Duration) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, &mover{app: a, retry: retry})
	return w
}

type mover struct {
	river.WorkerDefaults[app.MoveJob]
	app   *app.App
	retry time.Duration
}

// Work moves one letter.
func (m *mover) Work(ctx context.Context, job *river.Job[app.MoveJob]) error {
	return m.app.MoveLetter(ctx, job.Args.LetterOrderID, job.Args.State)
}

// NextRetry is when a failed job comes again.
func (m *mover) NextRetry(*river.Job[app.MoveJob]) time.Time { return m.app.Now().Add(m.retry) }
