package static_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

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
		"fonts/golos-text-cyrillic.woff2": "font/woff2", "favicon.ico": "image/", "touch-icon.png": "image/png",
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

func TestTextsAreCompressedForWhoTakesIt(t *testing.T) {
	plain, err := os.ReadFile("propusk.css")
	if err != nil {
		t.Fatal(err)
	}
	for accept, want := range map[string]string{
		"gzip, deflate, br": "br", "gzip": "gzip", "br;q=0, gzip;q=0.5": "gzip", "": "", "identity": "", "BR": "br", "br;q=x": "",
		"deflate, gzip;q=0": "",
	} {
		r := httptest.NewRequest(http.MethodGet, static.URL("propusk.css"), nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		static.Handler().ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding"); got != want || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: encoding %q, want %q; vary %q", accept, got, want, w.Header().Get("Vary"))
		}
		if want != "" && w.Body.Len() > len(plain)/2 {
			t.Errorf("%q: %d of %d bytes", accept, w.Body.Len(), len(plain))
		}
		if got := decoded(t, want, w.Body); !bytes.Equal(got, plain) {
			t.Errorf("%q: the file is another", accept)
		}
	}
}

func decoded(t *testing.T, coding string, body io.Reader) []byte {
	t.Helper()
	var err error
	switch coding {
	case "br":
		body = brotli.NewReader(body)
	case "gzip":
		body, err = gzip.NewReader(body)
	}
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestTheIconIsAlsoAtTheRoot(t *testing.T) {
	w := httptest.NewRecorder()
	static.Favicon().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/favicon.ico", nil))
	if w.Code != http.StatusOK || !bytes.HasPrefix(w.Body.Bytes(), []byte{0, 0, 1, 0}) {
		t.Errorf("status %d, %d bytes", w.Code, w.Body.Len())
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
