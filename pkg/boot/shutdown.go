package boot

import (
	"context"
	"net/http"
	"time"
)

type stoppingKey struct{}

// delayShutdown is a context that ends a while after ctx does. In between the process is not ready and serves on: a
// balancer in front notices and turns to another replica before anything is refused.
func delayShutdown(ctx context.Context, delay time.Duration, h *health) context.Context {
	delayed, stop := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		h.stop()
		time.AfterFunc(delay, stop)
	})
	return context.WithValue(delayed, stoppingKey{}, ctx)
}

// closeWhenStopping closes each connection with its answer once the process is told to stop, so that none is open for
// a request when the listener goes.
func closeWhenStopping(serving context.Context, h http.Handler) http.Handler {
	told, ok := serving.Value(stoppingKey{}).(context.Context)
	if !ok {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if told.Err() != nil {
			w.Header().Set("Connection", "close")
		}
		h.ServeHTTP(w, r)
	})
}
