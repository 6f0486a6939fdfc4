package oidc_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidceventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// network leads every request of a client program to the service.
type network struct{ h http.Handler }

func (n network) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	n.h.ServeHTTP(rec, r)
	return rec.Result(), nil
}

// TestGoOIDC signs in with a client that others wrote: discovery, PKCE, tokens, signature, userinfo, refresh.
func TestGoOIDC(t *testing.T) {
	w := start(t)
	w.account.contacts = &accountv1.Contacts{Email: "p@example.ru", Language: "ru"}
	for name, c := range map[string]*registered{
		"confidential": w.client(),
		"public":       w.client(public),
		"RS256": w.client(func(r *registered) {
			r.ClientId, r.IdTokenAlg = "agency-rs", "RS256"
		}),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := goidc.ClientContext(context.Background(), &http.Client{Transport: network{w.HTTP("gateway", "oidc")}})
			provider, err := goidc.NewProvider(ctx, issuer)
			if err != nil {
				t.Fatal(err)
			}
			config := oauth2.Config{
				ClientID: c.GetClientId(), ClientSecret: c.ClientSecret, Endpoint: provider.Endpoint(), RedirectURL: callback,
				Scopes: []string{"openid", "email", "offline_access"},
			}
			proof := oauth2.GenerateVerifier()
			address, _ := url.Parse(config.AuthCodeURL("st", oauth2.S256ChallengeOption(proof), goidc.Nonce("no")))
			b := w.browser()
			id := w.begin(b, address.Query())
			a := w.partner(b, w.decide(id, w.session, oidcv1.Decision_ALLOW, config.Scopes...))
			token, err := config.Exchange(ctx, a.Get("code"), oauth2.VerifierOption(proof))
			if err != nil {
				t.Fatal(err)
			}
			raw, _ := token.Extra("id_token").(string)
			verified, err := provider.Verifier(&goidc.Config{ClientID: c.GetClientId(), Now: w.Clock.Now}).Verify(ctx, raw)
			if err != nil {
				t.Fatal(err)
			}
			if err := verified.VerifyAccessToken(token.AccessToken); err != nil || verified.Nonce != "no" {
				t.Errorf("at_hash: %v, nonce %q", err, verified.Nonce)
			}
			info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
			if err != nil || info.Subject != verified.Subject || info.Email != "p@example.ru" || !info.EmailVerified {
				t.Errorf("userinfo %+v, %v", info, err)
			}
			next, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
			if err != nil || next.RefreshToken == token.RefreshToken {
				t.Errorf("refresh: %v", err)
			}
		})
	}
}

func TestSandboxClients(t *testing.T) {
	w := start(t)
	changed := testkit.Watch[oidceventsv1.ClientChanged](w.Env)
	w.client()
	w.client() // nothing new: no event
	w.client(func(r *registered) { r.Names = names("Другое имя", "Another name") })
	w.client(public)
	var got []string
	testkit.Eventually(t, "the last event", func() bool {
		got = nil
		for _, e := range changed.All() {
			if e.GetClientId() != "sandbox-app" { // made at the start, perhaps published only now
				got = append(got, e.GetClientId())
			}
		}
		return slices.Contains(got, "spa")
	})
	if !slices.Equal(got, []string{"agency", "agency", "spa"}) {
		t.Errorf("events for %v", got)
	}
	id := w.begin(w.browser(), request("agency"))
	i, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{
		InteractionId: id, SessionId: w.session, Browser: w.browsers[id],
	})
	if err != nil || i.GetClientNames()["ru"] != "Другое имя" || i.GetClientNames()["en"] != "Another name" {
		t.Errorf("%v, %v", i, err)
	}
}

func TestClientsThatAreRefused(t *testing.T) {
	w := start(t)
	for name, change := range map[string]func(r *registered){
		"short id":          func(r *registered) { r.ClientId = "ab" },
		"odd id":            func(r *registered) { r.ClientId = "агентство" },
		"no address":        func(r *registered) { r.RedirectUris = nil },
		"no English name":   func(r *registered) { r.Names = map[string]string{"ru": "Агентство"} },
		"no scheme":         func(r *registered) { r.RedirectUris = []string{"agency.example.ru/cb"} },
		"script":            func(r *registered) { r.RedirectUris = []string{"javascript:alert(1)"} },
		"fragment":          func(r *registered) { r.RedirectUris = []string{callback + "#"} },
		"wildcard":          func(r *registered) { r.RedirectUris = []string{"https://*.example.ru/cb"} },
		"user":              func(r *registered) { r.RedirectUris = []string{"https://a@example.ru/cb"} },
		"logout address":    func(r *registered) { r.PostLogoutRedirectUris = []string{"bye"} },
		"two sectors":       func(r *registered) { r.RedirectUris = []string{callback, "https://b.ru/"} },
		"unknown scope":     func(r *registered) { r.Scopes = []string{"openid", "everything"} },
		"unknown algorithm": func(r *registered) { r.IdTokenAlg = "none" },
	} {
		r := &registered{Client: &oidcv1.Client{ClientId: "agency", Names: names("a", "b"), RedirectUris: []string{callback}, Scopes: allScopes()}}
		change(r)
		if _, err := w.sandbox.ApplyClient(w.ctx, r.apply()); err == nil {
			t.Errorf("%s was accepted", name)
		} else {
			wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
		}
	}
	w.client(func(r *registered) {
		r.RedirectUris, r.PublicSubject = []string{callback, "https://b.ru/"}, true
	})
}

func TestOnlyASandboxHasSandboxClients(t *testing.T) {
	w := start(t, "PROPUSK_ENV", "production")
	_, err := w.sandbox.ApplyClient(w.ctx, &oidcv1.ApplyClientRequest{Client: &oidcv1.Client{
		ClientId: "agency", RedirectUris: []string{callback}, Scopes: allScopes(),
	}})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	rec := w.browser().get("/oauth2/authorize?" + request("sandbox-app", "redirect_uri", "http://127.0.0.1/callback").Encode())
	wantRefusal(t, rec, http.StatusBadRequest, errorsv1.Reason_CLIENT_UNKNOWN)
}

func TestWhoMayCall(t *testing.T) {
	w := start(t)
	w.client()
	id := w.begin(w.browser(), request("agency"))
	for _, service := range []string{"sandbox", "account", "profile", "gateway", "web"} {
		c := oidcv1.NewOIDCServiceClient(w.Dial(service, "oidc"))
		_, get := c.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{InteractionId: id, Browser: w.browsers[id]})
		_, logout := c.GetLogout(w.ctx, &oidcv1.GetLogoutRequest{LogoutId: "x"})
		_, put := c.ApplyClient(w.ctx, &oidcv1.ApplyClientRequest{Client: &oidcv1.Client{ClientId: "agency", RedirectUris: []string{callback}}})
		denied := []bool{denies(get), denies(logout), denies(put)}
		want := []bool{service != "web", service != "web", service != "sandbox"}
		if !slices.Equal(denied, want) {
			t.Errorf("%s is denied %v, want %v", service, denied, want)
		}
		if service == "web" {
			continue
		}
		_, decide := c.DecideInteraction(w.ctx, &oidcv1.DecideInteractionRequest{InteractionId: id, Decision: oidcv1.Decision_DENY})
		wantReason(t, decide, errorsv1.Reason_PERMISSION_DENIED)
	}
}

func denies(err error) bool {
	return err != nil && strings.Contains(err.Error(), errorsv1.Reason_PERMISSION_DENIED.String())
}

func TestNothingSecretIsKeptInTheOpen(t *testing.T) {
	w := start(t)
	c := w.client()
	b := w.browser()
	id := w.begin(b, request("agency", "login_hint", "canary@example.ru", "state", "canary-state", "nonce", "canary-nonce"))
	code := w.partner(b, w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")).Get("code")
	a := w.redeem(c, code)
	w.logout(url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye}, "state": {"canary-state"}})
	canaries := []string{
		"canary@example.ru", "canary-state", "canary-nonce", code, a.Access, a.ID, a.Refresh, theirKey, verifier,
		w.browsers[id], w.session,
	}
	for _, key := range w.Redis.Keys(w.ctx, "*").Val() {
		value := w.Redis.Get(w.ctx, key).Val()
		for _, canary := range canaries {
			if strings.Contains(key+value, canary) {
				t.Errorf("Redis %s holds %s", key, canary)
			}
		}
	}
	logs := w.Logs()
	for _, canary := range canaries[:len(canaries)-1] {
		if strings.Contains(logs, canary) {
			t.Errorf("the log holds %s", canary)
		}
	}
	var dump string
	err := w.Pool().QueryRow(w.ctx, `SELECT (SELECT string_agg(g::text, '') FROM oidc.grants g)
		|| (SELECT string_agg(c::text, '') FROM oidc.clients c) || (SELECT string_agg(o::text, '') FROM oidc.outbox o)`).Scan(&dump)
	if err != nil || dump == "" {
		t.Fatal(err)
	}
	for _, canary := range canaries[:len(canaries)-1] {
		if strings.Contains(dump, canary) {
			t.Errorf("the tables hold %s", canary)
		}
	}
}
