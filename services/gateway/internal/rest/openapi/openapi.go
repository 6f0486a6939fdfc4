// Package openapi is the description of the REST API (OpenAPI 3.1), generated from the contracts by `make gen`.
package openapi

import (
	_ "embed"
	"net/http"
)

//go:embed openapi.json
var document []byte

// Document is the description as JSON.
func Document() []byte { return document }

// Handler serves it to everybody.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("Access-Control-Allow-Origin", "*")
		_, _ = w.Write(document)
	})
}
