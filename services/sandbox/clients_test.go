package sandbox_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

const theSecret = "the-secret-that-is-shown-once-0123456789"

// CreateClient plays oidc's: a client without a name is refused.
func (c *clients) CreateClient(_ context.Context, r *oidcv1.CreateClientRequest) (*oidcv1.CreateClientResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := r.GetClient()
	var wrong errs.Fields
	if made.GetNames()["ru"] == "" {
		wrong.Add("names.ru", errorsv1.Reason_FIELD_REQUIRED)
		wrong.Add("names.en", errorsv1.Reason_FIELD_REQUIRED)
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	made.ClientId, made.Owner = "app-1", "sandbox"
	c.made = made
	out := &oidcv1.CreateClientResponse{Client: made}
	if made.GetType() == oidcv1.Client_CONFIDENTIAL && made.GetAuthMethod() == "" {
		out.ClientSecret = theSecret
	}
	return out, nil
}

func (c *clients) GetClient(_ context.Context, r *oidcv1.GetClientRequest) (*oidcv1.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil || c.made.GetClientId() != r.GetClientId() {
		return nil, errs.New(errorsv1.Reason_CLIENT_UNKNOWN, "none")
	}
	return c.made, nil
}

func (c *clients) ListClients(context.Context, *oidcv1.ListClientsRequest) (*oidcv1.ListClientsResponse, error) {
	return &oidcv1.ListClientsResponse{}, nil
}

func (c *clients) DeleteClient(context.Context, *oidcv1.DeleteClientRequest) (*emptypb.Empty, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = nil
	return &emptypb.Empty{}, nil
}

func (c *clients) GetMisbehaviour(context.Context, *oidcv1.GetMisbehaviourRequest) (*oidcv1.Misbehaviour, error) {
	return &oidcv1.Misbehaviour{Kinds: c.kinds}, nil
}

func (c *clients) SetMisbehaviour(_ context.Context, r *oidcv1.SetMisbehaviourRequest) (*oidcv1.Misbehaviour, error) {
	c.kinds = r.GetKinds()
	return &oidcv1.Misbehaviour{Kinds: c.kinds}, nil
}

func (*clients) ListMisbehaviourKinds(context.Context, *oidcv1.ListMisbehaviourKindsRequest) (*oidcv1.ListMisbehaviourKindsResponse, error) {
	return &oidcv1.ListMisbehaviourKindsResponse{Kinds: []*oidcv1.MisbehaviourKind{{Kind: "WRONG_ISS", Does: map[string]string{"en": "Another issuer."}}}}, nil
}

func (*clients) ListClientRequests(context.Context, *oidcv1.ListClientRequestsRequest) (*oidcv1.ListClientRequestsResponse, error) {
	return &oidcv1.ListClientRequestsResponse{}, nil
}

// makeByForm makes a client by the page, and gives the answer and the cookie that came with it.
func (w *world) makeByForm(kind string) (answer, string) {
	w.t.Helper()
	form := url.Values{"kind": {kind}, "name": {"Проба"}, "redirect_uris": {"http://127.0.0.1:3000/cb\r\n http://127.0.0.1:3000/cb2"}}
	a := w.do("POST", "/phone/clients", form.Encode(), "Content-Type", formType)
	cookie, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	return a, cookie
}

// A secret is shown on the page that follows, to the browser that made the client, once.
func TestAClientIsMadeByThePage(t *testing.T) {
	w := start(t, nil)
	a, cookie := w.makeByForm("server")
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/phone/clients/app-1" || strings.Contains(cookie, theSecret) {
		t.Fatalf("%d to %s with %s", a.status, a.header.Get("Location"), cookie)
	}
	if got := w.clients.made.GetRedirectUris(); len(got) != 2 || got[1] != "http://127.0.0.1:3000/cb2" {
		t.Errorf("addresses %v", got)
	}
	page := w.do("GET", "/phone/clients/app-1", "", "Cookie", cookie+"; lang=en")
	if page.status != http.StatusOK || !strings.Contains(page.body, theSecret) || !strings.Contains(page.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%d without the secret, or it stays: %v", page.status, page.header)
	}
	for _, others := range []string{"", "propusk_new_client=forged"} {
		if page := w.do("GET", "/phone/clients/app-1", "", "Cookie", others); page.status != http.StatusOK || strings.Contains(page.body, theSecret) {
			t.Errorf("with %q: %d", others, page.status)
		}
	}
	w.Clock.Advance(10 * time.Minute)
	if page := w.do("GET", "/phone/clients/app-1", "", "Cookie", cookie); strings.Contains(page.body, theSecret) {
		t.Error("the secret is shown later")
	}
	if strings.Contains(w.Logs(), theSecret) {
		t.Error("the log has the secret")
	}
}

// The private key leaves once, and only its public part is registered.
func TestAClientWithAKey(t *testing.T) {
	w := start(t, nil)
	_, cookie := w.makeByForm("key")
	if made := w.clients.made; made.GetAuthMethod() != "private_key_jwt" || !strings.Contains(made.GetJwks(), `"crv"`) || strings.Contains(made.GetJwks(), `"d"`) {
		t.Fatalf("registered %v", made)
	}
	if a := w.do("GET", "/phone/clients/app-1/key.json", ""); a.status != http.StatusNotFound {
		t.Errorf("another browser gets the key: %d", a.status)
	}
	page := w.do("GET", "/phone/clients/app-1", "", "Cookie", cookie)
	key := w.do("GET", "/phone/clients/app-1/key.json", "", "Cookie", cookie)
	if !strings.Contains(page.body, "/phone/clients/app-1/key.json") || key.status != http.StatusOK || !strings.Contains(key.body, `"d"`) ||
		!strings.Contains(key.header.Get("Content-Disposition"), "attachment") || !strings.Contains(key.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%d %v", key.status, key.header)
	}
}

func TestTheKindsOfClients(t *testing.T) {
	w := start(t, nil)
	w.makeByForm("app")
	if c := w.clients.made; c.GetType() != oidcv1.Client_PUBLIC || c.GetLocalhostRedirects() {
		t.Errorf("app: %v", c)
	}
	w.makeByForm("page")
	if c := w.clients.made; c.GetType() != oidcv1.Client_PUBLIC || !c.GetLocalhostRedirects() {
		t.Errorf("page: %v", c)
	}
}

// What is wrong is told in words on the page, which keeps what was entered; another site's form makes nothing.
func TestAClientThatIsWrong(t *testing.T) {
	w := start(t, nil)
	a := w.do("POST", "/phone/clients", "kind=app&redirect_uris=%3Cb%3E", "Content-Type", formType, "Cookie", "lang=en")
	if a.status != http.StatusBadRequest || strings.Count(a.body, "<li>name. ") != 1 || !strings.Contains(a.body, "&lt;b&gt;</textarea>") || w.clients.made != nil {
		t.Errorf("%d %s", a.status, a.body)
	}
	a = w.do("POST", "/phone/clients", "kind=app&name=x", "Content-Type", formType, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	if a.status != http.StatusForbidden || w.clients.made != nil {
		t.Errorf("another site's form: %d", a.status)
	}
}

func TestAClientsPageChangesIt(t *testing.T) {
	w := start(t, nil)
	w.makeByForm("app")
	a := w.do("POST", "/phone/clients/app-1", "do=misbehave&kind=WRONG_ISS", "Content-Type", formType)
	if a.status != http.StatusSeeOther || len(w.clients.kinds) != 1 {
		t.Errorf("misbehave: %d %v", a.status, w.clients.kinds)
	}
	if page := w.do("GET", "/phone/clients/app-1", "", "Cookie", "lang=en"); !strings.Contains(page.body, `value="WRONG_ISS" checked`) {
		t.Error("the page does not show what is on")
	}
	if a := w.do("POST", "/phone/clients/app-1", "do=nothing", "Content-Type", formType); a.status != http.StatusNotFound {
		t.Errorf("an unknown button: %d", a.status)
	}
	if a := w.do("POST", "/phone/clients/app-1", "do=delete", "Content-Type", formType); a.header.Get("Location") != "/phone/clients" || w.clients.made != nil {
		t.Errorf("delete: %d", a.status)
	}
	if page := w.do("GET", "/phone/clients/app-1", ""); page.status != http.StatusNotFound {
		t.Errorf("a client that is gone: %d", page.status)
	}
}
