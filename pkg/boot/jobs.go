package boot

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/propusk-id/propusk/pkg/backoff"
)

const (
	jobWorkers = 16
	// jobPoll is how late a job may be that is tried again within seconds. River tells of new ones, and of those whose time
	// has come (it looks every five seconds), by NOTIFY.
	jobPoll = 2 * time.Second
	// jobPollOften is for where nobody tells: behind a pooler, which cannot LISTEN, and by a clock that a test moves.
	jobPollOften    = 500 * time.Millisecond
	jobPollCooldown = 20 * time.Millisecond
	// jobTime is how long a job may take; one that is still marked as running after jobLost belonged to a process
	// that died, and is done again.
	jobTime = 30 * time.Second
	jobLost = 45 * time.Second
)

// Jobs makes the service's River client: timed work, kept in the service's schema, done as long as the service
// serves. Jobs are inserted in the transaction that needs them and hold identifiers only. A job that fails waits by the
// back-off until it is tried again; the zero value is for services whose jobs are all [Periodic].
func (p *Platform) Jobs(
	pool *pgxpool.Pool, workers *river.Workers, retry backoff.Exponential, periodic ...*river.PeriodicJob,
) (*river.Client[pgx.Tx], error) {
	if err := p.use("jobs", p.declared.Jobs, "Jobs: true"); err != nil {
		return nil, err
	}
	p.used.jobs = true
	cfg := &river.Config{
		Schema:            p.Service,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: jobWorkers}},
		Workers:           workers,
		RetryPolicy:       jobRetry{retry, p.Now},
		PeriodicJobs:      periodic,
		FetchPollInterval: jobPoll,
		FetchCooldown:     jobPollCooldown,
		PollOnly:          p.Env.DatabasePooler != NoPooler, // LISTEN needs a session of its own
		Logger:            slog.New(atLeast{p.Log.Handler(), slog.LevelWarn}),

		JobTimeout:           jobTime,
		RescueStuckJobsAfter: jobLost,
	}
	if p.manualClock {
		cfg.Test.Time = jobClock{p.Now}
	}
	if p.manualClock || cfg.PollOnly {
		cfg.FetchPollInterval = jobPollOften
	}
	client, err := river.NewClient(riverpgxv5.New(pool), cfg)
	if err != nil {
		return nil, err
	}
	p.Go(func(ctx context.Context) error { return runJobs(ctx, client) })
	return client, nil
}

// Periodic has a job done at the start and then regularly. One that fails is not tried again: the next one does its work.
func Periodic(every time.Duration, job river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return job, &river.InsertOpts{MaxAttempts: 1}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// jobRetry is when a failed job is tried again.
type jobRetry struct {
	backoff backoff.Exponential
	now     func() time.Time
}

// NextRetry is the platform's time and the back-off's wait: jobs have nobody to spread out from.
func (r jobRetry) NextRetry(job *rivertype.JobRow) time.Time {
	const noJitter = 0.5
	return r.now().Add(r.backoff.After(job.Attempt, noJitter))
}

// runJobs stops fetching when the context ends and lets jobs under way finish, for a while.
func runJobs(ctx context.Context, client *river.Client[pgx.Tx]) error {
	if err := startJobs(ctx, client); err != nil {
		return err
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := client.Stop(stop); err != nil {
		return client.StopAndCancel(context.WithoutCancel(ctx))
	}
	return nil
}

// startJobs waits for Postgres: services and stores start in any order.
func startJobs(ctx context.Context, client *river.Client[pgx.Tx]) error {
	for {
		err := client.Start(context.WithoutCancel(ctx))
		if err == nil || ctx.Err() != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// jobClock gives River the platform's clock.
type jobClock struct{ now func() time.Time }

// Now is the platform's time.
func (c jobClock) Now() time.Time { return c.now() }

// NowOrNil is the platform's time.
func (c jobClock) NowOrNil() *time.Time {
	t := c.now()
	return &t
}
