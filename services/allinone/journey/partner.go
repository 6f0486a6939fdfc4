package journey

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Partner is an agency with an ordinary OpenID Connect client: the sandbox's ready-made public one.
type Partner struct {
	// URL is the issuer.
	URL  string
	HTTP *http.Client
	// Scopes besides openid.
	Scopes []string
	// ACR is the requested level; empty: none.
	ACR string
}

// The sandbox's ready-made public client, and its callback address; nothing listens there.
const (
	PartnerID       = "sandbox-app"
	PartnerCallback = "http://127.0.0.1/callback"
)

// Received is what the partner received.
type Received struct {
	Subject string
	ACR     string         `json:"acr"`
	Claims  map[string]any `json:"-"`
	Token   *oauth2.Token  `json:"-"`
}

// Grant is an authorization code with what is needed to redeem it.
type Grant struct {
	Code, Verifier string
	nonce          string
}

// Login has the person in the browser log in: sign-in and consent as they are requested.
func (p Partner) Login(ctx context.Context, b *Browser, login string) (*Received, error) {
	g, err := p.Authorize(ctx, b, login)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.HTTP)
	provider, config, err := p.client(ctx)
	if err != nil {
		return nil, err
	}
	token, err := config.Exchange(ctx, g.Code, oauth2.VerifierOption(g.Verifier))
	if err != nil {
		return nil, err
	}
	return p.read(ctx, provider, token, g.nonce)
}

// Refresh gets the partner's next tokens.
func (p Partner) Refresh(ctx context.Context, t *oauth2.Token) (*oauth2.Token, error) {
	ctx = oidc.ClientContext(ctx, p.HTTP)
	_, config, err := p.client(ctx)
	if err != nil {
		return nil, err
	}
	return config.TokenSource(ctx, &oauth2.Token{RefreshToken: t.RefreshToken}).Token()
}

// Authorize goes as far as the code.
func (p Partner) Authorize(ctx context.Context, b *Browser, login string) (*Grant, error) {
	_, config, err := p.client(oidc.ClientContext(ctx, p.HTTP))
	if err != nil {
		return nil, err
	}
	g := &Grant{Verifier: oauth2.GenerateVerifier(), nonce: oauth2.GenerateVerifier()}
	state := oauth2.GenerateVerifier()
	options := []oauth2.AuthCodeOption{oidc.Nonce(g.nonce), oauth2.S256ChallengeOption(g.Verifier)}
	if p.ACR != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", p.ACR))
	}
	b.StopAt = PartnerCallback
	if err := b.Open(ctx, config.AuthCodeURL(state, options...)); err != nil {
		return nil, err
	}
	if err := p.answerPages(ctx, b, login); err != nil {
		return nil, err
	}
	q := b.Left.Query()
	if q.Get("error") != "" {
		return nil, fmt.Errorf("%s: %s", q.Get("error"), q.Get("error_description"))
	}
	g.Code = q.Get("code")
	return g, errors.Join(expect("state", q.Get("state"), state), expect("iss", q.Get("iss"), p.URL))
}

func (p Partner) client(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	provider, err := oidc.NewProvider(ctx, p.URL)
	if err != nil {
		return nil, nil, err
	}
	config := &oauth2.Config{
		ClientID: PartnerID, Endpoint: provider.Endpoint(), RedirectURL: PartnerCallback,
		Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
	}
	config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	return provider, config, nil
}

// answerPages fills in each page until the browser is at the partner's address.
func (p Partner) answerPages(ctx context.Context, b *Browser, login string) error {
	for range 5 {
		if b.Left != nil {
			return nil
		}
		var err error
		if _, formErr := b.Page.formWith(map[string]string{"login": ""}); formErr == nil {
			err = b.Submit(ctx, map[string]string{"login": login, "password": Password})
		} else {
			err = b.Submit(ctx, map[string]string{"action": "allow"})
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("the way to the partner does not end: %s", b.Page.Text())
}

// read checks the ID token and calls userinfo.
func (p Partner) read(ctx context.Context, provider *oidc.Provider, token *oauth2.Token, nonce string) (*Received, error) {
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{
		ClientID: PartnerID, SupportedSigningAlgs: []string{oidc.ES256, oidc.RS256},
	}).Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	if err := expect("nonce", id.Nonce, nonce); err != nil {
		return nil, err
	}
	out := &Received{Subject: id.Subject, Token: token}
	if err := id.Claims(out); err != nil {
		return nil, err
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, err
	}
	if err := expect("subject", info.Subject, id.Subject); err != nil {
		return nil, err
	}
	return out, info.Claims(&out.Claims)
}
