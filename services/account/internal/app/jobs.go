package app

import (
	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// untilDone is how often a job is tried: at the longest wait between tries it lasts a week.
const untilDone = 1000

// ContactJob lets a change of a contact take effect.
type ContactJob struct {
	ChangeID uuid.UUID `json:"change_id"`
}

// Kind names the job.
func (ContactJob) Kind() string { return "contact" }

// InsertOpts have the job tried for as long as it takes.
func (ContactJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// TellContactJob tells the contact that goes.
type TellContactJob struct {
	ChangeID uuid.UUID `json:"change_id"`
}

// Kind names the job.
func (TellContactJob) Kind() string { return "tell_contact" }

// InsertOpts have the job tried for as long as it takes.
func (TellContactJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// WarnOfRecoveryJob tells an account's contacts that it is to be recovered.
type WarnOfRecoveryJob struct {
	RecoveryID uuid.UUID `json:"recovery_id"`
	// Round tells a warning from those before; empty: the first.
	Round string `json:"round,omitempty"`
}

// Kind names the job.
func (WarnOfRecoveryJob) Kind() string { return "warn_of_recovery" }

// InsertOpts have the job tried for as long as it takes.
func (WarnOfRecoveryJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: untilDone}
}

// WarnOfClaimJob tells an account's other contacts that somebody else has proven to have one.
type WarnOfClaimJob struct {
	ClaimID uuid.UUID `json:"claim_id"`
}

// Kind names the job.
func (WarnOfClaimJob) Kind() string { return "warn_of_claim" }

// InsertOpts have the job tried for as long as it takes.
func (WarnOfClaimJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// TellNewDeviceJob tells all contacts of an account that it was signed in to on a new device.
type TellNewDeviceJob struct {
	NoticeID uuid.UUID `json:"notice_id"`
}

// Kind names the job.
func (TellNewDeviceJob) Kind() string { return "tell_new_device" }

// InsertOpts have the job tried for as long as it takes.
func (TellNewDeviceJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: untilDone}
}
