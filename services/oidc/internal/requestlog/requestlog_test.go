package requestlog

import (
	"encoding/base64"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/internal/i18n/i18ntest"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// What is secret or about a person is not shown, wherever in a request it stands.
func TestNothingSecretIsShown(t *testing.T) {
	const canary = "canary7Q2ivan@example.ru"
	segment := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	values := url.Values{canary: {canary}, "scope": {"openid " + canary}, "prompt": {canary}, "ui_locales": {"ru " + canary}}
	for _, name := range []string{
		"state", "nonce", "code", "code_verifier", "code_challenge", "client_secret", "client_id", "refresh_token", "access_token",
		"token", "id_token_hint", "login_hint", "username", "password", "unknown", "ticket", "request",
	} {
		values.Set(name, canary)
	}
	for name := range redactions().rules {
		values.Add(name, canary)
	}
	values.Add("redirect_uri", "https://agency.example.ru/"+canary+"/79001234567/cb?phone="+canary+"#"+canary)
	values.Add("redirect_uri", "https://"+canary+"/cb")
	values.Add("redirect_uri", "https://ivan:"+canary+"@agency.example.ru/cb")
	values.Add("claims", `{"userinfo":{"email":{"value":"`+canary+`"}},"id_token":{"acr":{"values":["`+canary+`"]}}}`)
	values.Add("claims", `{"`+canary+`":{"email":null}}`)
	values.Add("client_assertion", segment(`{"alg":"ES256","kid":"`+canary+`"}`)+"."+
		segment(`{"aud":"https://id.example.ru/`+canary+`","jti":"`+canary+`","sub":"`+canary+`"}`)+"."+canary)
	all := redact(values)
	if len(all) != maxParams {
		t.Errorf("%d parameters of many were kept, want %d", len(all), maxParams)
	}
	for name, list := range values {
		for _, value := range list {
			p := redacted(name, value)
			if text := p.Name + p.Value; strings.Contains(text, "canary7Q2") || strings.Contains(text, "ivan@") || strings.Contains(text, "79001234567") {
				t.Errorf("%s shows %s", name, text)
			}
			if p.Value == "" && p.Hidden == 0 {
				t.Errorf("%s: nobody sees that it has a value", name)
			}
		}
	}
}

func TestWhatIsOfUseIsShown(t *testing.T) {
	segment := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct{ name, value, want string }{
		{"scope", "openid  profile id_doc", "openid profile id_doc"},
		{"response_type", "id_token token", "id_token token"},
		{"code_challenge_method", "S256", "S256"},
		{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:token-exchange"},
		{"max_age", "300", "300"},
		{"ui_locales", "en-GB ru", "en-GB ru"},
		{"redirect_uri", "http://127.0.0.1:3000/oauth2/callback?x=1", "http://127.0.0.1:3000/oauth2/callback?…"},
		{"redirect_uri", "ru.agency.app:/callback", "ru.agency.app:/callback"},
		{"redirect_uri", "https://agency.example.ru/users/4510123456/cb", "https://agency.example.ru/users/…/cb"},
		{"claims", `{"userinfo":{"email":{"essential":true},"name":null}}`, "userinfo.email userinfo.name"},
		{"client_assertion", segment(`{"alg":"HS256"}`) + "." + segment(`{"aud":"https://id.example.ru/oauth2/token"}`) + ".sig", "alg=HS256 aud=https://id.example.ru/oauth2/token"},
	} {
		if got := redacted(c.name, c.value); got.Value != c.want {
			t.Errorf("%s=%s shows %q, want %q", c.name, c.value, got.Value, c.want)
		}
	}
	if got := redacted("state", "абв"); got != (domain.LoggedParam{Name: "state", Hidden: 3}) {
		t.Errorf("state is kept as %v", got)
	}
}

// Whatever the service refuses a client with is explained: each description in its source finds advice of its own.
func TestEveryRefusalHasAdvice(t *testing.T) {
	seen := 0
	for _, r := range refusalsOfTheSource(t) {
		seen++
		code := CodeOf(r.code, r.description)
		if code == codeOther || slices.Contains([]string{"invalid_request", "invalid_scope"}, code) {
			t.Errorf("%s: nothing explains %s: %s", r.at, r.code, r.description)
		}
	}
	if seen < 20 {
		t.Errorf("only %d refusals were found", seen)
	}
}

type refusal struct{ at, code, description string }

// refusalsOfTheSource are the refusals that the service's Go files make: calls of refuse and invalidRequest, and literals of
// OAuthError. What a description only begins with counts as its whole.
func refusalsOfTheSource(t *testing.T) []refusal {
	t.Helper()
	codes := protocolCodes(t)
	var out []refusal
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if r, ok := refusalOf(n, codes); ok {
				r.at = set.Position(n.Pos()).String()
				out = append(out, r)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func refusalOf(n ast.Node, codes map[string]string) (r refusal, ok bool) {
	switch x := n.(type) {
	case *ast.CallExpr:
		name, _ := x.Fun.(*ast.Ident)
		switch {
		case name == nil:
		case name.Name == "refuse" && len(x.Args) == 2:
			r.code, r.description = codeIn(x.Args[0], codes), textIn(x.Args[1])
		case name.Name == "refused" && len(x.Args) == 1:
			r.code, r.description = "invalid_client", textIn(x.Args[0])
		case name.Name == "invalidRequest" && len(x.Args) == 1:
			r.code, r.description = "invalid_request", textIn(x.Args[0])
		}
	case *ast.CompositeLit:
		if !strings.HasSuffix(nameIn(x.Type), "OAuthError") {
			return r, false
		}
		for _, e := range x.Elts {
			if kv, isPair := e.(*ast.KeyValueExpr); isPair {
				switch nameIn(kv.Key) {
				case "Code":
					r.code = codeIn(kv.Value, codes)
				case "Description":
					r.description = textIn(kv.Value)
				}
			}
		}
	}
	return r, r.code != "" && r.description != ""
}

func nameIn(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}

// textIn is the longest text in an expression.
func textIn(e ast.Expr) (longest string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if text, err := strconv.Unquote(l.Value); err == nil && len(text) > len(longest) {
				longest = text
			}
		}
		return true
	})
	return longest
}

func codeIn(e ast.Expr, codes map[string]string) string {
	if text := textIn(e); text != "" {
		return text
	}
	return codes[nameIn(e)]
}

// protocolCodes are domain's constants of the protocol's codes.
func protocolCodes(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../domain/oauth.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			out[v.Names[0].Name] = textIn(v.Values[0])
		}
		return true
	})
	return out
}

// A finer reason that a step notes is one that there is advice for.
func TestEveryNotedReasonHasAdvice(t *testing.T) {
	noted := regexp.MustCompile(`requestlog\.Because\([^,]+, "([^"]*)"\)`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range noted.FindAllStringSubmatch(string(text), -1) {
			if _, ok := advices()[found[1]]; !ok {
				t.Errorf("%s notes %q, which nothing explains", path, found[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAdviceIsWhole(t *testing.T) {
	code := regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
	settings := regexp.MustCompile(`\{[^}]*\}`)
	known := []string{"{redirect_uris}", "{post_logout_redirect_uris}", "{scopes}", "{pkce}", "{auth_method}", "{grant_types}", "{client_id}"}
	for _, a := range Advices() {
		if !code.MatchString(a.Code) || a.Said != "" && a.Error == "" {
			t.Errorf("%s: odd", a.Code)
		}
		for _, texts := range []map[string]string{a.Reason, a.Expected, a.Fix} {
			if len(texts) != 2 {
				t.Errorf("%s has texts in %d languages", a.Code, len(texts))
			}
			ru, en := settings.FindAllString(texts["ru"], -1), settings.FindAllString(texts["en"], -1)
			if !slices.Equal(ru, en) {
				t.Errorf("%s: %v in Russian, %v in English", a.Code, ru, en)
			}
			for _, s := range ru {
				if !slices.Contains(known, s) {
					t.Errorf("%s: %s is no setting", a.Code, s)
				}
			}
			for lang, text := range texts {
				for _, fault := range i18ntest.GuideOf(lang).Faults(text) {
					t.Errorf("%s in %s: %s: %s", a.Code, lang, fault, text)
				}
			}
		}
	}
	if got := AdviceFor("pkce_missing", map[string]string{"pkce": "REQUIRED"}); !strings.Contains(got.Expected["en"], "pkce: REQUIRED") {
		t.Errorf("expected: %s", got.Expected["en"])
	}
	if got := AdviceFor("of_a_later_version", nil); got.Code != "of_a_later_version" || got.Fix["ru"] == "" {
		t.Errorf("a code that is not known: %+v", got)
	}
}
