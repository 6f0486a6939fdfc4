package rpc

import (
	"context"

	"google.golang.org/grpc/metadata"
)

// Request is what a call says about the request it belongs to; it travels from service to service.
type Request struct {
	// ID finds the request in every service's log.
	ID string
	// IdempotencyKey makes a creating or sending call repeatable (draft-ietf-httpapi-idempotency-key-header).
	IdempotencyKey string
	// Language is "ru" or "en".
	Language string
	// ClientIP is the address of the person's device as the gateway sees it.
	ClientIP string
	// UserAgent is what the person's browser or app says of itself: printable ASCII, at most [MaxUserAgent] of it. Anybody can say
	// anything.
	UserAgent string
}

// MaxUserAgent is how much of what a device says of itself is looked at.
const MaxUserAgent = 200

const (
	keyRequestID   = "propusk-request-id"
	keyIdempotency = "propusk-idempotency-key"
	keyLanguage    = "propusk-language"
	keyClientIP    = "propusk-client-ip"
	keyUserAgent   = "propusk-user-agent"
	keyUser        = "propusk-user"
)

type requestKey struct{}

// WithRequest puts what is known about the request into the context.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// RequestOf is what is known about the request; its language is never empty.
func RequestOf(ctx context.Context) Request {
	r, _ := ctx.Value(requestKey{}).(Request)
	if r.Language == "" {
		r.Language = "ru"
	}
	return r
}

func (r Request) pairs() []string {
	var kv []string
	for _, p := range [][2]string{
		{keyRequestID, r.ID},
		{keyIdempotency, r.IdempotencyKey},
		{keyLanguage, r.Language},
		{keyClientIP, r.ClientIP},
		{keyUserAgent, r.UserAgent},
	} {
		if p[1] != "" {
			kv = append(kv, p[0], p[1])
		}
	}
	return kv
}

func requestFrom(md metadata.MD) Request {
	return Request{
		ID:             first(md, keyRequestID),
		IdempotencyKey: first(md, keyIdempotency),
		Language:       first(md, keyLanguage),
		ClientIP:       first(md, keyClientIP),
		UserAgent:      first(md, keyUserAgent),
	}
}

func first(md metadata.MD, key string) string {
	if v := md.Get(key); len(v) > 0 {
		return v[0]
	}
	return ""
}
