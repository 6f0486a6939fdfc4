package oauth_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/oauth"
)

func TestRefusalsInTheProtocolsWords(t *testing.T) {
	for _, c := range []struct {
		reason errs.Reason
		status int
		body   string
	}{
		{errorsv1.Reason_RATE_LIMITED, 429, `{"error":"temporarily_unavailable","error_description":"why"}`},
		{errorsv1.Reason_UNAVAILABLE, 503, `{"error":"temporarily_unavailable","error_description":"why"}`},
		{errorsv1.Reason_DEADLINE_EXCEEDED, 504, `{"error":"temporarily_unavailable","error_description":"why"}`},
		{errorsv1.Reason_VALIDATION_FAILED, 400, `{"error":"invalid_request","error_description":"why"}`},
		{errorsv1.Reason_NOT_FOUND, 404, `{"error":"invalid_request","error_description":"why"}`},
		{errorsv1.Reason_INTERNAL, 500, `{"error":"server_error"}`},
	} {
		w := httptest.NewRecorder()
		oauth.WriteRefusal(w, errs.New(c.reason, "why").After(1500*time.Millisecond))
		h := w.Header()
		if w.Code != c.status || strings.TrimSpace(w.Body.String()) != c.body || h.Get("Content-Type") != "application/json" ||
			h.Get("Retry-After") != "2" || h.Get("Cache-Control") != "no-store" || h.Get("Pragma") != "no-cache" {
			t.Errorf("%s: %d %v %s", c.reason, w.Code, h, w.Body)
		}
	}
}
