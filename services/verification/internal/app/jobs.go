package app

import (
	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/verification/internal/domain"
)

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
