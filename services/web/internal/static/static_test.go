package static_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/web/internal/static"
)

func get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestFilesAreServedWithTheirTypeAndKept(t *testing.T) {
	for name, kind := range map[string]string{
		"propusk.css": "text/css", "propusk.js": "javascript", "logo.svg": "image/svg+xml",
		"fonts/golos-text-cyrillic.woff2": "font/woff2",
	} {
		w := get(static.URL(name))
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: status %d, %d bytes", name, w.Code, w.Body.Len())
		}
		if got := w.Header().Get("Content-Type"); !strings.Contains(got, kind) {
			t.Errorf("%s: content type %q, want %q", name, got, kind)
		}
		if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: cache control %q", name, got)
		}
	}
}

func TestAnotherReleasesAddressIsAnsweredButNotKept(t *testing.T) {
	w := get(static.Prefix + "0123456789ab/propusk.css")
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("status %d, cache control %q", w.Code, w.Header().Get("Cache-Control"))
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for _, path := range []string{
		"/static/", "/static/propusk.css", "/static/x/", "/static/x/fonts", "/static/x/fonts/", "/static/x/static.go",
		"/static/x/../static.go", "/static/x/none.css",
	} {
		if w := get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, w.Code)
		}
	}
}

// What the style sheet and the modules name must be there: no bundler would tell.
func TestEveryNamedFileExists(t *testing.T) {
	named := regexp.MustCompile(`url\("([^"]+)"\)|import "\./([^"]+)"`)
	for _, pattern := range []string{"*.css", "*.js"} {
		files, err := fs.Glob(os.DirFS("."), pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("glob %s: %v %v", pattern, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range named.FindAllStringSubmatch(string(text), -1) {
				if w := get(static.URL(m[1] + m[2])); w.Code != http.StatusOK {
					t.Errorf("%s names %s: status %d", file, m[1]+m[2], w.Code)
				}
			}
		}
	}
}
