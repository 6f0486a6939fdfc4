// Package jobs is sandbox's timed work.
package jobs

import (
	"context"

	"github.com/riverqueue/river"

	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	"github.com/propusk-id/propusk/services/sandbox/internal/app"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
)

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, mover{worker[app.MoveJob]{app: a}})
	return w
}

// worker is what all workers share.
type worker[J river.JobArgs] struct {
	river.WorkerDefaults[J]
	app *app.App
}

type mover struct{ worker[app.MoveJob] }

// Work moves a letter.
func (w mover) Work(ctx context.Context, job *river.Job[app.MoveJob]) error {
	return w.app.MoveLetter(ctx, job.Args.LetterOrderID, domain.State(confirmationv1.LetterState_value[job.Args.State]))
}
