package gateway_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// assets are the files that the page at /docs names.
func (a answer) assets(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(`(?:src|href)="(/docs/[^"]+)"`).FindAllStringSubmatch(a.body, -1) {
		out = append(out, m[1])
	}
	if len(out) != 4 {
		t.Fatalf("the page names %v", out)
	}
	return out
}

func TestTheDescriptionIsRendered(t *testing.T) {
	s := start(t)
	for _, method := range []string{"GET", "HEAD"} {
		a := s.call(method, "/docs", "")
		policy := a.Header.Get("Content-Security-Policy")
		if a.StatusCode != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") ||
			!strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s: %d %s under %q", method, a.StatusCode, a.Header.Get("Content-Type"), policy)
		}
	}
	page := s.call("GET", "/docs", "")
	if external := regexp.MustCompile(`(src|href)="(https?:)?//`).FindString(page.body); external != "" {
		t.Errorf("the page loads %s", external)
	}
	if regexp.MustCompile(`<style|style=|<script>| on\w+=`).MatchString(page.body) {
		t.Errorf("the policy forbids what stands in the page: %s", page.body)
	}
	for _, asset := range page.assets(t) {
		s.wantAsset(asset)
	}
}

// wantAsset is a file that browsers keep, compressed for those who take that.
func (s *site) wantAsset(path string) {
	s.t.Helper()
	zipped := s.call("GET", path, "", "Accept-Encoding", "gzip")
	plain := s.call("GET", path, "", "Accept-Encoding", "identity")
	head := s.call("HEAD", path, "")
	for _, a := range []answer{zipped, plain, head} {
		kind := a.Header.Get("Content-Type")
		if a.StatusCode != http.StatusOK || !strings.Contains(kind, "javascript") && !strings.Contains(kind, "text/css") ||
			!strings.Contains(a.Header.Get("Cache-Control"), "immutable") || a.Header.Get("Vary") != "Accept-Encoding" {
			s.t.Errorf("%s: %d %v", path, a.StatusCode, a.Header)
		}
	}
	if strings.Contains(path, "swagger-ui") && (zipped.Header.Get("Content-Encoding") != "gzip" || len(zipped.body)*2 > len(plain.body)) {
		s.t.Errorf("%s: %d bytes, compressed %d", path, len(plain.body), len(zipped.body))
	}
	other := strings.Replace(path, "/docs/", "/docs/x", 1)
	if a := s.call("GET", other, ""); a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-cache" {
		s.t.Errorf("another release's %s: %d, %s", other, a.StatusCode, a.Header.Get("Cache-Control"))
	}
}

func TestOnlyASandboxLetsCallsBeTriedOut(t *testing.T) {
	sandbox := start(t).call("GET", "/docs", "").body
	production := startWith(t, map[string]string{"PROPUSK_ENV": "production"}).call("GET", "/docs", "").body
	if !strings.Contains(sandbox, "data-try-out") || strings.Contains(production, "data-try-out") {
		t.Error("calls can be sent from the wrong page")
	}
	if strings.Contains(production, "/phone") {
		t.Error("production has no virtual phone")
	}
}

func TestNothingElseIsBelowTheDescription(t *testing.T) {
	s := start(t)
	for _, path := range []string{
		"/docs/x/page.html", "/docs/x/embed.go", "/docs/x/docs.go", "/docs/x/swagger-ui.js.gz", "/docs/x/swagger-ui-bundle.js.gz",
		"/docs/x/..%2fdocs.js", "/docs/x/index.html", "/docs/x/favicon-32x32.png",
	} {
		if a := s.call("GET", path, ""); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %.80s", path, a.StatusCode, a.body)
		}
	}
}
