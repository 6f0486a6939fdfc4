package requestlog

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

const (
	// maxParams bounds the parameters that are kept of a request.
	maxParams = 30
	// maxRead bounds a value that is looked at, and maxValue one that is shown, in bytes.
	maxRead  = 4096
	maxValue = 300
	// unnamed stands for a name that may be anything.
	unnamed = "…"
)

// rule says what is shown of a value; false: nothing.
type rule func(value string) (string, bool)

// redaction is what is shown of which parameter.
type redaction struct {
	// name is how parameters are named: no code, token or address looks like that.
	name *regexp.Regexp
	// path are the parts of an address's path that say nothing of a person: no "@", no escapes, no long numbers.
	path  *regexp.Regexp
	rules map[string]rule
}

// redactions has the rules for the parameters whose values are shown. Of all others, as state, code, code_verifier,
// client_secret, login_hint and every token, only the length is.
var redactions = sync.OnceValue(func() redaction {
	r := redaction{
		name: regexp.MustCompile(`^[a-z][a-z_]{0,39}$`),
		path: regexp.MustCompile(`^[A-Za-z._~-]{0,40}([0-9]{1,2}[A-Za-z._~-]{0,20})?$`),
	}
	word := words(`^[a-z][a-z_:.-]{0,39}$`)
	// A name also has the capitals and digits of algorithms and of types: "S256".
	name := words(`^[A-Za-z][A-Za-z0-9_:.-]{0,79}$`)
	r.rules = map[string]rule{
		"acr_values": word, "display": word, "prompt": word, "response_type": word, "scope": word, "token_type_hint": word,
		"client_assertion_type": name, "code_challenge_method": name, "grant_type": name, "response_mode": name,
		"max_age": words(`^[0-9]{1,12}$`), "ui_locales": words(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,2}$`),
		"post_logout_redirect_uri": r.address, "redirect_uri": r.address, "resource": r.address,
		"claims": claimNames(word), "client_assertion": r.assertion(name),
	}
	return r
})

// redact is what is kept of parameters, in the order of their names.
func redact(values url.Values) []domain.LoggedParam {
	var out []domain.LoggedParam
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			if len(out) == maxParams {
				return out
			}
			out = append(out, redacted(name, value))
		}
	}
	return out
}

func redacted(name, value string) domain.LoggedParam {
	r := redactions()
	if !r.name.MatchString(name) {
		return domain.LoggedParam{Name: unnamed, Hidden: utf8.RuneCountInString(value)}
	}
	if rule, ok := r.rules[name]; ok && len(value) <= maxRead {
		if text, ok := rule(value); ok && len(text) <= maxValue {
			return domain.LoggedParam{Name: name, Value: text}
		}
	}
	return domain.LoggedParam{Name: name, Hidden: utf8.RuneCountInString(value)}
}

// words shows a value whose words all look alike.
func words(pattern string) rule {
	like := regexp.MustCompile(pattern)
	return func(value string) (string, bool) {
		fields := strings.Fields(value)
		for _, word := range fields {
			if !like.MatchString(word) {
				return "", false
			}
		}
		return strings.Join(fields, " "), true
	}
}

// address shows where an address leads: of its path what says nothing of a person, and not its query.
func (r redaction) address(value string) (string, bool) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || u.User != nil || u.Opaque != "" || strings.Contains(u.Host, "@") {
		return "", false
	}
	parts := strings.Split(u.EscapedPath(), "/")
	for i, part := range parts {
		if !r.path.MatchString(part) {
			parts[i] = "…"
		}
	}
	out := u.Scheme + ":"
	if u.Host != "" {
		out += "//" + u.Host
	}
	out += strings.Join(parts, "/")
	if u.RawQuery != "" {
		out += "?…"
	}
	return out, utf8.ValidString(out) && !strings.ContainsFunc(out, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// claimNames shows which claims are asked for (OpenID Connect Core §5.5), not the values that they are to have.
func claimNames(word rule) rule {
	return func(value string) (string, bool) {
		var asked map[string]map[string]json.RawMessage
		if json.Unmarshal([]byte(value), &asked) != nil {
			return "", false
		}
		var out []string
		for _, where := range slices.Sorted(maps.Keys(asked)) {
			for _, claim := range slices.Sorted(maps.Keys(asked[where])) {
				out = append(out, where+"."+claim)
			}
		}
		return word(strings.Join(out, " "))
	}
}

// assertion shows how a client assertion is signed and for whom it is (RFC 7523 §3), never its signature or id.
func (r redaction) assertion(name rule) rule {
	return func(value string) (string, bool) {
		header, rest, _ := strings.Cut(value, ".")
		payload, _, ok := strings.Cut(rest, ".")
		var h struct{ Alg, Kid string }
		var p struct{ Aud any }
		if !ok || !decoded(header, &h) || !decoded(payload, &p) {
			return "", false
		}
		alg, ok := name(h.Alg)
		if !ok {
			return "", false
		}
		out := "alg=" + alg
		if audience, ok := p.Aud.(string); ok {
			if text, ok := r.address(audience); ok {
				out += " aud=" + text
			}
		}
		return out, true
	}
}

func decoded(part string, into any) bool {
	data, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(data, into) == nil
}
