package app

import "github.com/riverqueue/river"

// untilDone outlives any outage: at the longest pause between tries (see package work) it lasts a week.
const untilDone = 1000

// HandOverJob gives a letter to the post.
type HandOverJob struct {
	LetterID string `json:"letter_id"`
}

// Kind names the job.
func (HandOverJob) Kind() string { return "hand_over" }

// InsertOpts have the job tried for as long as it takes.
func (HandOverJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// ApplyJob gives evidence to account.
type ApplyJob struct {
	ConfirmationID string `json:"confirmation_id"`
}

// Kind names the job.
func (ApplyJob) Kind() string { return "apply" }

// InsertOpts have the job tried for as long as it takes.
func (ApplyJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// RemindJob reminds the holder of a letter whose code is not typed yet.
type RemindJob struct {
	LetterID string `json:"letter_id"`
}

// Kind names the job.
func (RemindJob) Kind() string { return "remind" }

// InsertOpts have the job tried for as long as it takes.
func (RemindJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// ExpireJob notes which letters have expired.
type ExpireJob struct{}

// Kind names the job.
func (ExpireJob) Kind() string { return "expire" }
