package pages

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/i18n"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// ShowRefusals makes pages of the problem documents by which a service refuses browsers: so it need know neither our
// words nor our looks. Content-Language is a wish, as a partner's ui_locales.
func (p *Pages) ShowRefusals(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &problemCatcher{ResponseWriter: w}
		h.ServeHTTP(c, r)
		if c.status != 0 {
			p.showRefusal(w, r, c)
		}
	})
}

// problemCatcher keeps a problem document back; anything else passes.
type problemCatcher struct {
	http.ResponseWriter
	// status is that of a problem document; 0: it is something else.
	status int
	body   bytes.Buffer
}

// WriteHeader decides by the content type.
func (c *problemCatcher) WriteHeader(status int) {
	if c.Header().Get("Content-Type") == "application/problem+json" {
		c.status = status
		return
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write keeps or passes on.
func (c *problemCatcher) Write(data []byte) (int, error) {
	if c.status != 0 {
		return c.body.Write(data)
	}
	return c.ResponseWriter.Write(data)
}

// Unwrap lets what streams reach the connection.
func (c *problemCatcher) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (p *Pages) showRefusal(w http.ResponseWriter, r *http.Request, c *problemCatcher) {
	var problem struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal(c.body.Bytes(), &problem) // without a code the page says that something went wrong
	seconds, _ := strconv.Atoi(w.Header().Get("Retry-After"))
	e := &errs.Error{
		Reason: errorsv1.Reason(errorsv1.Reason_value[problem.Code]), RetryAfter: time.Duration(seconds) * time.Second,
	}
	w.Header().Del("Content-Length")
	v := p.newVisit(w, r)
	v.suggestLanguage(w.Header().Get("Content-Language"))
	v.status = c.status
	if err := v.show(view.Error{Page: v.page, Reason: e.Reason, Params: i18n.Params(e)}); err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
	}
}
