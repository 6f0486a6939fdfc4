// Package app queues messages, delivers them and keeps the feed.
package app

import (
	"context"
	"log/slog"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/notification/internal/store"
	"github.com/propusk-id/propusk/services/notification/internal/templates"
)

// App has the use cases.
type App struct {
	Store     *store.Store
	Account   accountv1.AccountServiceClient
	OIDC      oidcv1.OIDCServiceClient
	Templates *templates.Catalogue
	SMS       SMSSender
	Email     EmailSender
	// Keys seal the tokens of pages.
	Keys *secret.Keys
	Log  *slog.Logger
	Hand *Hand
	// Life is how long a message without an expiry of its own is tried.
	Life time.Duration
	// RetryFirst is the pause after the first failed try.
	RetryFirst time.Duration
	Now        func() time.Time
}

// SMS is a text message as a provider receives it. A repeated id is the same message.
type SMS struct{ ID, To, Text string }

// Email is an e-mail as a provider receives it. A repeated id is the same message.
type Email struct{ ID, To, Subject, Text, HTML string }

// SMSSender gives text messages to a provider. A refusal of kind Invalid is permanent; after any other failure the
// message is tried again. Errors must not show the destination or the text.
type SMSSender interface {
	SendSMS(ctx context.Context, m SMS) error
}

// EmailSender gives e-mails to a provider, with errors like [SMSSender]'s.
type EmailSender interface {
	SendEmail(ctx context.Context, m Email) error
}

// SendJob delivers one message.
type SendJob struct {
	MessageID uuid.UUID `json:"message_id"`
	// NotBefore is when the message may be tried again.
	NotBefore time.Time `json:"not_before,omitzero"`
}

// RescueJob has messages delivered that processes that died have left.
type RescueJob struct{}

// Kind names the job.
func (RescueJob) Kind() string { return "rescue" }

// Kind names the job.
func (SendJob) Kind() string { return "send" }

// InsertOpts do not limit the attempts: the message's expiry ends them.
func (SendJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: math.MaxInt16} }
