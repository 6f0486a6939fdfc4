package allinone

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/testkit"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc"
)

const clientsFile = `
clients:
  - clientId: tax-service
    names: {ru: Налоговая служба, en: Tax service}
    authMethod: private_key_jwt
    redirectUris: [https://tax.example.ru/cb]
    scopes: [openid, snils]
    purposes: {snils.ru: для расчёта налога, snils.en: to work out the tax}
    legalBases: {snils.ru: НК РФ, snils.en: Tax Code}
    policy: {lowestLevel: CONFIRMED, confirmationMethods: [desk], secondFactor: true}
    requestsPerMinute: 600
    contact: it@tax.example.ru
    jwks:
      keys:
        - {kty: EC, crv: P-256, kid: a, alg: ES256, x: f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU, y: x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0}
  - clientId: bank
    names: {ru: Банк, en: Bank}
    redirectUris: [https://bank.example.ru/cb]
    scopes: [openid]
`

// operatorOf works on an installation as the commands do.
func operatorOf(t *testing.T) (*testkit.Env, oidc.Operator) {
	t.Helper()
	e := testkit.Start(t, testkit.Options{Services: Services(), Vars: map[string]string{"PROPUSK_ENV": "sandbox"}})
	pool, err := pg.Open(t.Context(), pg.Options{
		URL: e.Pool().Config().ConnString(), Installation: strings.TrimSuffix(e.Role("oidc"), "_oidc"), Service: "oidc", SetRole: true, MaxConns: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return e, oidc.NewOperator(pool, e.Clock.Now)
}

func apply(t *testing.T, o oidc.Operator, file string, yes bool) (string, error) {
	t.Helper()
	clients, err := readClients([]byte(file))
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = applyClients(t.Context(), o, &out, clients, yes)
	return out.String(), err
}

func mustApply(t *testing.T, o oidc.Operator, file string, yes bool, want ...string) {
	t.Helper()
	out, err := apply(t, o, file, yes)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range want {
		if !strings.Contains(out, text) {
			t.Errorf("it does not say %q: %s", text, out)
		}
	}
}

// What would change is shown first; it changes with --yes, once; an export is applied without a change and has no secret in it.
func TestClientsAreAppliedAndExported(t *testing.T) {
	e, o := operatorOf(t)
	mustApply(t, o, clientsFile, false, "+ tax-service is new", "+ bank is new", `+ redirectUris: ["https://bank.example.ru/cb"]`, "give --yes")
	if all, err := allClients(t.Context(), o, "operator"); err != nil || named(all, "bank") {
		t.Errorf("showing has changed something: %v", err)
	}
	mustApply(t, o, clientsFile, true, "tax-service is changed", "bank has no secret yet: propusk client secret add bank")
	mustApply(t, o, clientsFile, true, "so already")
	added, err := o.AddClientSecret(t.Context(), &oidcv1.AddClientSecretRequest{ClientId: "bank"})
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(clientsFile, "https://bank.example.ru/cb", "https://bank.example.ru/callback", 1)
	mustApply(t, o, changed, false, "~ bank changes", `- redirectUris: ["https://bank.example.ru/cb"]`, `+ redirectUris: ["https://bank.example.ru/callback"]`, "1 of 2 would change")
	text, err := exported(t.Context(), o, []string{"tax-service", "bank"})
	if err != nil {
		t.Fatal(err)
	}
	var shape any
	if strings.Contains(string(text), added.GetClientSecret()) || strings.Contains(string(text), "ecret") && strings.Contains(string(text), "hash") || yaml.Unmarshal(text, &shape) != nil {
		t.Errorf("exported %s", text)
	}
	mustApply(t, o, string(text), true, "so already")
	if c, err := o.GetClient(t.Context(), &oidcv1.GetClientRequest{ClientId: "bank"}); err != nil || len(c.GetSecrets()) != 1 {
		t.Errorf("applying cost the secret: %v, %v", c, err)
	}
	var told int
	err = e.Pool().QueryRow(t.Context(), `SELECT count(*)::int FROM oidc.outbox
		WHERE replace(lower(subject), '_', '') LIKE '%clientchanged' AND headers::text ~ '"(bank|tax-service)"'`).Scan(&told)
	if err != nil || told != 3 {
		t.Errorf("%d changes are on record, want 3: %v", told, err)
	}
}

func named(all []*oidcv1.Client, id string) bool {
	for _, c := range all {
		if c.GetClientId() == id {
			return true
		}
	}
	return false
}

// One client that is wrong keeps all from being changed, and the file is told where.
func TestAFileThatIsWrongChangesNothing(t *testing.T) {
	_, o := operatorOf(t)
	for name, c := range map[string]struct{ from, to, want string }{
		"an address":     {"https://bank.example.ru/cb", "http://*.example.ru/cb", "/redirectUris/0: FIELD_MALFORMED"},
		"a member":       {"requestsPerMinute", "requestPerMinute", "/requestPerMinute: FIELD_UNKNOWN"},
		"a secret in it": {"contact: it@tax.example.ru", "secrets: [x]", "/secrets: FIELD_NOT_EDITABLE"},
		"a private key":  {"{kty: EC,", "{kty: EC, d: AAAA,", "/jwks: FIELD_MALFORMED"},
		"twice the same": {"clientId: bank", "clientId: tax-service", "/clientId: FIELD_REPEATED"},
		"no id":          {"clientId: bank", "contact: x", "/clientId: FIELD_REQUIRED"},
		"another file":   {"clients:", "customers:", "customers"},
		"an enum":        {"CONFIRMED", "VERY_HIGH", "/policy/lowestLevel: FIELD_UNKNOWN_VALUE"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := apply(t, o, strings.Replace(clientsFile, c.from, c.to, 1), true)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("told %v, want %q", err, c.want)
			}
		})
	}
	if all, err := allClients(t.Context(), o, ""); err != nil || named(all, "bank") || named(all, "tax-service") {
		t.Errorf("something was changed: %v", err)
	}
}

// The commands work as a person gives them, beside an installation that runs.
func TestTheClientCommands(t *testing.T) {
	vars := testVars(t)
	running := start(t, vars)
	running.page(t)
	file := filepath.Join(t.TempDir(), "clients.yaml")
	if err := os.WriteFile(file, []byte(clientsFile), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"client", "apply", "-f", file},
		{"client", "apply", "-f", file, "--yes"},
		{"client", "list"},
		{"client", "show", "bank"},
		{"client", "secret", "add", "bank", "--expires", "24h", "--others-expire", "1h"},
		{"client", "export"},
		{"client", "requests", "bank"},
		{"client", "delete", "bank", "--yes"},
	} {
		if err := command(t, vars, args...); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
	if err := command(t, vars, "client", "delete", "tax-service"); err == nil || !strings.Contains(err.Error(), "--yes") {
		t.Errorf("deleted without being told so: %v", err)
	}
	if err := command(t, vars, "client", "show", "bank"); err == nil {
		t.Error("the client is still there")
	}
	developersClient(t, vars["PUBLIC_URL"])
	running.stop(t)
}

// developersClient walks through what a developer does by REST with a client of a sandbox.
func developersClient(t *testing.T, url string) {
	t.Helper()
	call := func(method, path, body string, status int) map[string]any {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]any{}
		if len(text) > 0 && strings.Contains(answer.Header.Get("Content-Type"), "json") {
			if err := json.Unmarshal(text, &out); err != nil {
				t.Fatalf("%s %s: %s", method, path, text)
			}
		}
		if answer.StatusCode != status {
			t.Errorf("%s %s: %d %s, want %d", method, path, answer.StatusCode, text, status)
		}
		return out
	}
	made := call("POST", "/sandbox/v1/clients", `{"name": "Проба", "redirectUris": ["http://127.0.0.1:3000/cb"], "idTokenClaims": true}`, 201)
	id, _ := made["clientId"].(string)
	secret, _ := made["clientSecret"].(string)
	if len(secret) < 40 || made["authMethod"] != "client_secret_post" || made["pkce"] != "OPTIONAL" || made["idTokenAlg"] != "RS256" ||
		made["idTokenClaims"] != true || made["type"] != "CONFIDENTIAL" {
		t.Errorf("made %v", made)
	}
	path := "/sandbox/v1/clients/" + id
	if got := call("GET", path, "", 200); got["clientSecret"] != nil || got["name"] != "Проба" {
		t.Errorf("shown %v", got)
	}
	wrong := call("POST", "/sandbox/v1/clients", `{"redirectUris": ["cb", "http://127.0.0.1/x#"], "type": "PUBLIC", "pkce": "OFF"}`, 400)
	list, err := json.Marshal(wrong["errors"])
	if err != nil {
		t.Fatal(err)
	}
	for _, pointer := range []string{"/name", "/redirectUris/0", "/redirectUris/1", "/pkce"} {
		if strings.Count(string(list), `"pointer":"`+pointer+`"`) != 1 {
			t.Errorf("%s is not told once: %s", pointer, list)
		}
	}
	if got := call("PATCH", path, `{"name": "Другое", "pkce": "OFF"}`, 200); got["name"] != "Другое" || got["pkce"] != "OFF" || got["idTokenClaims"] != true {
		t.Errorf("patched %v", got)
	}
	call("GET", "/oauth2/authorize?client_id="+id+"&redirect_uri=http://127.0.0.1:3000/other&response_type=code&scope=openid", "", 400)
	var logged []byte
	testkit.Eventually(t, "the refusal is logged", func() bool {
		logged, _ = json.Marshal(call("GET", path+"/requests", "", 200)["requests"])
		return strings.Contains(string(logged), "advice")
	})
	if !strings.Contains(string(logged), `"redirect_uri_mismatch"`) || !strings.Contains(string(logged), "http://127.0.0.1:3000/cb") {
		t.Errorf("logged %s", logged)
	}
	if got := call("PUT", path+"/misbehaviour", `{"kinds": ["WRONG_ISS"], "duration": "60s"}`, 200); got["expireTime"] == nil {
		t.Errorf("misbehaves %v", got)
	}
	call("PUT", path+"/misbehaviour", `{"kinds": ["ON_FIRE"]}`, 400)
	// What the operator has registered is nobody's here, and there.
	for _, foreign := range []string{"tax-service", "demo", "sandbox-app", "nobody"} {
		call("GET", "/sandbox/v1/clients/"+foreign, "", 404)
		call("PATCH", "/sandbox/v1/clients/"+foreign, `{"name": "x"}`, 404)
		call("DELETE", "/sandbox/v1/clients/"+foreign, "", 404)
		call("GET", "/sandbox/v1/clients/"+foreign+"/requests", "", 404)
		call("PUT", "/sandbox/v1/clients/"+foreign+"/misbehaviour", `{"kinds": ["WRONG_ISS"]}`, 404)
	}
	all, err := json.Marshal(call("GET", "/sandbox/v1/clients", "", 200))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(all), id) || strings.Contains(string(all), "tax-service") || strings.Contains(string(all), secret) {
		t.Errorf("listed %s", all)
	}
	call("DELETE", path, "", 204)
	call("GET", path, "", 404)
}
