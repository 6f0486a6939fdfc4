package journey

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Browser uses the pages as a browser with JavaScript off does: links, forms, cookies.
type Browser struct {
	// URL is the installation's origin.
	URL  string
	http *http.Client
	// Page is the current page.
	Page Page
	// StopAt is the start of addresses that are not followed: a partner's callback. Left is the one that was reached.
	StopAt string
	Left   *url.URL
}

// Page is one page as it was received.
type Page struct {
	URL    *url.URL
	Status int
	Body   string
	forms  []form
}

type form struct {
	action  string
	method  string
	values  url.Values
	buttons url.Values
}

var errStopped = errors.New("stopped at the partner's address")

// NewBrowser has no cookies yet.
func NewBrowser(origin string, transport http.RoundTripper) (*Browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	b := &Browser{URL: origin}
	b.http = &http.Client{Jar: jar, Transport: transport, CheckRedirect: b.follow}
	return b, nil
}

func (b *Browser) follow(r *http.Request, via []*http.Request) error {
	if b.StopAt != "" && strings.HasPrefix(r.URL.String(), b.StopAt) {
		b.Left = r.URL
		return errStopped
	}
	if len(via) > 20 {
		return errors.New("redirects without end")
	}
	return nil
}

// Cookies are those that the browser would send to an address.
func (b *Browser) Cookies(u *url.URL) []*http.Cookie { return b.http.Jar.Cookies(u) }

// Open goes to an address.
func (b *Browser) Open(ctx context.Context, address string) error {
	if strings.HasPrefix(address, "/") {
		address = b.URL + address
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	return b.load(req)
}

// Submit sends the form that has the fields (or the button action=…) with these values.
func (b *Browser) Submit(ctx context.Context, values map[string]string) error {
	f, err := b.Page.formWith(values)
	if err != nil {
		return err
	}
	all := url.Values{}
	maps.Copy(all, f.values)
	for name, value := range values {
		all.Set(name, value)
	}
	target, err := b.Page.URL.Parse(f.action)
	if err != nil {
		return err
	}
	if strings.EqualFold(f.method, http.MethodGet) {
		target.RawQuery = all.Encode()
		return b.Open(ctx, target.String())
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(all.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.load(req)
}

// Send sends the page's first form as it is.
func (b *Browser) Send(ctx context.Context) error { return b.Submit(ctx, nil) }

func (b *Browser) load(req *http.Request) error {
	b.Left = nil
	req.Header.Set("Accept-Language", "en")
	resp, err := b.http.Do(req)
	if errors.Is(err, errStopped) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	b.Page = Page{URL: resp.Request.URL, Status: resp.StatusCode, Body: string(body)}
	if next, ok := strings.CutPrefix(resp.Header.Get("Refresh"), "0; url="); ok {
		return b.Open(req.Context(), next)
	}
	return b.Page.parse()
}

func (p *Page) parse() error {
	root, err := html.Parse(strings.NewReader(p.Body))
	if err != nil {
		return err
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" {
			p.forms = append(p.forms, newForm(n))
		}
	}
	return nil
}

func newForm(n *html.Node) form {
	f := form{action: attr(n, "action"), method: attr(n, "method"), values: url.Values{}, buttons: url.Values{}}
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && attr(c, "name") != "" {
			f.addControl(c)
		}
	}
	return f
}

func (f *form) addControl(c *html.Node) {
	name, value := attr(c, "name"), attr(c, "value")
	kind := attr(c, "type")
	switch {
	case c.Data == "button":
		f.buttons.Add(name, value)
	case c.Data == "select":
		f.values.Set(name, selected(c))
	case c.Data == "input" && (kind == "radio" || kind == "checkbox"):
		if has(c, "checked") {
			f.values.Set(name, value)
		} else if !f.values.Has(name) && kind == "radio" {
			f.values[name] = nil
		}
	case c.Data == "input" || c.Data == "textarea":
		f.values.Set(name, value)
	}
}

func selected(n *html.Node) string {
	value := ""
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && c.Data == "option" && (has(c, "selected") || value == "") {
			value = attr(c, "value")
		}
	}
	return value
}

// formWith finds the form that has all these fields; a button must also have the value.
func (p *Page) formWith(values map[string]string) (form, error) {
	for _, f := range p.forms {
		matches := true
		for name, value := range values {
			_, field := f.values[name]
			matches = matches && (field || contains(f.buttons[name], value) || name == "no_phone")
		}
		if matches {
			return f, nil
		}
	}
	return form{}, fmt.Errorf("%s (%d) has no form with %v: %s", p.URL, p.Status, values, p.Text())
}

func contains(list []string, value string) bool {
	for _, v := range list {
		if v == value {
			return true
		}
	}
	return false
}

// Refused says whether the page tells what was wrong with the form.
func (p *Page) Refused() bool { return strings.Contains(p.Body, `class="summary"`) }

// Text is what a person reads on the page.
func (p *Page) Text() string {
	root, err := html.Parse(strings.NewReader(p.Body))
	if err != nil {
		return ""
	}
	var out strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			out.WriteString(strings.Join(strings.Fields(n.Data), " ") + " ")
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
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
