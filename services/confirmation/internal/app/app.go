// Package app orders letters, tracks them and redeems their codes.
package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/letter"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
	"github.com/propusk-id/propusk/services/internal/support"
)

// App has the use cases.
type App struct {
	Store   *store.Store
	Account accountv1.AccountServiceClient
	Profile profilev1.ProfileServiceClient
	Post    Post
	Keys    *secret.Keys
	Answers *idempotency.Store
	Limits  domain.Limits
	// Office is the post office that letters are handed to.
	Office identifiers.PostIndex
	// Sender is whom letters are from, Support how people can tell that one was not ordered.
	Sender  letter.Sender
	Support support.Contacts
	// TrackingAfter is how long after the order the tracking number is shown.
	TrackingAfter time.Duration
	// Expected says when letters are expected at their post offices.
	Expected domain.Expected
	// RemindAfter is how long after the order the holder is reminded of a code that has not been typed.
	RemindAfter time.Duration
	// ApplyAfter is when a job takes over from a request that redeemed a code and did not finish.
	ApplyAfter time.Duration
	PublicURL  string
	// Sandbox marks letters without legal meaning.
	Sandbox bool
	Now     func() time.Time
}

// Post delivers printed letters: a printing house or, in a sandbox, the simulated post. A repeated call with the same
// letter id has no second effect.
type Post interface {
	HandOver(ctx context.Context, p Parcel) error
	// TrackingURL is the page where the letter is tracked.
	TrackingURL(number string) string
}

// Parcel is a letter as the post receives it.
type Parcel struct {
	LetterID                           uuid.UUID
	TrackingNumber, Addressee, Address string
	// Contacts are where the post may announce the letter.
	Contacts []string
	PDF      []byte
	Text     string
}
