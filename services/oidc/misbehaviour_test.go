package oidc_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"google.golang.org/protobuf/types/known/durationpb"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

func (w *world) misbehave(client string, kinds ...string) *oidcv1.Misbehaviour {
	w.t.Helper()
	m, err := w.sandbox.SetMisbehaviour(w.ctx, &oidcv1.SetMisbehaviourRequest{ClientId: client, Kinds: kinds})
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// careful checks an ID token as a client that others wrote does, for the nonce of the tests' requests.
func (w *world) careful(clientID, alg string) func(token string) error {
	ctx := goidc.ClientContext(context.Background(), &http.Client{Transport: network{w.HTTP("gateway", "oidc")}})
	provider, err := goidc.NewProvider(ctx, issuer)
	if err != nil {
		w.t.Fatal(err)
	}
	check := provider.Verifier(&goidc.Config{ClientID: clientID, Now: w.Clock.Now, SupportedSigningAlgs: []string{alg}})
	return func(token string) error {
		t, err := check.Verify(ctx, token)
		if err == nil && t.Nonce != "no" {
			return http.ErrNotSupported
		}
		return err
	}
}

// A careful client refuses every ID token that is wrong on demand; when the time is over, the server behaves by itself.
func TestMisbehavingIDTokensAreRefused(t *testing.T) {
	w := start(t)
	c := w.create(&oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	check := w.careful(c.GetClientId(), "RS256")
	if err := check(w.tokens(c).ID); err != nil {
		t.Fatalf("before anything is wrong: %v", err)
	}
	for _, kind := range []string{
		"WRONG_ISS", "WRONG_AUD", "WRONG_SIGNATURE", "WRONG_ALG", "UNSIGNED", "WRONG_NONCE", "EXPIRED", "NOT_YET_VALID",
	} {
		w.misbehave(c.GetClientId(), kind)
		if err := check(w.tokens(c).ID); err == nil {
			t.Errorf("%s: the token is accepted", kind)
		}
	}
	w.misbehave(c.GetClientId(), "LOW_LEVEL", "WRONG_AT_HASH")
	a := w.tokens(c, "acr_values", "confirmed")
	if id := claims(t, a.ID); check(a.ID) != nil || id["acr"] != "simplified" || id["at_hash"] != "AAAAAAAAAAAAAAAAAAAAAA" {
		t.Errorf("two at once: %v", id)
	}
	w.Clock.Advance(10 * time.Minute)
	if id := claims(t, w.tokens(c).ID); id["acr"] != "confirmed" {
		t.Errorf("after its time: %v", id)
	}
	m, err := w.sandbox.GetMisbehaviour(w.ctx, &oidcv1.GetMisbehaviourRequest{ClientId: c.GetClientId()})
	if err != nil || len(m.GetKinds()) != 0 || m.GetExpireTime() != nil {
		t.Errorf("after its time it says %v, %v", m, err)
	}
}

func TestMisbehavingAnswers(t *testing.T) {
	w := start(t)
	c := w.create(&oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	id := c.GetClientId()
	for kind, code := range map[string]string{
		"ACCESS_DENIED": "access_denied", "TEMPORARILY_UNAVAILABLE": "temporarily_unavailable", "SERVER_ERROR": "server_error",
	} {
		w.misbehave(id, kind)
		if a := answer(t, w.browser().get(authorize(id))); a.Get("error") != code || a.Get("state") != "st" || a.Get("code") != "" {
			t.Errorf("%s: %v", kind, a)
		}
	}
	w.misbehave(id, "WRONG_STATE")
	b := w.browser()
	i := w.begin(b, request(id))
	if a := w.partner(b, w.decide(i, w.session, oidcv1.Decision_ALLOW, "openid")); a.Get("state") != "another-state" || a.Get("code") == "" {
		t.Errorf("WRONG_STATE: %v", a)
	}
	w.misbehave(id, "WRONG_RESPONSE_ISS")
	rec := w.browser().get(authorize(id, "prompt", "none"))
	if to, _ := url.Parse(rec.Header().Get("Location")); to.Query().Get("iss") != "https://issuer.invalid" {
		t.Errorf("WRONG_RESPONSE_ISS: %s", to)
	}
	w.misbehave(id)
	code := w.code(request(id))
	w.misbehave(id, "TOKEN_UNAVAILABLE")
	if a := w.redeem(c, code); a.status != http.StatusTooManyRequests || a.Error != "temporarily_unavailable" || a.header.Get("Retry-After") != "5" {
		t.Errorf("TOKEN_UNAVAILABLE: %d %s", a.status, a.Error)
	}
	w.misbehave(id, "WRONG_USERINFO_SUB")
	tokens := w.redeem(c, code)
	if status, info := w.userinfo(tokens.Access); status != http.StatusOK || info["sub"] != "another-person" {
		t.Errorf("WRONG_USERINFO_SUB: %d %v", status, info)
	}
}

// A new key is published with the token that it signs; a client that reads the keys again accepts it. There is an end to it.
func TestKeysRotateOnDemand(t *testing.T) {
	w := start(t)
	c := w.create(&oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	check := w.careful(c.GetClientId(), "RS256")
	before := w.tokens(c).ID
	w.Clock.Advance(time.Minute)
	w.misbehave(c.GetClientId(), "KEY_ROTATION")
	after := w.tokens(c).ID
	if kid(before) == kid(after) || check(before) != nil || check(after) != nil {
		t.Errorf("signed by %s and %s: %v, %v", kid(before), kid(after), check(before), check(after))
	}
	var err error
	for range 20 {
		_, err = w.sandbox.SetMisbehaviour(w.ctx, &oidcv1.SetMisbehaviourRequest{ClientId: c.GetClientId(), Kinds: []string{"KEY_ROTATION"}})
	}
	wantReason(t, err, errorsv1.Reason_RATE_LIMITED)
}

func kid(token string) string {
	header, _, _ := strings.Cut(token, ".")
	return header
}

// What a client has asked for changes nothing for others.
func TestMisbehaviourIsOneClientsOwn(t *testing.T) {
	w := start(t)
	c := w.create(&oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	other := w.create(&oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	w.misbehave(c.GetClientId(), "WRONG_ISS", "WRONG_USERINFO_SUB", "WRONG_STATE", "TOKEN_UNAVAILABLE")
	a := w.tokens(other)
	if err := w.careful(other.GetClientId(), "RS256")(a.ID); err != nil {
		t.Error(err)
	}
}

func TestWhatMisbehaviourIsRefused(t *testing.T) {
	w := start(t)
	w.client()
	c := w.create(&oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	set := func(id string, life time.Duration, kinds ...string) error {
		_, err := w.sandbox.SetMisbehaviour(w.ctx, &oidcv1.SetMisbehaviourRequest{
			ClientId: id, Kinds: kinds, Duration: durationpb.New(life),
		})
		return err
	}
	wantField(t, set(c.GetClientId(), time.Minute, "EXPIRED", "ON_FIRE"), "kinds[1]", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	wantField(t, set(c.GetClientId(), 25*time.Hour, "EXPIRED"), "duration", errorsv1.Reason_FIELD_OUT_OF_RANGE)
	wantField(t, set(c.GetClientId(), -time.Hour, "EXPIRED"), "duration", errorsv1.Reason_FIELD_OUT_OF_RANGE)
	wantReason(t, set("nobody", time.Minute, "EXPIRED"), errorsv1.Reason_CLIENT_UNKNOWN)
	wantReason(t, set("agency", time.Minute, "EXPIRED"), errorsv1.Reason_PERMISSION_DENIED)
}

func TestProductionBehaves(t *testing.T) {
	w := start(t, "PROPUSK_ENV", "production")
	_, err := w.sandbox.SetMisbehaviour(w.ctx, &oidcv1.SetMisbehaviourRequest{ClientId: "agency", Kinds: []string{"WRONG_ISS"}})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	operator := oidcv1.NewOIDCServiceClient(w.Dial("operator", "oidc"))
	c := &registered{ClientSecret: theirKey, Client: &oidcv1.Client{
		ClientId: "agency", Names: names("Агентство", "Agency"), RedirectUris: []string{callback}, Scopes: allScopes(),
	}}
	if _, err := operator.ApplyClient(w.ctx, c.apply()); err != nil {
		t.Fatal(err)
	}
	// Not even where a row says so: it may be of a sandbox's backup.
	if _, err := w.Pool().Exec(w.ctx, `INSERT INTO oidc.client_misbehaviours VALUES ('agency', '{WRONG_ISS,WRONG_STATE}', 'infinity')`); err != nil {
		t.Fatal(err)
	}
	if id := claims(t, w.tokens(c).ID); id["iss"] != issuer {
		t.Errorf("production misbehaves: %v", id)
	}
}

// The sandbox is everybody's: its clients are bounded.
func TestDevelopersClientsAreBounded(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_SANDBOX_CLIENTS", "2")
	w.client() // not a developer's
	mine := &oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}}
	first := w.create(mine)
	w.create(mine)
	_, err := w.sandbox.CreateClient(w.ctx, &oidcv1.CreateClientRequest{Client: mine})
	wantReason(t, err, errorsv1.Reason_CLIENT_LIMIT)
	if _, err := w.sandbox.DeleteClient(w.ctx, &oidcv1.DeleteClientRequest{ClientId: first.GetClientId()}); err != nil {
		t.Fatal(err)
	}
	w.create(mine)
	page, err := w.sandbox.ListClients(w.ctx, &oidcv1.ListClientsRequest{Owner: "sandbox"})
	if err != nil || len(page.GetClients()) != 2 {
		t.Errorf("developers' clients: %v, %v", page, err)
	}
}
