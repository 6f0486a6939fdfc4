package oidc_test

import (
	"net/http"

	"github.com/propusk-id/propusk/pkg/rpc"
)

// from has the browser ask from an address.
func (b *browser) from(ip string) *browser {
	next := b.h
	b.h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(rpc.WithRequest(r.Context(), rpc.Request{ClientIP: ip})))
	})
	return b
}
