// Package jobs is notification's timed work.
package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/notification/internal/app"
)

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, sender{worker[app.SendJob]{app: a}})
	river.AddWorker(w, rescuer{worker[app.RescueJob]{app: a}})
	return w
}

// Periodic rescues what processes that died have left.
func Periodic(every time.Duration) *river.PeriodicJob { return boot.Periodic(every, app.RescueJob{}) }

// worker is what all workers share.
type worker[J river.JobArgs] struct {
	river.WorkerDefaults[J]
	app *app.App
}

type sender struct{ worker[app.SendJob] }

// Work delivers a message, once its time has come: River itself looks at what is scheduled every few seconds only.
func (w sender) Work(ctx context.Context, job *river.Job[app.SendJob]) error {
	if wait := job.Args.NotBefore.Sub(w.app.Now()); wait > 0 {
		return river.JobSnooze(wait)
	}
	return w.app.Deliver(ctx, job.Args.MessageID)
}

type rescuer struct{ worker[app.RescueJob] }

// Work rescues.
func (w rescuer) Work(ctx context.Context, _ *river.Job[app.RescueJob]) error {
	return w.app.Rescue(ctx)
}
