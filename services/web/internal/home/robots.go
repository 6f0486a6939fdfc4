package home

import (
	"net/http"
	"strings"
)

// robots tells search engines what they may read: what is for everybody, and in a sandbox nothing.
func robots(sandbox bool) http.Handler {
	lines := []string{"User-agent: *"}
	if !sandbox {
		lines = append(lines, "Allow: /$", "Allow: /services$", "Allow: /help$", "Allow: /help/", "Allow: /static/")
	}
	text := strings.Join(append(lines, "Disallow: /", ""), "\n")
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=3600")
		_, _ = w.Write([]byte(text))
	})
}
