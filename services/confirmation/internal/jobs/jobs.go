// Package jobs is confirmation's timed work.
package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/confirmation/internal/app"
)

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, handOver{worker[app.HandOverJob]{app: a}})
	river.AddWorker(w, applier{worker[app.ApplyJob]{app: a}})
	river.AddWorker(w, reminder{worker[app.RemindJob]{app: a}})
	river.AddWorker(w, expirer{worker[app.ExpireJob]{app: a}})
	return w
}

// Periodic looks for expired letters.
func Periodic(every time.Duration) *river.PeriodicJob { return boot.Periodic(every, app.ExpireJob{}) }

// worker is what all workers share.
type worker[J river.JobArgs] struct {
	river.WorkerDefaults[J]
	app *app.App
}

type handOver struct{ worker[app.HandOverJob] }

// Work gives a letter to the post.
func (w handOver) Work(ctx context.Context, job *river.Job[app.HandOverJob]) error {
	return w.app.HandOver(ctx, job.Args.LetterID)
}

type applier struct{ worker[app.ApplyJob] }

// Work gives evidence to account.
func (w applier) Work(ctx context.Context, job *river.Job[app.ApplyJob]) error {
	return w.app.ApplyPending(ctx, job.Args.ConfirmationID)
}

type reminder struct{ worker[app.RemindJob] }

// Work reminds the holder of a letter.
func (w reminder) Work(ctx context.Context, job *river.Job[app.RemindJob]) error {
	return w.app.Remind(ctx, job.Args.LetterID)
}

type expirer struct{ worker[app.ExpireJob] }

// Work marks expired letters.
func (w expirer) Work(ctx context.Context, _ *river.Job[app.ExpireJob]) error {
	return w.app.Expire(ctx)
}
