// Package jobs is oidc's timed work.
package jobs

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/services/oidc/internal/app"
)

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, teller{app: a})
	return w
}

// teller tells clients of sign-outs.
type teller struct {
	river.WorkerDefaults[app.TellLogoutJob]
	app *app.App
}

// Work tells one client of one sign-out.
func (w teller) Work(ctx context.Context, job *river.Job[app.TellLogoutJob]) error {
	return w.app.TellLogout(ctx, job.Args)
}
