// Package session finds the person behind a bearer token or cookie.
package session

import (
	"context"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
)

// Resolver asks account for the session of a token.
type Resolver struct {
	Accounts accountv1.AccountServiceClient
	Minter   *rpc.Minter
}

// Resolve finds the live session of a token presented on a surface, and gives a context in which its person is
// signed in. A token of another surface is as good as none.
func (r *Resolver) Resolve(
	ctx context.Context, token string, surface accountv1.Surface,
) (context.Context, *accountv1.Session, error) {
	if !utf8.ValidString(token) {
		return ctx, nil, noSession()
	}
	s, err := r.Accounts.ResolveSession(ctx, &accountv1.ResolveSessionRequest{Token: token, Surface: surface})
	if errs.Is(err, errorsv1.Reason_VALIDATION_FAILED) {
		err = noSession()
	}
	if err != nil {
		return ctx, nil, err
	}
	ctx, err = r.SignedIn(ctx, s)
	return ctx, s, err
}

// Browser signs in the person of the browser's session on the way to h. One that is over is as good as none.
func (r *Resolver) Browser(jar cookies.Jar, h http.Handler, refuse func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		token := jar.Get(hr, cookies.Session)
		if token == "" {
			h.ServeHTTP(w, hr)
			return
		}
		ctx, _, err := r.Resolve(hr.Context(), token, accountv1.Surface_PAGES)
		if e, ok := errs.As(err); ok && e.Kind == errs.Unauthenticated {
			err = nil
		}
		if err != nil {
			refuse(w, hr, err)
			return
		}
		h.ServeHTTP(w, hr.WithContext(ctx))
	})
}

// noSession is what garbage gets that cannot even be asked about, as garbage does that can.
func noSession() error {
	return errs.New(errorsv1.Reason_SESSION_ENDED, "that is no token of ours")
}

// SignedIn gives a context in which the session's person is signed in.
func (r *Resolver) SignedIn(ctx context.Context, s *accountv1.Session) (context.Context, error) {
	user := rpc.User{
		AccountID: s.GetAccountId(), SessionID: s.GetId(), Level: s.GetLevel().Number(),
		AuthTime: s.GetAuthTime().AsTime(), ProofTime: proofTime(s), AMR: s.GetAmr(),
	}
	internal, err := r.Minter.Mint(user)
	if err != nil {
		return ctx, err
	}
	return rpc.WithUser(ctx, user, internal), nil
}

// proofTime is when the person last proved everything, zero when that is not said. The version before knows no second factor and
// no assurance.
func proofTime(s *accountv1.Session) time.Time {
	switch {
	case s.GetAssurance() == accountv1.Assurance_ASSURANCE_UNSPECIFIED:
		return s.GetAuthTime().AsTime()
	case s.GetProofTime() == nil:
		return time.Time{}
	}
	return s.GetProofTime().AsTime()
}
