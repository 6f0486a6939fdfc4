package app

import (
	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// untilDone is how often a job is tried: at the longest wait between tries it lasts a week.
const untilDone = 1000

// HandOverJob gives a letter to the post.
type HandOverJob struct {
	LetterID uuid.UUID `json:"letter_id"`
}

// Kind names the job.
func (HandOverJob) Kind() string { return "hand_over" }

// InsertOpts have the job tried for as long as it takes.
func (HandOverJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// ApplyJob gives evidence to account.
type ApplyJob struct {
	ConfirmationID uuid.UUID `json:"confirmation_id"`
}

// Kind names the job.
func (ApplyJob) Kind() string { return "apply" }

// InsertOpts have the job tried for as long as it takes.
func (ApplyJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// RemindJob reminds the holder of a letter whose code has not been typed.
type RemindJob struct {
	LetterID uuid.UUID `json:"letter_id"`
}

// Kind names the job.
func (RemindJob) Kind() string { return "remind" }

// InsertOpts have the job tried for as long as it takes.
func (RemindJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// ExpireJob marks the letters that have expired.
type ExpireJob struct{}

// Kind names the job.
func (ExpireJob) Kind() string { return "expire" }
