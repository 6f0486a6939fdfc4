// Package senders gives messages to providers.
package senders

import (
	"context"

	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/notification/internal/app"
)

// Sandbox is the provider of a sandbox: the virtual phone and mailbox, which recognise a repeated id.
type Sandbox struct {
	Client sandboxv1.SandboxServiceClient
}

var (
	_ app.SMSSender   = Sandbox{}
	_ app.EmailSender = Sandbox{}
)

// SendSMS puts a text message on the virtual phone.
func (s Sandbox) SendSMS(ctx context.Context, m app.SMS) error {
	_, err := s.Client.ReceiveSMS(ctx, &sandboxv1.ReceiveSMSRequest{MessageId: m.ID, To: m.To, Text: m.Text})
	return err
}

// SendEmail puts an e-mail into the virtual mailbox.
func (s Sandbox) SendEmail(ctx context.Context, m app.Email) error {
	_, err := s.Client.ReceiveEmail(ctx, &sandboxv1.ReceiveEmailRequest{
		MessageId: m.ID, To: m.To, Subject: m.Subject, Text: m.Text, Html: m.HTML,
	})
	return err
}
