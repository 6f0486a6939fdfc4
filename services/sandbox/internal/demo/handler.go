package demo

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/propusk-id/propusk/services/sandbox/internal/app"
	"github.com/propusk-id/propusk/services/sandbox/internal/pages"
)

const maxForm = 1 << 16

// Handler has the partner's pages.
func (d *Demo) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /demo", d.home)
	mux.HandleFunc("POST /demo/sign-in", d.signIn)
	mux.HandleFunc("GET /demo/callback", d.callback)
	mux.HandleFunc("POST /demo/sign-out", d.signOut)
	mux.Handle("GET /demo/static/", http.StripPrefix("/demo/static/", d.Pages.Static()))
	mux.HandleFunc("/demo/", func(w http.ResponseWriter, r *http.Request) {
		d.refused(w, r, http.StatusNotFound, "missing", "")
	})
	return d.atHome(mux)
}

// atHome sends a browser that asks under the installation's own host to the partner's.
func (d *Demo) atHome(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.site != d.publicURL && "http://"+r.Host == d.publicURL {
			path := "/demo"
			if r.Method == http.MethodGet {
				path = r.URL.RequestURI()
			}
			http.Redirect(w, r, d.site+path, http.StatusSeeOther) //nolint:gosec // the partner's own site, and a path below it
			return
		}
		next.ServeHTTP(w, r)
	})
}

func levels() []string { return []string{"simplified", "standard", "confirmed"} }

func (d *Demo) home(w http.ResponseWriter, r *http.Request) {
	view := pages.Demo{
		Page: d.Pages.For(r), Levels: levels(), Scopes: app.DemoScopes(), SignedOut: r.URL.Query().Get("state") == signedOut,
	}
	d.render(w, r, http.StatusOK, view)
}

// render writes a page whose forms lead to the authorization server.
func (d *Demo) render(w http.ResponseWriter, r *http.Request, status int, view pages.View) {
	pages.Render(w, r, status, view, d.publicURL)
}

// signIn sends the browser to the authorization server.
func (d *Demo) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		d.refused(w, r, http.StatusBadRequest, "state", "")
		return
	}
	party, _, err := d.relyingParty(r.Context(), requestedScopes(r))
	if err != nil {
		d.unavailable(w, r, err)
		return
	}
	verifier := oauth2.GenerateVerifier()
	f, err := d.begin(w, verifier)
	if err != nil {
		d.unavailable(w, r, err)
		return
	}
	opts := []oauth2.AuthCodeOption{
		oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("ui_locales", d.Pages.For(r).Lang),
	}
	if acr := r.PostFormValue("acr"); slices.Contains(levels(), acr) {
		opts = append(opts, oauth2.SetAuthURLParam("acr_values", acr))
	}
	if prompt := requestedPrompt(r); prompt != "" {
		opts = append(opts, oauth2.SetAuthURLParam("prompt", prompt))
	}
	http.Redirect(w, r, party.AuthCodeURL(f.State, opts...), http.StatusSeeOther)
}

// requestedPrompt is what the form wants the server to ask, whoever is signed in.
func requestedPrompt(r *http.Request) string {
	var prompts []string
	for field, prompt := range map[string]string{"again": "login", "choose": "select_account", "consent": "consent"} {
		if r.PostFormValue(field) != "" {
			prompts = append(prompts, prompt)
		}
	}
	slices.Sort(prompts)
	return strings.Join(prompts, " ")
}

// requestedScopes are those that are ticked in the form.
func requestedScopes(r *http.Request) []string {
	out := []string{oidc.ScopeOpenID}
	for _, s := range app.DemoScopes() {
		if slices.Contains(r.PostForm["scope"], s) {
			out = append(out, s)
		}
	}
	return out
}

// callback is where the server sends the browser back with a code or an error.
func (d *Demo) callback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f, ok := d.end(w, r, q.Get("state"))
	switch {
	case !ok || q.Get("iss") != d.publicURL: // the server names itself in every answer (RFC 9207)
		d.refused(w, r, http.StatusBadRequest, "state", "")
	case q.Get("error") != "":
		d.refused(w, r, http.StatusOK, q.Get("error"), q.Get("error_description"))
	default:
		d.finish(w, r, f, q.Get("code"))
	}
}

func (d *Demo) finish(w http.ResponseWriter, r *http.Request, f flow, code string) {
	view, err := d.redeem(oidc.ClientContext(r.Context(), d.client), f, code)
	var refusal *oauth2.RetrieveError
	switch {
	case errors.As(err, &refusal) && refusal.ErrorCode != "":
		d.refused(w, r, http.StatusOK, refusal.ErrorCode, "")
	case err != nil:
		d.unavailable(w, r, err)
	default:
		view.Page = d.Pages.For(r)
		d.render(w, r, http.StatusOK, view)
	}
}

var errNonce = errors.New("the ID token belongs to another sign-in")

// redeem exchanges the code and checks the ID token.
func (d *Demo) redeem(ctx context.Context, f flow, code string) (pages.DemoResult, error) {
	var view pages.DemoResult
	party, server, err := d.relyingParty(ctx, nil)
	if err != nil {
		return view, err
	}
	token, err := party.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return view, err
	}
	view.RawIDToken, _ = token.Extra("id_token").(string)
	idToken, err := server.VerifierContext(ctx, &oidc.Config{ClientID: app.DemoClient, Now: d.Now}).Verify(ctx, view.RawIDToken)
	if err != nil {
		return view, err
	}
	if idToken.Nonce != f.Nonce {
		return view, errNonce
	}
	userinfo, err := server.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return view, err
	}
	return view, read(&view, idToken, userinfo)
}

// signOut ends the session at the server, which sends the browser back (RP-initiated logout).
func (d *Demo) signOut(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	server, err := d.server(r.Context())
	if err != nil {
		d.unavailable(w, r, err)
		return
	}
	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := server.Claims(&metadata); err != nil || metadata.EndSession == "" {
		http.Redirect(w, r, "/demo", http.StatusSeeOther)
		return
	}
	q := url.Values{
		"client_id": {app.DemoClient}, "post_logout_redirect_uri": {d.site + "/demo"}, "state": {signedOut},
	}
	if hint := r.PostFormValue("id_token"); hint != "" {
		q.Set("id_token_hint", hint)
	}
	http.Redirect(w, r, metadata.EndSession+"?"+q.Encode(), http.StatusSeeOther)
}

// signedOut is the state that comes back after a sign-out.
const signedOut = "signed-out"

func (d *Demo) refused(w http.ResponseWriter, r *http.Request, status int, code, description string) {
	d.render(w, r, status, pages.DemoRefused{Page: d.Pages.For(r), Code: code, Description: description})
}

func (d *Demo) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	d.Log.Warn("the demo partner cannot go on", "error", err)
	d.refused(w, r, http.StatusBadGateway, "away", "")
}
