// Package app orders letters, follows them on their way and takes their codes.
package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// App has the use cases.
type App struct {
	Store   *store.Store
	Account accountv1.AccountServiceClient
	Profile profilev1.ProfileServiceClient
	Post    Post
	Keys    *secret.Keys
	Answers *pg.Answers
	Limits  domain.Limits
	// Office is the post office that letters are handed to.
	Office identifiers.PostIndex
	// TrackingAfter is how long after the order the tracking number is shown.
	TrackingAfter time.Duration
	// RemindAfter is how long after the order the holder is reminded of a code that is not typed yet.
	RemindAfter time.Duration
	// ApplyAfter is when a job takes over if the request that redeemed a code did not reach its end.
	ApplyAfter time.Duration
	PublicURL  string
	// Sandbox marks letters that mean nothing.
	Sandbox bool
	Now     func() time.Time
}

// Post takes printed letters to people: a printing house or, in a sandbox, the simulated post. The same letter
// twice is one letter.
type Post interface {
	HandOver(ctx context.Context, p Parcel) error
	// TrackingURL is where a person follows the number.
	TrackingURL(number string) string
}

// Parcel is a letter as the post gets it.
type Parcel struct {
	LetterID                           uuid.UUID
	TrackingNumber, Addressee, Address string
	// Contacts are where the post may announce it.
	Contacts []string
	PDF      []byte
	Text     string
}

// parseID reads an id from outside.
func parseID(name, s string) (uuid.UUID, error) {
	id, err := uuid.Parse(s)
	if err != nil {
		var fields errs.Fields
		fields.Add(name, errorsv1.Reason_FIELD_MALFORMED)
		return uuid.Nil, fields.Err()
	}
	return id, nil
}
