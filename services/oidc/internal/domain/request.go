package domain

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
)

// Request is a partner's request at the authorization endpoint.
type Request struct {
	ClientID, RedirectURI, State, Nonce, Challenge string

	Scopes []string
	// Silent, Login, Consent and SelectAccount are the values of prompt.
	Silent, Login, Consent, SelectAccount bool
	// MaxAge is how long ago the sign-in may be; nil: any time.
	MaxAge *time.Duration
	// Level is the lowest that is required: by the client's policy, or by acr_values or `claims` where they are essential; zero: any.
	Level     accountv1.Level
	LoginHint string
	// Language is the first of ui_locales that the pages have.
	Language string
	// Mode is the response_mode; empty: query.
	Mode string
	// Resources are what access tokens are to be for (RFC 8707).
	Resources []string
	// IDClaims are the claims that the ID token is to have, besides those that the client always gets there. Withheld are those that
	// the scopes would give and that nobody asked for: `claims` names single ones.
	IDClaims, Withheld []string
	// IDTokenHint is as it came; HintSubject the `sub` it names, once checked.
	IDTokenHint, HintSubject string
}

// maxEchoed bounds what is kept only to be given back: state and nonce.
const maxEchoed = 2 << 10

// maxLoginHint is longer than any address; longer hints are ignored.
const maxLoginHint = 320

// ParseRequest reads the parameters; client and redirect_uri have been checked before. Even when it refuses, the
// returned request has the address and state for the error.
func ParseRequest(c Client, p url.Values) (Request, *OAuthError) {
	r := Request{ClientID: c.ID, RedirectURI: p.Get("redirect_uri")}
	if states := p["state"]; len(states) == 1 && utf8.ValidString(states[0]) {
		r.State = states[0]
	}
	r.Mode = p.Get("response_mode")
	if _, ok := Repeated(p); ok {
		return r, refuse(InvalidRequest, "a parameter is repeated")
	}
	if !validText(p) {
		return r, refuse(InvalidRequest, "a parameter is not UTF-8")
	}
	for _, name := range []string{"state", "nonce"} {
		if !Echoable(p.Get(name)) {
			return r, refuse(InvalidRequest, name+" is longer than 2048 bytes or has control characters")
		}
	}
	r.Nonce, r.Challenge = p.Get("nonce"), p.Get("code_challenge")
	r.IDTokenHint = p.Get("id_token_hint")
	r.Language = Language(p.Get("ui_locales"))
	if hint := p.Get("login_hint"); len(hint) <= maxLoginHint {
		r.LoginHint = hint
	}
	for _, read := range []func(*Request, Client, url.Values) *OAuthError{
		readKind, readChallenge, readScopes, readResources, readClaims, readPrompt, readMaxAge, readLevel, readPolicy,
	} {
		if err := read(&r, c, p); err != nil {
			return r, err
		}
	}
	return r, nil
}

// Repeated returns a parameter that is given more than once (RFC 6749 §3.1); `resource` may be (RFC 8707 §2).
func Repeated(p url.Values) (string, bool) {
	for name, values := range p {
		if len(values) > 1 && name != "resource" {
			return name, true
		}
	}
	return "", false
}

// Echoable says whether a text can be kept to be given back as it came (RFC 6749 appendix A.5).
func Echoable(s string) bool {
	return len(s) <= maxEchoed && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func validText(p url.Values) bool {
	for _, values := range p {
		if slices.ContainsFunc(values, func(v string) bool { return !utf8.ValidString(v) }) {
			return false
		}
	}
	return true
}

func readKind(r *Request, c Client, p url.Values) *OAuthError {
	switch {
	case !c.MayUse(GrantCode):
		return refuse(UnauthorizedClient, "the client's grant_types have no authorization_code")
	case p.Get("request") != "":
		return refuse("request_not_supported", "request objects are not supported")
	case p.Get("request_uri") != "":
		return refuse("request_uri_not_supported", "request_uri is not supported")
	case p.Get("response_type") == "":
		return refuse(InvalidRequest, "response_type is missing")
	case p.Get("response_type") != "code":
		return refuse("unsupported_response_type", "only response_type code is supported")
	case r.Mode != "" && !slices.Contains(ResponseModes(), r.Mode):
		r.Mode = ""
		return refuse(InvalidRequest, "response_mode is one of "+strings.Join(ResponseModes(), ", "))
	}
	return nil
}

func readChallenge(r *Request, c Client, p url.Values) *OAuthError {
	method := p.Get("code_challenge_method")
	if r.Challenge == "" && method == "" {
		return c.withoutChallenge(r.Nonce)
	}
	return checkChallenge(r.Challenge, method)
}

func readScopes(r *Request, c Client, p url.Values) *OAuthError {
	r.Scopes = parseScopes(p.Get("scope"))
	switch {
	case !slices.Contains(r.Scopes, OpenID):
		return refuse(InvalidScope, "scope must have openid")
	case !subset(r.Scopes, c.Scopes):
		return refuse(InvalidScope, "the client may not ask for one of the scopes")
	}
	return nil
}

func readPrompt(r *Request, _ Client, p url.Values) *OAuthError {
	prompts := strings.Fields(p.Get("prompt"))
	for _, prompt := range prompts {
		switch prompt {
		case "none":
			r.Silent = true
		case "login":
			r.Login = true
		case "consent":
			r.Consent = true
		case "select_account":
			r.SelectAccount = true
		default:
			return refuse(InvalidRequest, "only prompt none, login, consent and select_account are supported")
		}
	}
	if r.Silent && len(prompts) > 1 {
		return refuse(InvalidRequest, "prompt none stands alone")
	}
	return nil
}

// maxMaxAge keeps the arithmetic from overflowing: no session lives that long.
const maxMaxAge = 100 * 365 * 24 * 60 * 60

func readMaxAge(r *Request, _ Client, p url.Values) *OAuthError {
	s := p.Get("max_age")
	if s == "" {
		return nil
	}
	seconds, err := strconv.ParseInt(s, 10, 64)
	if err != nil || seconds < 0 {
		return refuse(InvalidRequest, "max_age is not a number of seconds")
	}
	age := time.Duration(min(seconds, maxMaxAge)) * time.Second
	r.MaxAge = &age
	return nil
}

// Levels are the levels, lowest first.
func Levels() []accountv1.Level {
	return []accountv1.Level{accountv1.Level_SIMPLIFIED, accountv1.Level_STANDARD, accountv1.Level_CONFIRMED}
}

// ACR is a level as a value of `acr`.
func ACR(l accountv1.Level) string { return strings.ToLower(l.String()) }

func levelOf(acr string) (accountv1.Level, bool) {
	for _, l := range Levels() {
		if ACR(l) == acr {
			return l, true
		}
	}
	return 0, false
}

// Languages are those that the pages have.
func Languages() []string { return []string{"ru", "en"} }

// Language is the first of the tags, in order of preference, that the pages have; else empty.
func Language(tags string) string {
	for _, tag := range strings.Fields(tags) {
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if slices.Contains(Languages(), primary) {
			return primary
		}
	}
	return ""
}
