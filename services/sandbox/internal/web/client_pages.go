package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/paging"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/sandbox/internal/pages"
)

const clientsPath = "/phone/clients"

// clients is the page of the developers' clients.
func (w *Web) clients(rw http.ResponseWriter, r *http.Request) {
	w.showClients(rw, r, http.StatusOK, pages.ClientForm{Kind: pages.ClientKinds()[0], RedirectURIs: "http://127.0.0.1:3000/callback"}, nil)
}

func (w *Web) showClients(rw http.ResponseWriter, r *http.Request, status int, form pages.ClientForm, wrong []string) {
	list, next, err := w.App.Clients(r.Context(), paging.Query{Token: r.URL.Query().Get("page")})
	if err != nil {
		w.failed(rw, r)
		return
	}
	pages.Render(rw, r, status, pages.Clients{Page: w.Pages.For(r), List: list, Next: pageLink(clientsPath, next), Form: form, Errors: wrong})
}

func pageLink(path, token string) string {
	if token == "" {
		return ""
	}
	return path + "?" + url.Values{"page": {token}}.Encode()
}

// makeClient makes one of the ready-made kinds, and shows it with its secret.
func (w *Web) makeClient(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, maxClientBody)
	form := pages.ClientForm{
		Kind: r.PostFormValue("kind"), Name: strings.TrimSpace(r.PostFormValue("name")), RedirectURIs: r.PostFormValue("redirect_uris"),
	}
	settings, key, err := settingsOf(form)
	if err != nil {
		w.failed(rw, r)
		return
	}
	made, err := w.App.CreateClient(r.Context(), settings)
	if e, ok := errs.As(err); ok && (len(e.Fields) > 0 || e.Reason == errorsv1.Reason_CLIENT_LIMIT) {
		w.showClients(rw, r, e.HTTPStatus(), form, w.wrongOf(r, e))
		return
	}
	if err == nil {
		err = w.keepNew(rw, newClient{ID: made.GetClientId(), Secret: made.Secret, Key: key})
	}
	if err != nil {
		w.failed(rw, r)
		return
	}
	http.Redirect(rw, r, clientsPath+"/"+made.GetClientId(), http.StatusSeeOther)
}

// settingsOf are those of a ready-made kind, and the private key that was made for it, if it has one.
func settingsOf(f pages.ClientForm) (s *sandboxv1.ClientSettings, key []byte, err error) {
	s = &sandboxv1.ClientSettings{Name: f.Name, RedirectUris: strings.Fields(f.RedirectURIs), Type: oidcv1.Client_CONFIDENTIAL}
	switch f.Kind {
	case "app", "page":
		s.Type, s.LocalhostRedirects = oidcv1.Client_PUBLIC, f.Kind == "page"
	case "key":
		s.AuthMethod = "private_key_jwt"
		s.Jwks, key, err = newKeyPair()
	}
	return s, key, err
}

// wrongOf says in words what is wrong, a line for each field.
func (w *Web) wrongOf(r *http.Request, e *errs.Error) []string {
	l := i18n.For(w.Pages.For(r).Lang, "")
	if len(e.Fields) == 0 {
		_, detail := l.Reason(e.Reason, i18n.Params(e))
		return []string{detail}
	}
	var out []string
	for _, f := range e.Fields {
		name, _, _ := strings.Cut(f.Name, "[")
		out = append(out, fmt.Sprintf("%s. %s", f.Name, l.FieldReason("client_"+name, f.Reason, i18n.FieldParams(e, f))))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// client is the page of one of them.
func (w *Web) client(rw http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	c, err := w.App.Client(r.Context(), id)
	if err != nil {
		w.noClient(rw, r, err)
		return
	}
	view := pages.Client{Page: w.Pages.For(r), Client: c.Client, Issuer: w.Issuer, Misbehaviour: c.Misbehaviour}
	var next string
	view.Requests, next, err = w.App.ClientRequests(r.Context(), id, paging.Query{Size: logPage, Token: r.URL.Query().Get("page")})
	if err == nil {
		view.Kinds, err = w.App.MisbehaviourKinds(r.Context())
	}
	if err != nil {
		w.noClient(rw, r, err)
		return
	}
	view.Next = pageLink(clientsPath+"/"+id, next)
	if made, ok := w.newOf(r, id); ok {
		view.Secret, view.HasKey = made.Secret, len(made.Key) > 0
		w.forgetSecret(rw, made)
	}
	pages.Render(rw, r, http.StatusOK, view)
}

// logPage is how many entries of a log a page has.
const logPage = 20

func (w *Web) noClient(rw http.ResponseWriter, r *http.Request, err error) {
	if errs.Is(err, errorsv1.Reason_CLIENT_NOT_FOUND) {
		w.missing(rw, r)
		return
	}
	w.failed(rw, r)
}

// changeClient deletes a client, or has the server misbehave for it.
func (w *Web) changeClient(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, maxClientBody)
	id, next := r.PathValue("id"), clientsPath
	var err error
	switch r.PostFormValue("do") {
	case "delete":
		err = w.App.DeleteClient(r.Context(), id)
	case "misbehave":
		next += "/" + id
		_, err = w.App.Misbehave(r.Context(), id, &sandboxv1.MisbehaviourSettings{Kinds: r.PostForm["kind"]})
	default:
		w.missing(rw, r)
		return
	}
	if err != nil {
		w.noClient(rw, r, err)
		return
	}
	http.Redirect(rw, r, next, http.StatusSeeOther) //nolint:gosec // a path below /phone/clients
}
