package page

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/web/internal/components"
)

// Request is one request for a page.
type Request struct {
	*http.Request
	// Page is what every view model embeds.
	Page components.Page

	site *Site
	w    http.ResponseWriter
	// ctx is the request's, with the form's idempotency key.
	ctx    context.Context
	user   rpc.User
	status int
	// long says that the page's form is long: see [Site.LongForm].
	long bool
	// kept is the form that the page shows again, if any.
	kept *kept
}

func (s *Site) newRequest(w http.ResponseWriter, hr *http.Request) *Request {
	req := rpc.RequestOf(hr.Context())
	if hr.Method == http.MethodPost {
		req.IdempotencyKey = hr.PostFormValue(components.FieldIdempotencyKey)
	}
	r := &Request{
		Request: hr, site: s, w: w, ctx: rpc.WithRequest(hr.Context(), req), status: http.StatusOK,
		Page: components.Page{
			Words: s.words.For(req.Language), Sandbox: s.Sandbox, SupportContacts: s.Support, CSRF: s.csrf.Token(w, hr),
			IdempotencyKey: secret.NewRandomID(), Path: hr.URL.RequestURI(), RequestID: req.ID,
		},
	}
	if p := r.Persona(); p != nil {
		r.Page.Persona = p.FullName()
	}
	r.user, _ = rpc.UserOf(hr.Context())
	if r.SignedIn() {
		r.Page.Owner = s.ownerField(r.AccountID())
	}
	if !r.SignedIn() && s.cookies.Has(hr, cookies.Session) {
		r.ClearSession() // the gateway has found it to be over
	}
	return r
}

// checkText refuses what is no text, and keys that no header could carry: no service could take them either.
func checkText(r *http.Request) error {
	bad := !utf8.ValidString(r.URL.Path)
	for _, values := range []url.Values{r.URL.Query(), r.PostForm} {
		for _, list := range values {
			bad = bad || slices.ContainsFunc(list, func(s string) bool { return !utf8.ValidString(s) || strings.Contains(s, "\x00") })
		}
	}
	key := r.PostForm.Get(components.FieldIdempotencyKey)
	bad = bad || strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' })
	if bad {
		return errs.New(errorsv1.Reason_FIELD_MALFORMED, "the form holds what is no text")
	}
	return nil
}

// Context is what calls to services are made with: the person and the form's idempotency key go along.
func (r *Request) Context() context.Context { return r.ctx }

// SignedIn says whether anybody is.
func (r *Request) SignedIn() bool { return r.user.SessionID != "" }

// User is the signed-in person; empty when there is none.
func (r *Request) User() rpc.User { return r.user }

// AccountID is the signed-in person's account.
func (r *Request) AccountID() string { return r.user.AccountID }

// Level is the signed-in person's.
func (r *Request) Level() accountv1.Level { return accountv1.Level(r.user.Level) }

// IsPost says that a form was sent.
func (r *Request) IsPost() bool { return r.Method == http.MethodPost }

// Field is a field of the form as it was typed, without blanks around it: see [Request.Typed].
func (r *Request) Field(name string) string { return strings.TrimSpace(r.typed(name)) }

// MeansOther says whether the form was made for another state than the present one, which the named field tells: it was left
// in another tab, and what it sends is no guess at what is asked now. A form without the field means the present state.
func (r *Request) MeansOther(field, present string) bool {
	sent := r.Field(field)
	return sent != "" && sent != present
}

// Action says what the form was sent for.
func (r *Request) Action() string { return r.PostFormValue(components.FieldAction) }

// InteractionID is the partner's sign-in that the page belongs to, if any.
func (r *Request) InteractionID() string { return r.URL.Query().Get("interaction") }

// Cookie is the value of a cookie; empty when there is none.
func (r *Request) Cookie(name string) string { return r.site.cookies.Get(r.Request, name) }

// Begun are the partners' sign-ins that this browser has begun, newest first: some may have run out.
func (r *Request) Begun() []cookies.InteractionCookie {
	return r.site.cookies.NewestInteractions(r.Request)
}

// SuggestLanguage is the partner's wish; what the person chose goes before.
func (r *Request) SuggestLanguage(lang string) {
	if lang != "" && r.Cookie(cookies.Language) == "" {
		r.Page.Words = r.site.words.For(lang)
	}
}

// ChooseLanguage remembers the person's choice.
func (r *Request) ChooseLanguage(lang string) {
	r.site.cookies.Set(r.w, cookies.Language, lang, languageLife)
}

// Device are the tokens by which accounts know this browser, joined by dots; empty: nobody has signed in by it yet.
func (r *Request) Device() string { return r.Cookie(cookies.Device) }

// StartSession gives the browser a new session's token, and its own. The CSRF token changes with it.
func (r *Request) StartSession(s *accountv1.Session) {
	if tokens := withDevice(s.GetDeviceToken(), r.Device()); tokens != "" {
		r.site.cookies.Set(r.w, cookies.Device, tokens, deviceLife)
	}
	r.site.cookies.Set(r.w, cookies.Session, s.GetToken(), s.GetExpireTime().AsTime().Sub(r.site.Now()))
	r.site.cookies.Clear(r.w, cookies.CSRF)
}

// people is how many people's tokens a browser keeps: what account takes of one.
const people = 5

// withDevice are a browser's tokens and the one of a person whose account did not know it, who comes first.
func withDevice(fresh, before string) string {
	tokens := slices.DeleteFunc(append([]string{fresh}, strings.Split(before, ".")...), func(t string) bool { return t == "" })
	return strings.Join(tokens[:min(len(tokens), people)], ".")
}

// ClearSession takes the session's token from the browser.
func (r *Request) ClearSession() { r.site.cookies.Clear(r.w, cookies.Session) }

// Render answers with a page. To a form it does so by GET: what was typed and what is wrong is kept, and the browser asks
// for the page anew, so that it can be reloaded, left and come back to.
func (r *Request) Render(m components.View) error {
	if r.IsPost() && r.answerByGet("") {
		return nil
	}
	return r.write(r.status, m)
}

// RenderAs answers with a page and a status of its own.
func (r *Request) RenderAs(status int, m components.View) error { return r.write(status, m) }

func (r *Request) write(status int, m components.View) error {
	var body bytes.Buffer
	if err := m.View().Render(r.ctx, &body); err != nil {
		return err
	}
	h := r.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", r.Page.Words.Lang())
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", contentPolicy)
	r.w.WriteHeader(status)
	_, _ = body.WriteTo(r.w)
	return nil
}

// SendImage answers with a picture, which browsers keep nowhere.
func (r *Request) SendImage(contentType string, image []byte) {
	h := r.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'")
	_, _ = r.w.Write(image)
}

// File is what a form's file has, up to so many bytes; empty: none was chosen.
func (r *Request) File(name string, most int64) ([]byte, error) {
	file, _, err := r.FormFile(name)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, errs.Wrap(err, errorsv1.Reason_REQUEST_MALFORMED, "the form cannot be read")
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, most))
}

// RefreshTo has the browser leave the page for a path of our own at once.
func (r *Request) RefreshTo(path string) { r.w.Header().Set("Refresh", "0; url="+path) }
