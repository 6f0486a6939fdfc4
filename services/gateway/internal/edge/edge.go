// Package edge is what every request passes before anything else looks at it: it gets an id, a client
// address, a language, limits and the headers that protect browsers.
package edge

import (
	"cmp"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// HeaderRequestID names the request in answers and logs.
const HeaderRequestID = "X-Request-Id"

// maxBody bounds what a request may carry, and maxUpload a form with a file. It is more than any file may have, so that
// people are told of one that is too large at their form.
const (
	maxBody   = 1 << 20
	maxUpload = 8 << 20
)

// Edge wraps the gateway's handlers.
type Edge struct {
	Log     *slog.Logger
	Proxies Proxies
	// Language chooses "ru" or "en" for a request.
	Language func(r *http.Request) string
	// Refuse answers a request that the edge itself refuses.
	Refuse func(w http.ResponseWriter, r *http.Request, err error)
	Limit  *Limiter
	// Unlimited says which requests are limited where they go; nil: none.
	Unlimited func(r *http.Request) bool
	// Uploads says which requests may be forms with files; nil: none.
	Uploads func(r *http.Request) bool
	// MaxBody is how many bytes a request may carry, for those that may carry more than others; 0: as many as any.
	MaxBody func(r *http.Request) int64
	// Hosts are the names that requests may be for; nil: any.
	Hosts boot.Hosts
	// Origins are the sites that may call from a browser.
	Origins Origins
	// Now is the platform's clock.
	Now func() time.Time
	// HTTPS says that browsers reach the gateway by https.
	HTTPS bool
}

// Wrap puts the edge before h.
func (e *Edge) Wrap(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := e.Now()
		req := rpc.Request{
			ID: secret.NewRandomID(), Language: e.Language(r), ClientIP: e.Proxies.ClientIP(r),
			IdempotencyKey: r.Header.Get("Idempotency-Key"), UserAgent: userAgent(r),
		}
		ctx, span := otel.Tracer("gateway").Start(rpc.WithRequest(r.Context(), req), r.Method, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, e.most(r))
		w.Header().Set(HeaderRequestID, req.ID)
		e.protect(w.Header())
		status := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer e.finish(status, r, begin)
		answered, err := e.Origins.handle(status, r)
		if err == nil && !answered {
			err = e.admit(r, req)
		}
		switch {
		case err != nil:
			e.Refuse(status, r, err)
		case !answered:
			h.ServeHTTP(status, r)
		}
	})
}

// most is how many bytes a request may carry.
func (e *Edge) most(r *http.Request) int64 {
	if e.takesFiles(r) {
		return maxUpload
	}
	if e.MaxBody == nil {
		return maxBody
	}
	return cmp.Or(e.MaxBody(r), maxBody)
}

func (e *Edge) takesFiles(r *http.Request) bool { return e.Uploads != nil && e.Uploads(r) }

// userAgent is what the device says of itself, as far as it can travel between services.
func userAgent(r *http.Request) string {
	text := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, r.UserAgent())
	return strings.TrimSpace(text[:min(len(text), rpc.MaxUserAgent)])
}

// admit refuses an address that asks too often, another installation's host, and a URL, form or idempotency key that cannot
// travel between services.
func (e *Edge) admit(r *http.Request, req rpc.Request) error {
	if e.Unlimited == nil || !e.Unlimited(r) {
		if err := e.Limit.Allow(r.Context(), r.URL.Path); err != nil {
			return err
		}
	}
	if e.Hosts != nil {
		if err := e.Hosts.Check(r); err != nil {
			return err
		}
	}
	if err := boot.CheckURL(r); err != nil {
		return err
	}
	if strings.ContainsFunc(req.IdempotencyKey, func(c rune) bool { return c < ' ' || c > '~' }) {
		return errs.New(errorsv1.Reason_IDEMPOTENCY_KEY_INVALID, "only printable ASCII can be taken")
	}
	return checkForm(r, e.takesFiles(r))
}

// protect sets what is right for every answer; pages and protocol endpoints may tighten it.
func (e *Edge) protect(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if e.HTTPS {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// finish logs the request, without its query, which may hold a token, and turns a panic into a plain 500.
func (e *Edge) finish(w *statusWriter, r *http.Request, begin time.Time) {
	if p := recover(); p != nil {
		if p == http.ErrAbortHandler { //nolint:errorlint,err113 // net/http compares it this way
			panic(p)
		}
		e.Log.Error("panic", "panic", p, "stack", string(debug.Stack()))
		if !w.wrote {
			http.Error(w, "internal error", http.StatusInternalServerError)
		}
	}
	e.Log.Info("request", "method", r.Method, "route", r.Pattern, "status", w.status,
		"ms", e.Now().Sub(begin).Milliseconds(), "request_id", rpc.RequestOf(r.Context()).ID)
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader notes the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status, w.wrote = status, true
	w.ResponseWriter.WriteHeader(status)
}

// Write notes that there is an answer.
func (w *statusWriter) Write(p []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection: events are flushed through it.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
