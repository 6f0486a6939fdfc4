// Package post hands letters to the sandbox's simulated post.
package post

import (
	"context"

	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/app"
)

// Sandbox is the simulated post.
type Sandbox struct {
	client    sandboxv1.SandboxServiceClient
	publicURL string
}

// NewSandbox hands letters over through the client.
func NewSandbox(client sandboxv1.SandboxServiceClient, publicURL string) *Sandbox {
	return &Sandbox{client: client, publicURL: publicURL}
}

// HandOver gives the post a letter; a repeated call with the same letter id has no second effect.
func (s *Sandbox) HandOver(ctx context.Context, p app.Parcel) error {
	_, err := s.client.HandOverLetter(ctx, &sandboxv1.HandOverLetterRequest{
		LetterOrderId: p.LetterID.String(), TrackingNumber: p.TrackingNumber,
		Addressee: p.Addressee, Address: p.Address, Contacts: p.Contacts, Pdf: p.PDF, Text: p.Text,
	})
	return err
}

// TrackingURL is the simulated post's page; the real post's is https://www.pochta.ru/tracking?barcode=….
func (s *Sandbox) TrackingURL(number string) string { return s.publicURL + "/post/" + number }
