package pagetest

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/propusk-id/propusk/services/web/internal/components"
)

// page is a rendered page, taken apart.
type page struct {
	text  string
	nodes []*html.Node
	byID  map[string][]*html.Node
}

func parsed(t *testing.T, text string) page {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p := page{text: text, byID: map[string][]*html.Node{}}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			p.nodes = append(p.nodes, n)
			if id := attr(n, "id"); id != "" {
				p.byID[id] = append(p.byID[id], n)
			}
		}
	}
	return p
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func (p page) all(tag string) []*html.Node {
	var out []*html.Node
	for _, n := range p.nodes {
		if n.Data == tag {
			out = append(out, n)
		}
	}
	return out
}

// words: every text is there, in the page's language.
func (p page) words(t *testing.T, lang string) {
	t.Helper()
	if i := strings.Index(p.text, "⟦"); i >= 0 {
		t.Errorf("text missing: %.60s", p.text[i:])
	}
	if strings.Contains(p.text, "no value") || strings.Contains(p.text, "{{") {
		t.Error("a text's parameter is missing")
	}
	if got := attr(p.all("html")[0], "lang"); got != lang {
		t.Errorf("html lang = %q", got)
	}
}

func (p page) ids(t *testing.T) {
	t.Helper()
	for id, nodes := range p.byID {
		if len(nodes) > 1 {
			t.Errorf("id %q is used %d times", id, len(nodes))
		}
	}
	for _, n := range p.nodes {
		for _, name := range []string{"aria-describedby", "aria-labelledby", "aria-controls", "for"} {
			for id := range strings.FieldsSeq(attr(n, name)) {
				if len(p.byID[id]) == 0 {
					t.Errorf("%s of <%s> names %q, which is not there", name, n.Data, id)
				}
			}
		}
		if href := attr(n, "href"); strings.HasPrefix(href, "#") && len(p.byID[href[1:]]) == 0 {
			t.Errorf("link to %q, which is not there", href)
		}
	}
}

// forms: each posts to a path of ours and carries the token and the key.
func (p page) forms(t *testing.T) {
	t.Helper()
	for _, form := range p.all("form") {
		if attr(form, "method") != "post" || !strings.HasPrefix(attr(form, "action"), "/") {
			t.Errorf("form method %q action %q", attr(form, "method"), attr(form, "action"))
		}
		hidden := map[string]string{}
		submits := 0
		for n := range form.Descendants() {
			if n.Data == "input" && attr(n, "type") == "hidden" {
				hidden[attr(n, "name")] = attr(n, "value")
			}
			if n.Data == "button" && attr(n, "type") == "submit" {
				submits++
			}
		}
		if hidden[components.FieldCSRF] == "" || hidden[components.FieldIdempotencyKey] == "" || submits == 0 {
			t.Errorf("form without token, key or button: %v, %d buttons", hidden, submits)
		}
	}
}

// inline: nothing that a strict content security policy refuses.
func (p page) inline(t *testing.T) {
	t.Helper()
	for _, n := range p.nodes {
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "style" || n.Data == "script" && (attr(n, "src") == "" || n.FirstChild != nil) {
			t.Errorf("inline <%s>", n.Data)
		}
	}
}

// controls: each has a label, and each refused one says so and is linked from the summary.
func (p page) controls(t *testing.T) {
	t.Helper()
	labels := map[string]bool{}
	for _, l := range p.all("label") {
		labels[attr(l, "for")] = true
	}
	for _, n := range append(p.all("input"), p.all("select")...) {
		if attr(n, "type") == "hidden" {
			continue
		}
		if !labels[attr(n, "id")] && attr(n, "aria-label") == "" {
			t.Errorf("control %q has no label", attr(n, "name"))
		}
	}
	linked := regexp.MustCompile(`<a href="#([a-z_]+)">`)
	_, summary, _ := strings.Cut(p.text, `class="summary"`)
	summary, _, _ = strings.Cut(summary, "</ul>")
	for _, m := range linked.FindAllStringSubmatch(summary, -1) {
		p.refused(t, m[1])
	}
}

// refused: the control, or the group it is in, names its error as its description.
func (p page) refused(t *testing.T, id string) {
	t.Helper()
	if len(p.byID[id+"-error"]) != 1 {
		t.Errorf("field %q has no text about its error", id)
		return
	}
	for n := p.byID[id][0]; n != nil; n = n.Parent {
		if strings.Contains(attr(n, "aria-describedby"), id+"-error") {
			return
		}
	}
	t.Errorf("field %q is not described by its error", id)
}

// headings: one h1, no level left out, one main, a title of the page's own.
func (p page) headings(t *testing.T) {
	t.Helper()
	last := 0
	for _, n := range p.nodes {
		if !regexp.MustCompile(`^h[1-6]$`).MatchString(n.Data) {
			continue
		}
		level := int(n.Data[1] - '0')
		if level > last+1 && !has(n.Parent, "autofocus") {
			t.Errorf("h%d follows h%d", level, last)
		}
		last = level
	}
	if len(p.all("h1")) != 1 || len(p.all("main")) != 1 {
		t.Errorf("%d h1, %d main", len(p.all("h1")), len(p.all("main")))
	}
}
