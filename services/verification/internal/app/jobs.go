package app

import (
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/services/verification/internal/domain"
)

// jobTries is more than anybody waits for: a job ends when its verification does.
const jobTries = 10_000

// CheckJob asks one registry.
type CheckJob struct {
	VerificationID uuid.UUID       `json:"verification_id"`
	Registry       domain.Registry `json:"registry"`
}

// Kind names the job.
func (CheckJob) Kind() string { return "check" }

// ApplyJob has account raise the level of a person whom the registries confirm.
type ApplyJob struct {
	VerificationID uuid.UUID `json:"verification_id"`
}

// Kind names the job.
func (ApplyJob) Kind() string { return "apply" }

// from says when to do a job. A job that is due is not scheduled, since it would wait for River's scheduler.
func from(t, now time.Time) *river.InsertOpts {
	if !t.After(now) {
		t = time.Time{}
	}
	return &river.InsertOpts{MaxAttempts: jobTries, ScheduledAt: t}
}
