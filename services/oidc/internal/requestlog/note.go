package requestlog

import (
	"context"
	"errors"
	"net/url"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// note is what the steps of a request tell the log.
type note struct {
	clientID string
	// code and description are the protocol's, problem is our own reason; because is the code of a finer one.
	code, description, problem, because string
}

type noteKey struct{}

func withNote(ctx context.Context) (context.Context, *note) {
	n := &note{}
	return context.WithValue(ctx, noteKey{}, n), n
}

// noteOf is never nil: what is noted outside of an observed request is lost.
func noteOf(ctx context.Context) *note {
	if n, ok := ctx.Value(noteKey{}).(*note); ok {
		return n
	}
	return &note{}
}

// Client notes whose request it is, where no parameter says so.
func Client(ctx context.Context, id string) { noteOf(ctx).clientID = id }

// Refused notes with what the request was refused.
func Refused(ctx context.Context, err error) {
	n := noteOf(ctx)
	var refusal *domain.OAuthError
	if errors.As(err, &refusal) {
		n.code, n.description = refusal.Code, refusal.Description
		return
	}
	if e, ok := errs.As(err); ok {
		n.problem = e.Reason.String()
		return
	}
	n.problem = "INTERNAL"
}

// Answered notes the parameters that a client is sent by the person's browser: they may be a refusal.
func Answered(ctx context.Context, params url.Values) {
	n := noteOf(ctx)
	n.code, n.description = params.Get("error"), params.Get("error_description")
}

// Because notes a finer reason than the one that the caller is told, by its code in advice.json: whoever presents a code
// learns only that it is no good, the client's own developers may know why.
func Because(ctx context.Context, code string) { noteOf(ctx).because = code }
