// Package app queues messages, delivers them and keeps the feed.
package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store"
	"github.com/propusk-id/propusk/services/notification/internal/templates"
)

// App has the use cases.
type App struct {
	Store   *store.Store
	Account accountv1.AccountServiceClient
	Words   *templates.Catalogue
	SMS     SMSSender
	Email   EmailSender
	// Jobs gets a [SendJob] in the transaction that queues a message.
	Jobs *river.Client[pgx.Tx]
	Log  *slog.Logger
	// Life is how long a message is tried that has no expiry of its own.
	Life    time.Duration
	Backoff domain.Backoff
	Now     func() time.Time
}

// SMS is a text message as a provider gets it. The same id twice is one message.
type SMS struct{ ID, To, Text string }

// Email is an e-mail as a provider gets it. The same id twice is one message.
type Email struct{ ID, To, Subject, Text, HTML string }

// SMSSender hands text messages to a provider. A refusal of kind Invalid is for good; after any other failure
// the message is tried again. Errors must not show the destination or the text.
type SMSSender interface {
	SendSMS(ctx context.Context, m SMS) error
}

// EmailSender hands e-mails to a provider, with errors like [SMSSender]'s.
type EmailSender interface {
	SendEmail(ctx context.Context, m Email) error
}

// SendJob delivers one message. Like every job it holds an id only.
type SendJob struct {
	MessageID uuid.UUID `json:"message_id"`
}

// Kind names the job.
func (SendJob) Kind() string { return "send" }
