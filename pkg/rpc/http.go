package rpc

import (
	"context"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/propagation"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// contextPrefix begins the names of all headers that only services send each other.
const contextPrefix = "Propusk-"

// ToHTTP makes the headers of a request to another service say what the context knows: the request, its trace and the
// person's internal token. Whatever a caller sent that could be taken for that, under our names or under those that
// proxies and libraries use, is removed first.
func ToHTTP(ctx context.Context, h http.Header) {
	for name := range h {
		if isContext(name) {
			h.Del(name)
		}
	}
	pairs := RequestOf(ctx).pairs()
	if t := userToken(ctx); t != "" {
		pairs = append(pairs, keyUser, t)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(h))
}

// FromHTTP is the context that ToHTTP wrote down. It takes the headers away, so that nothing else reads them.
func FromHTTP(ctx context.Context, h http.Header, v *Verifier) (context.Context, error) {
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(h))
	ctx = WithRequest(ctx, Request{
		ID: h.Get(keyRequestID), IdempotencyKey: h.Get(keyIdempotency), Language: h.Get(keyLanguage), ClientIP: h.Get(keyClientIP),
		UserAgent: h.Get(keyUserAgent),
	})
	token := h.Get(keyUser)
	for name := range h {
		if isContext(name) {
			h.Del(name)
		}
	}
	if token == "" {
		return ctx, nil
	}
	user, err := v.Verify(token)
	if err != nil {
		return ctx, errs.Wrap(err, errorsv1.Reason_UNAUTHENTICATED, "the internal token is not valid")
	}
	return WithUser(ctx, user, token), nil
}

// isContext says whether a header, in its canonical spelling, claims to be about the request's context.
func isContext(name string) bool {
	switch name {
	case "Traceparent", "Tracestate", "Baggage", "X-Request-Id", "X-Real-Ip", "Forwarded", "Idempotency-Key":
		return true
	}
	return strings.HasPrefix(name, contextPrefix) || strings.HasPrefix(name, "X-Forwarded-")
}
