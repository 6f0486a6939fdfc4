// Package pages renders the sandbox's own pages, in the look of the hosted ones. They work with JavaScript off.
package pages

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/services/internal/i18n"
)

//go:embed words_*.json
var catalogues embed.FS

//go:embed static
var static embed.FS

// Pages has the texts of both languages.
type Pages struct {
	words map[string]map[string]string
}

// Load reads the texts.
func Load() (*Pages, error) {
	p := &Pages{words: map[string]map[string]string{}}
	for _, lang := range []string{"ru", "en"} {
		data, err := catalogues.ReadFile("words_" + lang + ".json")
		if err != nil {
			return nil, err
		}
		words := map[string]string{}
		if err := json.Unmarshal(data, &words); err != nil {
			return nil, fmt.Errorf("words of %s: %w", lang, err)
		}
		p.words[lang] = words
	}
	return p, nil
}

// Static serves phone.css and phone.js; a folder is none of its files.
func (p *Pages) Static() http.Handler {
	files := http.FileServerFS(static)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "static/" + strings.TrimPrefix(r.URL.Path, "/")
		if info, err := fs.Stat(static, name); err != nil || info.IsDir() {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		r2 := r.Clone(r.Context())
		r2.URL.Path = "/" + name
		files.ServeHTTP(w, r2)
	})
}

// Page is what every page needs.
type Page struct {
	Lang string
	// Path is where the page is, for the switch of languages.
	Path  string
	words map[string]string
}

// For is the page of a request, in the chosen language, else in the one that suits the browser's.
func (p *Pages) For(r *http.Request) Page {
	chosen := ""
	if c, err := r.Cookie("lang"); err == nil {
		chosen = c.Value
	}
	lang := i18n.For(chosen, r.Header.Get("Accept-Language")).Lang()
	return Page{Lang: lang, Path: r.URL.RequestURI(), words: p.words[lang]}
}

// contentPolicy lets a page use only what this site serves, and its forms lead to nowhere but here and the given origins:
// browsers hold the redirects that follow a form against it too.
func contentPolicy(leadTo []string) string {
	return "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; " +
		"connect-src 'self'; form-action " + strings.Join(append([]string{"'self'"}, leadTo...), " ") +
		"; base-uri 'none'; frame-ancestors 'none'"
}

// View is a page with its data.
type View interface{ View() templ.Component }

// Render writes a page, whose forms may lead to other origins too, if any are given.
func Render(w http.ResponseWriter, r *http.Request, status int, view View, leadTo ...string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", contentPolicy(leadTo))
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Cookie, Accept-Language")
	w.WriteHeader(status)
	_ = view.View().Render(r.Context(), w)
}

// t is a text; for a missing one, its name.
func (p Page) t(id string) string {
	if s, ok := p.words[id]; ok {
		return s
	}
	return id
}

// has says whether there is such a text.
func (p Page) has(id string) bool {
	_, ok := p.words[id]
	return ok
}

// moment is a time in Moscow.
func (p Page) moment(t time.Time) string {
	t = t.In(identifiers.Moscow())
	if p.Lang == "en" {
		return t.Format("2 Jan 2006, 15:04:05")
	}
	return t.Format("02.01.2006, 15:04:05")
}
