package rest

import (
	"context"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
)

// authenticate finds the person of a bearer token (RFC 6750 §2.1). Without one the request goes on as nobody's.
func (a *API) authenticate(ctx context.Context, r *http.Request) (context.Context, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return ctx, nil
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return ctx, errs.New(errorsv1.Reason_UNAUTHENTICATED, "only bearer tokens are taken")
	}
	ctx, _, err := a.sessions.Resolve(ctx, strings.TrimSpace(token), accountv1.Surface_REST)
	return ctx, err
}

// MergePatch is the media type of an edit (RFC 7396), which is what a PATCH is also when it is sent as application/json.
const MergePatch = "application/merge-patch+json"

// checkContentType refuses bodies that are not JSON: a form of another site must not reach the API.
func checkContentType(r *http.Request) error {
	if r.Method != http.MethodPost && r.Method != http.MethodPatch && r.Method != http.MethodPut {
		return nil
	}
	if r.ContentLength == 0 {
		return nil
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && (media == "application/json" || media == MergePatch && r.Method == http.MethodPatch) {
		return nil
	}
	return errs.New(errorsv1.Reason_UNSUPPORTED_MEDIA_TYPE, "send application/json")
}

// Explain puts each broken rule of a password into words: those of the refusal of such a password.
func Explain(ctx context.Context, c *accountv1.CheckPasswordResponse) {
	l := i18n.For(rpc.RequestOf(ctx).Language)
	for _, v := range c.GetViolations() {
		title, detail := l.Reason(errorsv1.Reason(errorsv1.Reason_value[v.GetCode()]), limitOf(v))
		v.Detail = title
		if detail != "" {
			v.Detail = detail
		}
	}
}

// limitOf names the number that a rule is about as the rule's text does.
func limitOf(v *accountv1.PasswordViolation) map[string]string {
	limit := strconv.Itoa(int(v.GetLimit()))
	switch {
	case v.GetLimit() == 0:
		return nil
	case v.GetCode() == errorsv1.Reason_PASSWORD_TOO_SHORT.String():
		return map[string]string{"min": limit}
	}
	return map[string]string{"max": limit}
}
