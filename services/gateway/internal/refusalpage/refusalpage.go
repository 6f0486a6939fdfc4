// Package refusalpage answers people whose request was refused before it came to a page. The page is web's; when web
// cannot be asked, it is a small one of the gateway's own, in the same words.
package refusalpage

import (
	"bytes"
	"context"
	"encoding/json"
	"html/template"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/internal/refusals"
)

// timeout bounds the wait for web: the refusal itself is known already.
const timeout = 3 * time.Second

// Pages shows refusals.
type Pages struct {
	// Web is web's handler.
	Web http.Handler
	Log *slog.Logger
}

// Fail answers with the page about an error.
func (p *Pages) Fail(w http.ResponseWriter, r *http.Request, err error) {
	e := errs.Refusal(err, nil)
	p.Log.Warn("page refused", "error", err, "request_id", rpc.RequestOf(r.Context()).ID)
	p.Render(w, r, e)
}

// Render answers with the page about a refusal. Content-Language, where a service has set it, is its wish, as a partner's
// ui_locales.
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, e *errs.Error) {
	wish := w.Header().Get("Content-Language")
	e.SetRetryAfter(w.Header())
	page := p.ask(r, refusals.New(e, wish, r.URL.RequestURI()))
	if !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
		plain(w, r, e)
		return
	}
	cookies := w.Header().Values("Set-Cookie") // the refusing service's stay beside web's
	maps.Copy(w.Header(), page.header)
	for _, c := range cookies {
		w.Header().Add("Set-Cookie", c)
	}
	w.WriteHeader(page.status)
	_, _ = page.body.WriteTo(w)
}

// ask has web make the page, for the browser whose request it was.
func (p *Pages) ask(r *http.Request, refusal refusals.Refusal) *answer {
	page := &answer{header: http.Header{}}
	body, err := json.Marshal(refusal)
	if err != nil {
		return page
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	question := (&http.Request{
		Method: http.MethodPost, URL: &url.URL{Path: refusals.Path}, Host: r.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}, "Cookie": r.Header.Values("Cookie")},
		Body:   io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}).WithContext(ctx)
	p.Web.ServeHTTP(page, question)
	return page
}

// answer keeps what web answers.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the answer's.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write keeps the page.
func (a *answer) Write(data []byte) (int, error) { return a.body.Write(data) }

var plainPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("plain").Parse(plainHTML))
})

const plainHTML = `<!DOCTYPE html>
<html lang="{{.Lang}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}}</title></head>
<body><main><h1>{{.Title}}</h1><p>{{.Detail}}</p><p><small>{{.RequestID}}</small></p></main></body>
</html>
`

// plain is the page without web.
func plain(w http.ResponseWriter, r *http.Request, e *errs.Error) {
	req := rpc.RequestOf(r.Context())
	title, detail := i18n.For(req.Language).Reason(e.Reason, i18n.Params(e))
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", req.Language)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(e.HTTPStatus())
	_ = plainPage().Execute(w, map[string]string{"Lang": req.Language, "Title": title, "Detail": detail, "RequestID": req.ID})
}
