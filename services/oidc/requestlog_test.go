package oidc_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// logOf waits until a client's log has so many entries, and gives them oldest first.
func (w *world) logOf(client string, n int) []*oidcv1.ClientRequest {
	w.t.Helper()
	var list []*oidcv1.ClientRequest
	testkit.Eventually(w.t, "the log is written", func() bool {
		page, err := w.sandbox.ListClientRequests(w.ctx, &oidcv1.ListClientRequestsRequest{ClientId: client, PageSize: 100})
		if err != nil {
			w.t.Fatal(err)
		}
		list = page.GetRequests()
		return len(list) >= n
	})
	slices.Reverse(list)
	return list
}

func startLogged(t *testing.T, vars ...string) *world {
	t.Helper()
	return start(t, append([]string{"PROPUSK_OIDC_REQUEST_LOG_WAIT", "1ms"}, vars...)...)
}

func parameter(r *oidcv1.ClientRequest, name string) *oidcv1.RequestParameter {
	for _, p := range r.GetParameters() {
		if p.GetName() == name {
			return p
		}
	}
	return nil
}

func TestTheLogTellsAWholeSignIn(t *testing.T) {
	w := startLogged(t)
	c := w.client()
	a := w.tokens(c, "scope", "openid offline_access", "state", "a-state")
	w.userinfo(a.Access)
	w.refresh(c, a.Refresh)
	list := w.logOf("agency", 5)
	var endpoints []string
	for _, r := range list {
		endpoints = append(endpoints, r.GetEndpoint())
		if r.GetAdvice() != nil || r.GetError() != "" {
			t.Errorf("%s was not refused, and has %v", r.GetEndpoint(), r.GetAdvice())
		}
	}
	if want := []string{"authorize", "continue", "token", "userinfo", "token"}; !slices.Equal(endpoints, want) {
		t.Fatalf("logged %v, want %v", endpoints, want)
	}
	authorize, token, userinfo := list[0], list[2], list[3]
	if !authorize.GetToPages() || authorize.GetStatus() != http.StatusSeeOther || authorize.GetAuthMethod() != "" ||
		parameter(authorize, "scope").GetValue() != "openid offline_access" || parameter(authorize, "redirect_uri").GetValue() != callback ||
		parameter(authorize, "state").GetHidden() != 7 {
		t.Errorf("authorize: %v", authorize)
	}
	if token.GetAuthMethod() != "client_secret_basic" || parameter(token, "grant_type").GetValue() != "authorization_code" ||
		token.GetStatus() != http.StatusOK || parameter(token, "code").GetValue() != "" || parameter(token, "code").GetHidden() == 0 {
		t.Errorf("token: %v", token)
	}
	if userinfo.GetAuthMethod() != "bearer" || userinfo.GetMethod() != http.MethodGet {
		t.Errorf("userinfo: %v", userinfo)
	}
}

// Each refusal says why, what was expected and what helps.
func TestTheLogExplainsRefusals(t *testing.T) {
	w := startLogged(t)
	c := w.client()
	post := func(form url.Values) {
		w.browser().post("/oauth2/token", form)
	}
	for _, try := range []struct {
		name       string
		do         func()
		code, says string
	}{
		{"another address", func() { w.browser().get(authorize("agency", "redirect_uri", callback+"/")) }, "redirect_uri_mismatch", callback},
		{"no PKCE", func() { w.browser().get(authorize("agency", "code_challenge", "")) }, "pkce_missing", "code_challenge_method=S256"},
		{"no openid", func() { w.browser().get(authorize("agency", "scope", "email")) }, "scope_without_openid", "openid"},
		{"nobody there", func() { w.browser().get(authorize("agency", "prompt", "none")) }, "nobody_signed_in", ""},
		{"a wrong secret", func() { w.tokenFrom("203.0.113.9", "agency", "wrong") }, "client_authentication_failed", "client_secret_basic"},
		{"a secret in the body", func() { post(redemption("x", "client_id", "agency", "client_secret", theirKey)) }, "client_method_not_allowed", "client_secret_basic"},
		{"no secret", func() { post(redemption("x", "client_id", "agency")) }, "client_method_not_allowed", "client_secret_basic"},
		{"a wrong code", func() { w.redeem(c, "x") }, "code_unknown", ""},
		{"a wrong verifier", func() { w.redeem(c, w.code(request("agency")), "code_verifier", verifier+"x") }, "code_verifier_wrong", "code_verifier"},
		{"by a form", func() { w.browser().get(authorize("agency", "prompt", "none", "response_mode", "form_post")) }, "nobody_signed_in", ""},
		{"a wrong grant", func() { w.token(c, url.Values{"grant_type": {"password"}}) }, "grant_type_unsupported", "authorization_code"},
		{"repeated", func() { w.token(c, url.Values{"grant_type": {"x", "y"}}) }, "parameters_repeated", ""},
	} {
		t.Run(try.name, func(t *testing.T) {
			before := len(w.logOf("agency", 0))
			try.do()
			var r *oidcv1.ClientRequest
			testkit.Eventually(t, "the refusal is logged", func() bool {
				list := w.logOf("agency", before+1)
				r = list[len(list)-1]
				return r.GetAdvice() != nil
			})
			a := r.GetAdvice()
			if a == nil || try.code != "" && a.GetCode() != try.code {
				t.Fatalf("refused for %q, want %q: %v", a.GetCode(), try.code, r)
			}
			for _, lang := range []string{"ru", "en"} {
				if a.GetReason()[lang] == "" || a.GetFix()[lang] == "" || !strings.Contains(a.GetExpected()[lang], try.says) {
					t.Errorf("in %s: %v", lang, a)
				}
			}
		})
	}
}

// What is secret or about a person is nowhere in the log's table, and a request of nobody's is not in it at all.
func TestTheLogHoldsNothingSecret(t *testing.T) {
	w := startLogged(t)
	c := w.client()
	const canary = "canaryZ9"
	v := request("agency", "login_hint", canary+"@example.ru", "state", canary+"state", "nonce", canary+"nonce", canary, canary)
	b := w.browser()
	id := w.begin(b, v)
	code := w.partner(b, w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")).Get("code")
	a := w.redeem(c, code)
	w.userinfo(a.Access)
	w.browser().post("/oauth2/userinfo", url.Values{"access_token": {a.Access}, canary: {canary}})
	w.browser().post("/oauth2/token", url.Values{"client_id": {"agency"}, "client_secret": {theirKey}, "code": {canary}})
	w.browser().get("/oauth2/logout?" + url.Values{"id_token_hint": {a.ID}, "client_id": {"agency"}, "state": {canary}}.Encode())
	w.browser().get(authorize(canary))
	w.tokenFrom("203.0.113.9", canary, theirKey)
	w.logOf("agency", 7)
	var dump string
	if err := w.Pool().QueryRow(w.ctx, `SELECT string_agg(r::text, '') FROM oidc.client_requests r`).Scan(&dump); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{canary, code, a.Access, a.ID, a.Refresh, theirKey, verifier, w.session, w.person, w.browsers[id]} {
		if strings.Contains(dump, secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

func TestTheLogIsReadPageByPage(t *testing.T) {
	w := startLogged(t)
	w.client()
	w.client(public)
	for range 5 {
		w.browser().get(authorize("agency", "prompt", "none"))
	}
	w.logOf("agency", 5)
	seen := map[string]bool{}
	q := &oidcv1.ListClientRequestsRequest{ClientId: "agency", PageSize: 2}
	for {
		page, err := w.sandbox.ListClientRequests(w.ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.GetRequests() {
			seen[r.GetId()] = true
		}
		if q.PageToken = page.GetNextPageToken(); q.PageToken == "" {
			break
		}
		other := &oidcv1.ListClientRequestsRequest{ClientId: "spa", PageToken: q.PageToken}
		_, err = w.sandbox.ListClientRequests(w.ctx, other)
		wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
	}
	if len(seen) != 5 {
		t.Errorf("%d entries on all pages, want 5", len(seen))
	}
	_, err := w.sandbox.ListClientRequests(w.ctx, &oidcv1.ListClientRequestsRequest{ClientId: "nobody"})
	wantReason(t, err, errorsv1.Reason_CLIENT_UNKNOWN)
}

func TestTheLogKeepsSoManyAMinute(t *testing.T) {
	w := startLogged(t, "PROPUSK_OIDC_REQUEST_LOG_PER_MINUTE", "2")
	w.client()
	for range 5 {
		w.browser().get(authorize("agency", "prompt", "none"))
	}
	w.Clock.Advance(time.Minute)
	w.browser().get(authorize("agency", "prompt", "none"))
	if list := w.logOf("agency", 3); len(list) != 3 || list[2].GetSkipped() != 3 {
		t.Errorf("kept %v", list)
	}
}

func TestWithoutALogNothingIsLogged(t *testing.T) {
	w := startLogged(t, "PROPUSK_OIDC_REQUEST_LOG_PER_MINUTE", "0")
	w.tokens(w.client())
	w.Restart()
	w.dial()
	if list := w.logOf("agency", 0); len(list) != 0 {
		t.Errorf("logged %v", list)
	}
}

// An entry that waits when the service stops is written.
func TestTheLogIsWrittenAtTheEnd(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_REQUEST_LOG_WAIT", "1m")
	w.client()
	w.browser().get(authorize("agency", "prompt", "none"))
	w.Restart()
	w.dial()
	if list := w.logOf("agency", 1); list[0].GetError() != "login_required" {
		t.Errorf("logged %v", list)
	}
}

// Nobody but the sandbox reads logs by RPC: its pages show them to everybody.
func TestWhoReadsTheLog(t *testing.T) {
	w := start(t)
	w.client()
	for _, service := range []string{"web", "account", "gateway", "notification"} {
		_, err := oidcv1.NewOIDCServiceClient(w.Dial(service, "oidc")).ListClientRequests(w.ctx, &oidcv1.ListClientRequestsRequest{ClientId: "agency"})
		wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	}
}
