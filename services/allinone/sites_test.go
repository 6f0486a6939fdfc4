package allinone_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

// restAs makes a call with a session's token, or with none, and gives the status and the answer.
func (i *installation) restAs(token, method, path string, body, out any) int {
	i.t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		i.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(i.t.Context(), method, i.url+path, bytes.NewReader(sent))
	if err != nil {
		i.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		i.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if out != nil {
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
			i.t.Fatal(err)
		}
	}
	return resp.StatusCode
}

// userinfo is what a partner gets with its access token.
func (i *installation) userinfo(token string) (status int, claims map[string]any) {
	i.t.Helper()
	return i.restAs(token, http.MethodGet, "/oauth2/userinfo", nil, &claims), claims
}

// A person who limits access by REST is obeyed by partners within a second; one who withdraws, at once.
func TestPartnersObeyTheirPeople(t *testing.T) {
	i := start(t)
	s := i.citizen(31)
	for _, step := range journey.Steps()[:5] {
		if err := step.Do(s, t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var session struct{ Token string }
	i.restAs("", http.MethodPost, "/v1/sessions", map[string]string{"login": s.Phone, "password": journey.Password}, &session)
	p := journey.Partner{URL: i.url, HTTP: http.DefaultClient, Scopes: []string{"profile", "phone", "offline_access"}}
	b := i.browser()
	got, err := p.Login(t.Context(), b, s.Phone)
	if err != nil {
		t.Fatal(err)
	}
	if status := i.restAs(session.Token, http.MethodPatch, "/v1/me/settings", map[string]string{"thirdPartyAccess": "REQUIRED_ONLY"}, nil); status != http.StatusOK {
		t.Fatalf("limit: %d", status)
	}
	limited := time.Now()
	testkit.Eventually(t, "offline access ends", func() bool {
		status, _ := i.userinfo(got.Token.AccessToken)
		return status == http.StatusUnauthorized
	})
	if took := time.Since(limited); took > 5*time.Second { // a second where nothing else runs
		t.Errorf("it took %s", took)
	}
	again, err := p.Login(t.Context(), b, "must not be asked")
	if err != nil {
		t.Fatal(err)
	}
	if status, claims := i.userinfo(again.Token.AccessToken); status != http.StatusOK || claims["phone_number"] != s.Phone {
		t.Fatalf("%d %v", status, claims)
	}
	var list struct {
		Consents []struct {
			Site           struct{ ClientID string }
			OfflineAccess  bool
			ReleaseCount   int
			Claims, Scopes []any
		}
	}
	if status := i.restAs(session.Token, http.MethodGet, "/v1/me/consents", nil, &list); status != http.StatusOK ||
		len(list.Consents) != 1 || list.Consents[0].OfflineAccess || list.Consents[0].ReleaseCount < 2 {
		t.Fatalf("%d %+v", status, list)
	}
	if status := i.restAs(session.Token, http.MethodDelete, "/v1/me/consents/"+journey.PartnerID, nil, nil); status != http.StatusNoContent {
		t.Fatalf("withdraw: %d", status)
	}
	if status, _ := i.userinfo(again.Token.AccessToken); status != http.StatusUnauthorized {
		t.Errorf("userinfo after the withdrawal: %d", status)
	}
	if _, err := p.Refresh(t.Context(), again.Token); err == nil {
		t.Error("a refresh after the withdrawal succeeds")
	}
}
