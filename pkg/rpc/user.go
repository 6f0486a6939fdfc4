package rpc

import (
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// User is the signed-in person behind a call.
type User struct {
	AccountID string
	SessionID string
	// Level is the number of the account's level; a higher one is more trusted.
	Level protoreflect.EnumNumber
	// AuthTime is when the person last proved to be the account's holder.
	AuthTime time.Time
	// ProofTime is when the person last proved everything that the account has to be proven with; zero: a remembered device
	// stood for some of it.
	ProofTime time.Time
	// AMR says how (RFC 8176).
	AMR []string
}

// CheckRecent refuses a person who proved everything that the account has to be proven with longer than d ago
// (REAUTHENTICATION_REQUIRED).
func (u User) CheckRecent(d time.Duration, now time.Time) error {
	if now.Sub(u.ProofTime) > d {
		return errs.New(errorsv1.Reason_REAUTHENTICATION_REQUIRED, "the last proof is too long ago")
	}
	return nil
}

type (
	userKey   struct{}
	tokenKey  struct{}
	callerKey struct{}
)

// WithUser puts the person and their internal token into the context; the token goes with every call made in it.
func WithUser(ctx context.Context, u User, token string) context.Context {
	return context.WithValue(context.WithValue(ctx, userKey{}, u), tokenKey{}, token)
}

// UserOf is the person behind the call, if there is one.
func UserOf(ctx context.Context) (User, bool) {
	u, ok := ctx.Value(userKey{}).(User)
	return u, ok
}

// WithCaller puts the name of the calling service into the context, as the connection proves it.
func WithCaller(ctx context.Context, service string) context.Context {
	return context.WithValue(ctx, callerKey{}, service)
}

// CallerOf names the service that made the call.
func CallerOf(ctx context.Context) string {
	s, _ := ctx.Value(callerKey{}).(string)
	return s
}

// ActorOf is who is behind the call, for the record: "account:<id>" or "service:<name>".
func ActorOf(ctx context.Context) string {
	if u, ok := UserOf(ctx); ok {
		return "account:" + u.AccountID
	}
	if s := CallerOf(ctx); s != "" {
		return "service:" + s
	}
	return ""
}

func userToken(ctx context.Context) string {
	t, _ := ctx.Value(tokenKey{}).(string)
	return t
}

// saysSame says whether a token for the one person tells what one for the other would, of what changes in a session.
func (u User) saysSame(other User) bool {
	return u.Level == other.Level && u.AuthTime.Equal(other.AuthTime) && u.ProofTime.Equal(other.ProofTime)
}

func (u User) clone() User {
	u.AMR = slices.Clone(u.AMR)
	return u
}
