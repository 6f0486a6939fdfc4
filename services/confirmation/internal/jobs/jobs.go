// Package jobs does the service's jobs.
package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/services/confirmation/internal/app"
)

const longestPause = 10 * time.Minute

// Workers do the jobs of the app. Failed ones come again after retry, twice, four times as long and so on.
func Workers(a *app.App, retry time.Duration) *river.Workers {
	w := river.NewWorkers()
	p := pause{first: retry, now: a.Now}
	river.AddWorker(w, &worker[app.HandOverJob]{pause: p, do: func(ctx context.Context, j app.HandOverJob) error {
		return withID(ctx, j.LetterID, a.HandOver)
	}})
	river.AddWorker(w, &worker[app.ApplyJob]{pause: p, do: func(ctx context.Context, j app.ApplyJob) error {
		return withID(ctx, j.ConfirmationID, a.ApplyPending)
	}})
	river.AddWorker(w, &worker[app.RemindJob]{pause: p, do: func(ctx context.Context, j app.RemindJob) error {
		return withID(ctx, j.LetterID, a.Remind)
	}})
	river.AddWorker(w, &worker[app.ExpireJob]{pause: p, do: func(ctx context.Context, _ app.ExpireJob) error {
		return a.Expire(ctx)
	}})
	return w
}

// Expiry looks for expired letters every so often, and at the start.
func Expiry(every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return app.ExpireJob{}, &river.InsertOpts{MaxAttempts: 1}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

type worker[J river.JobArgs] struct {
	river.WorkerDefaults[J]
	pause
	do func(ctx context.Context, job J) error
}

// Work does one job.
func (w *worker[J]) Work(ctx context.Context, job *river.Job[J]) error { return w.do(ctx, job.Args) }

// NextRetry is when a failed job comes again.
func (w *worker[J]) NextRetry(job *river.Job[J]) time.Time { return w.after(job.Attempt) }

// pause is how long a failed job waits.
type pause struct {
	first time.Duration
	now   func() time.Time
}

func (p pause) after(attempt int) time.Time {
	return p.now().Add(min(p.first<<min(max(attempt-1, 0), 16), longestPause))
}

func withID(ctx context.Context, id string, do func(context.Context, uuid.UUID) error) error {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return river.JobCancel(err)
	}
	return do(ctx, parsed)
}
