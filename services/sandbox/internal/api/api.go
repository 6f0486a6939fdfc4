// Package api is sandbox's gRPC face.
package api

import (
	"context"

	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/sandbox/internal/app"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
)

// Server translates between protobuf and the use cases.
type Server struct {
	sandboxv1.UnimplementedSandboxServiceServer
	app *app.App
}

// New serves the use cases.
func New(a *app.App) *Server { return &Server{app: a} }

// ReceiveSMS accepts a text message.
func (s *Server) ReceiveSMS(ctx context.Context, r *sandboxv1.ReceiveSMSRequest) (*sandboxv1.ReceiveResponse, error) {
	return received(s.app.Receive(ctx, domain.Message{
		SourceID: r.GetMessageId(), Channel: domain.SMS, Recipients: []string{r.GetTo()}, Text: r.GetText(),
	}))
}

// ReceiveEmail accepts an e-mail.
func (s *Server) ReceiveEmail(ctx context.Context, r *sandboxv1.ReceiveEmailRequest) (*sandboxv1.ReceiveResponse, error) {
	return received(s.app.Receive(ctx, domain.Message{
		SourceID: r.GetMessageId(), Channel: domain.Email, Recipients: []string{r.GetTo()},
		Subject: r.GetSubject(), Text: r.GetText(), HTML: r.GetHtml(),
	}))
}

// HandOverLetter gives a letter to the post.
func (s *Server) HandOverLetter(
	ctx context.Context, r *sandboxv1.HandOverLetterRequest,
) (*sandboxv1.ReceiveResponse, error) {
	return received(s.app.AcceptLetter(ctx, domain.Parcel{
		LetterOrderID: r.GetLetterOrderId(), TrackingNumber: r.GetTrackingNumber(),
		Addressee: r.GetAddressee(), Address: r.GetAddress(), Contacts: r.GetContacts(), PDF: r.GetPdf(), Text: r.GetText(),
	}))
}

func received(err error) (*sandboxv1.ReceiveResponse, error) {
	if err != nil {
		return nil, err
	}
	return &sandboxv1.ReceiveResponse{}, nil
}
