package web_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// messageFiles are the templates of all messages.
func messageFiles(t *testing.T, lang string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../notification/internal/templates/files/" + lang + "/*.tmpl")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d templates in %s: %v", len(paths), lang, err)
	}
	files := map[string]string{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = string(content)
	}
	return files
}

// Every link of every message leads to a page, and where it names a place on it, to that place.
func TestEveryLinkOfAMessageLeadsToAPage(t *testing.T) {
	s := start(t)
	link := regexp.MustCompile(`\{\{\.public_url\}\}(/(?:[^\s{}"]|\{\{\.\w+\}\})*)`)
	parameter := regexp.MustCompile(`\{\{\.\w+\}\}`)
	followed := 0
	for _, lang := range []string{"ru", "en"} {
		for file, text := range messageFiles(t, lang) {
			for _, m := range link.FindAllStringSubmatch(text, -1) {
				followed++
				path, anchor, _ := strings.Cut(parameter.ReplaceAllString(m[1], "5f0c"), "#")
				for who, c := range map[string]*http.Client{"a stranger": s.browser(), "the person": s.signedIn()} {
					a := s.get(c, path)
					if a.StatusCode == http.StatusNotFound {
						t.Errorf("%s: %s is no page for %s", file, path, who)
					}
					if anchor != "" && !strings.Contains(a.body, `id="`+anchor+`"`) {
						t.Errorf("%s: %s has no #%s", file, path, anchor)
					}
				}
			}
		}
	}
	if followed < 20 {
		t.Errorf("only %d links were found", followed)
	}
}

// elsewhere are paths that the gateway forwards to services that do not run here.
func elsewhere(path string) bool {
	for _, prefix := range []string{"/phone", "/demo", "/post/", "/static/", "/docs"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// Every link on every page that can be reached leads to a page.
func TestEveryLinkOfAPageLeadsToAPage(t *testing.T) {
	s := start(t)
	for who, c := range map[string]*http.Client{"a stranger": s.browser(), "the person": s.signedIn()} {
		seen := map[string]bool{}
		queue := []string{"/", "/help", "/sign-up", "/sign-up/5f0c/link?token=t", "/signed-up", "/signed-out", "/cabinet", "/nowhere"}
		for len(queue) > 0 {
			link := queue[0]
			queue = queue[1:]
			path, _, _ := strings.Cut(link, "?")
			if seen[path] || elsewhere(path) {
				continue
			}
			seen[path] = true
			a := s.get(c, link)
			if a.StatusCode == http.StatusNotFound && path != "/nowhere" {
				t.Errorf("%s: %s is no page", who, link)
			}
			queue = append(queue, a.links(t)...)
		}
		for _, want := range []string{"/help/number", "/help/stolen", "/help/locked", "/sign-in"} {
			if !seen[want] {
				t.Errorf("%s does not come to %s", who, want)
			}
		}
	}
}

// links are the addresses of our own that a page has, and where it sends on.
func (a answer) links(t *testing.T) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	out := []string{a.Header.Get("Location")}
	for n := range root.Descendants() {
		for _, attr := range n.Attr {
			if n.Data == "a" && attr.Key == "href" {
				out = append(out, attr.Val)
			}
		}
	}
	own := out[:0]
	for _, link := range out {
		u, err := url.Parse(link)
		if err != nil {
			t.Errorf("link %q: %v", link, err)
		} else if u.Host == "" && u.Scheme == "" && strings.HasPrefix(u.Path, "/") {
			own = append(own, link)
		}
	}
	return own
}

// Help is read without signing in, in its own address for each topic.
func TestHelpNeedsNoAccount(t *testing.T) {
	s := start(t)
	for _, topic := range []string{"", "/locked", "/code", "/number", "/phone", "/stolen", "/duplicate", "/deceased"} {
		if a := s.get(s.browser(), "/help"+topic); a.StatusCode != http.StatusOK || !strings.Contains(a.body, "<h1>") {
			t.Errorf("/help%s: %d", topic, a.StatusCode)
		}
	}
	if a := s.get(s.browser(), "/help/nothing"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a topic that is none: %d", a.StatusCode)
	}
}

// The settings of support stand on help and on error pages.
func TestSupportStandsOnPages(t *testing.T) {
	s := startWith(t, map[string]string{
		"PROPUSK_SUPPORT_PHONE": "8 800 100-70-10", "PROPUSK_SUPPORT_EMAIL": "help@example.ru",
		"PROPUSK_SUPPORT_HOURS_RU": "круглосуточно", "PROPUSK_SUPPORT_HOURS_EN": "24 hours",
	})
	for _, path := range []string{"/help", "/help/number", "/help/locked", "/interactions/%FF"} {
		a := s.get(s.browser(), path)
		for _, want := range []string{`href="tel:88001007010"`, "help@example.ru", "круглосуточно"} {
			if !strings.Contains(a.body, want) {
				t.Errorf("%s (%d) has no %s", path, a.StatusCode, want)
			}
		}
	}
	if a := start(t).get(s.browser(), "/help"); strings.Contains(strings.ToLower(a.body), "поддержк") {
		t.Error("support is spoken of where there is none")
	}
}
