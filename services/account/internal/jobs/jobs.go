// Package jobs is account's timed work.
package jobs

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/services/account/internal/app"
)

// Workers are those of all jobs.
func Workers(a *app.App) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, contact{worker[app.ContactJob]{app: a}})
	river.AddWorker(w, tellContact{worker[app.TellContactJob]{app: a}})
	river.AddWorker(w, warnOfClaim{worker[app.WarnOfClaimJob]{app: a}})
	river.AddWorker(w, warnOfRecovery{worker[app.WarnOfRecoveryJob]{app: a}})
	river.AddWorker(w, tellNewDevice{worker[app.TellNewDeviceJob]{app: a}})
	return w
}

// worker is what all workers share.
type worker[J river.JobArgs] struct {
	river.WorkerDefaults[J]
	app *app.App
}

type contact struct{ worker[app.ContactJob] }

// Work lets a change of a contact take effect.
func (w contact) Work(ctx context.Context, job *river.Job[app.ContactJob]) error {
	return w.app.ContactDue(ctx, job.Args.ChangeID)
}

type tellContact struct{ worker[app.TellContactJob] }

// Work tells a contact that it goes.
func (w tellContact) Work(ctx context.Context, job *river.Job[app.TellContactJob]) error {
	return w.app.TellContact(ctx, job.Args.ChangeID)
}

type warnOfClaim struct{ worker[app.WarnOfClaimJob] }

// Work warns an account of a claim to one of its contacts.
func (w warnOfClaim) Work(ctx context.Context, job *river.Job[app.WarnOfClaimJob]) error {
	return w.app.WarnOfClaim(ctx, job.Args.ClaimID)
}

type warnOfRecovery struct{ worker[app.WarnOfRecoveryJob] }

// Work warns an account of a recovery that waits.
func (w warnOfRecovery) Work(ctx context.Context, job *river.Job[app.WarnOfRecoveryJob]) error {
	return w.app.WarnOfRecovery(ctx, job.Args.RecoveryID, job.Args.Round)
}

type tellNewDevice struct{ worker[app.TellNewDeviceJob] }

// Work tells an account's contacts of a sign-in on a new device.
func (w tellNewDevice) Work(ctx context.Context, job *river.Job[app.TellNewDeviceJob]) error {
	return w.app.TellNewDevice(ctx, job.Args.NoticeID)
}
