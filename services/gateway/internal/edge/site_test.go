package edge_test

import (
	"testing"

	"github.com/propusk-id/propusk/services/gateway/internal/edge"
)

func TestSitesAreWrittenAsBrowsersDo(t *testing.T) {
	for given, good := range map[string]bool{
		"https://app.example.ru": true, "http://localhost:5173": true, "https://app.example.ru:8443": true,
		"https://app.example.ru/": false, "https://app.example.ru/path": false, "https://App.example.ru": false, "app.example.ru": false,
		"*": false, "null": false, "": false, "ftp://app.example.ru": false, "https://user@app.example.ru": false, "https://": false,
	} {
		var s edge.Site
		if err := s.UnmarshalText([]byte(given)); (err == nil) != good {
			t.Errorf("%q: %v", given, err)
		}
	}
}
