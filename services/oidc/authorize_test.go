package oidc_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidceventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// wantRefusal is for the person: no redirect, nothing of the partner's.
func wantRefusal(t *testing.T, rec *httptest.ResponseRecorder, status int, reason errorsv1.Reason) {
	t.Helper()
	if rec.Code != status || rec.Header().Get("Location") != "" ||
		rec.Header().Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(rec.Body.String(), `"code":"`+reason.String()+`"`) {
		t.Errorf("%d, location %q, want %d %s:\n%s", rec.Code, rec.Header().Get("Location"), status, reason, rec.Body)
	}
	if policy := rec.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") ||
		rec.Header().Get("Referrer-Policy") != "no-referrer" || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", rec.Header())
	}
}

func TestUnknownClientOrAddressIsNeverRedirected(t *testing.T) {
	w := start(t)
	w.client()
	w.client(public, func(r *registered) { r.RedirectUris = []string{callback + "?a=b"} })
	const unknown, mismatch = errorsv1.Reason_CLIENT_UNKNOWN, errorsv1.Reason_REDIRECT_URI_MISMATCH
	for name, c := range map[string]struct {
		v      url.Values
		reason errorsv1.Reason
	}{
		"unknown client":   {request("nobody"), unknown},
		"no client":        {request("agency", "client_id", ""), unknown},
		"odd client":       {request("agency\x00"), unknown},
		"two clients":      {url.Values{"client_id": {"agency", "agency"}, "redirect_uri": {callback}}, unknown},
		"no address":       {request("agency", "redirect_uri", ""), mismatch},
		"two addresses":    {url.Values{"client_id": {"agency"}, "redirect_uri": {callback, callback}}, mismatch},
		"other address":    {request("agency", "redirect_uri", "https://evil.example.ru/callback"), mismatch},
		"longer path":      {request("agency", "redirect_uri", callback+"/more"), mismatch},
		"slash":            {request("agency", "redirect_uri", callback+"/"), mismatch},
		"query added":      {request("agency", "redirect_uri", callback+"?x=y"), mismatch},
		"query changed":    {request("spa", "redirect_uri", callback+"?a=c"), mismatch},
		"query left out":   {request("spa", "redirect_uri", callback), mismatch},
		"query extended":   {request("spa", "redirect_uri", callback+"?a=b&c=d"), mismatch},
		"fragment":         {request("agency", "redirect_uri", callback+"#x"), mismatch},
		"upper case":       {request("agency", "redirect_uri", strings.ToUpper(callback)), mismatch},
		"upper case host":  {request("agency", "redirect_uri", "https://AGENCY.example.ru/callback"), mismatch},
		"other case":       {request("agency", "redirect_uri", "https://agency.example.ru/Callback"), mismatch},
		"Kelvin sign":      {request("agency", "redirect_uri", strings.Replace(callback, "k", "\u212a", 1)), mismatch},
		"other scheme":     {request("agency", "redirect_uri", "http://agency.example.ru/callback"), mismatch},
		"default port":     {request("agency", "redirect_uri", "https://agency.example.ru:443/callback"), mismatch},
		"user":             {request("agency", "redirect_uri", "https://agency.example.ru@evil.example.ru/callback"), mismatch},
		"dots":             {request("agency", "redirect_uri", "https://agency.example.ru/x/../callback"), mismatch},
		"percent":          {request("agency", "redirect_uri", "https://agency.example.ru/%63allback"), mismatch},
		"suffix":           {request("agency", "redirect_uri", "https://agency.example.ru.evil.ru/callback"), mismatch},
		"backslash":        {request("agency", "redirect_uri", "https://agency.example.ru\\.evil.ru/callback"), mismatch},
		"sandbox's client": {request("sandbox-app", "redirect_uri", "https://127.0.0.1/callback"), mismatch},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, w.browser().get("/oauth2/authorize?"+c.v.Encode()), http.StatusBadRequest, c.reason)
		})
	}
}

func TestRefusalsWishForTheLanguageAsked(t *testing.T) {
	w := start(t)
	for query, want := range map[string]string{"": "", "&ui_locales=en-GB+ru": "en", "&ui_locales=fr+ru": "ru", "&ui_locales=fr": ""} {
		rec := w.browser().get("/oauth2/authorize?client_id=x" + query)
		wantRefusal(t, rec, http.StatusBadRequest, errorsv1.Reason_CLIENT_UNKNOWN)
		if got := rec.Header().Get("Content-Language"); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestRequestsThatCannotBeRead(t *testing.T) {
	w := start(t)
	for _, query := range []string{"client_id=%zz", "x=" + strings.Repeat("x", 70_000)} {
		rec := w.browser().get("/oauth2/authorize?" + query)
		wantRefusal(t, rec, http.StatusBadRequest, errorsv1.Reason_PARTNER_REQUEST_MALFORMED)
	}
}

func TestLoopbackAllowsAnyPortToPublicClients(t *testing.T) {
	w := start(t)
	w.client(func(r *registered) { r.RedirectUris = []string{"http://127.0.0.1/callback"} })
	for address, good := range map[string]bool{
		"http://127.0.0.1/callback": true, "http://127.0.0.1:49152/callback": true, "http://127.0.0.1:1/callback": true,
		"http://127.0.0.1:/callback": false, "http://127.0.0.1:123456/callback": false,
		"http://127.0.0.1:80x/callback": false, "http://127.0.0.1:80/callback/": false,
		"http://127.0.0.1:80/callback?x": false, "http://127.0.0.1:80@evil.ru/callback": false,
		"http://127.0.0.1:80/": false, "https://127.0.0.1:80/callback": false, "http://localhost:80/callback": false,
		"http://127.0.0.1.evil.ru/callback": false, "http://[::1]:80/callback": false,
	} {
		rec := w.browser().get("/oauth2/authorize?" + request("sandbox-app", "redirect_uri", address).Encode())
		if (rec.Code == http.StatusSeeOther) != good {
			t.Errorf("%s: %d", address, rec.Code)
		}
	}
	confidential := request("agency", "redirect_uri", "http://127.0.0.1:80/callback")
	wantRefusal(t, w.browser().get("/oauth2/authorize?"+confidential.Encode()), http.StatusBadRequest, errorsv1.Reason_REDIRECT_URI_MISMATCH)
}

func TestWrongRequestsAreToldToThePartner(t *testing.T) {
	w := start(t)
	w.client(func(r *registered) { r.Scopes = []string{"openid", "profile"} })
	challenge := request("agency").Get("code_challenge")
	for name, c := range map[string]struct {
		v    url.Values
		code string
	}{
		"response_type missing":   {request("agency", "response_type", ""), "invalid_request"},
		"implicit":                {request("agency", "response_type", "id_token"), "unsupported_response_type"},
		"hybrid":                  {request("agency", "response_type", "code id_token"), "unsupported_response_type"},
		"fragment":                {request("agency", "response_mode", "fragment"), "invalid_request"},
		"no PKCE":                 {request("agency", "code_challenge", "", "code_challenge_method", ""), "invalid_request"},
		"PKCE without a method":   {request("agency", "code_challenge_method", ""), "invalid_request"},
		"plain PKCE":              {request("agency", "code_challenge_method", "plain"), "invalid_request"},
		"s256":                    {request("agency", "code_challenge_method", "s256"), "invalid_request"},
		"short challenge":         {request("agency", "code_challenge", challenge[1:]), "invalid_request"},
		"odd challenge":           {request("agency", "code_challenge", "="+challenge[1:]), "invalid_request"},
		"no openid":               {request("agency", "scope", "profile"), "invalid_scope"},
		"no scope":                {request("agency", "scope", ""), "invalid_scope"},
		"scope not allowed":       {request("agency", "scope", "openid snils"), "invalid_scope"},
		"unknown prompt":          {request("agency", "prompt", "create"), "invalid_request"},
		"none and select_account": {request("agency", "prompt", "none select_account"), "invalid_request"},
		"none and login":          {request("agency", "prompt", "none login"), "invalid_request"},
		"max_age not a number":    {request("agency", "max_age", "soon"), "invalid_request"},
		"max_age negative":        {request("agency", "max_age", "-1"), "invalid_request"},
		"request object":          {request("agency", "request", "eyJhbGciOiJub25lIn0.e30."), "request_not_supported"},
		"request_uri":             {request("agency", "request_uri", "https://evil.ru/"), "request_uri_not_supported"},
		"id_token_hint not ours":  {request("agency", "id_token_hint", "eyJhbGciOiJub25lIn0.e30."), "invalid_request"},
		"not UTF-8":               {request("agency", "nonce", "\xff"), "invalid_request"},
		"repeated nonce":          {repeat(request("agency"), "nonce"), "invalid_request"},
		"repeated unknown":        {repeat(request("agency", "foo", "1"), "foo"), "invalid_request"},
		"repeated code_challenge": {repeat(request("agency"), "code_challenge"), "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			a := answer(t, w.browser().get("/oauth2/authorize?"+c.v.Encode()))
			if a.Get("error") != c.code || a.Get("state") != "st" || a.Get("") != callback || a.Get("error_description") == "" {
				t.Errorf("answer %v, want %s", a, c.code)
			}
		})
	}
	twoStates := repeat(request("agency"), "state")
	if a := answer(t, w.browser().get("/oauth2/authorize?"+twoStates.Encode())); a.Has("state") || a.Get("error") != "invalid_request" {
		t.Errorf("two states: %v", a)
	}
}

func repeat(v url.Values, name string) url.Values {
	v.Add(name, v.Get(name))
	return v
}

func TestRequestsThatMustSucceed(t *testing.T) {
	w := start(t)
	w.client(func(r *registered) { r.RedirectUris = append(r.RedirectUris, callback+"?a=b%20c") })
	long := strings.Repeat("ab~Ж ", 341)
	for name, v := range map[string]url.Values{
		"unknown parameter":  request("agency", "foo", "bar"),
		"unknown scope":      request("agency", "scope", "openid something"),
		"unknown acr":        request("agency", "acr_values", "1 2"),
		"claims":             request("agency", "claims", `{"userinfo":{"name":{"essential":true}}}`),
		"long state":         request("agency", "state", long),
		"long nonce":         request("agency", "nonce", long),
		"no nonce":           request("agency", "nonce", ""),
		"query in redirect":  request("agency", "redirect_uri", callback+"?a=b%20c"),
		"response_mode":      request("agency", "response_mode", "query"),
		"max_age enormous":   request("agency", "max_age", "9223372036854775807"),
		"empty request":      request("agency", "display", "page"),
		"huge login_hint":    request("agency", "login_hint", strings.Repeat("x", 1000)),
		"scopes in disorder": request("agency", "scope", "email openid openid profile"),
	} {
		t.Run(name, func(t *testing.T) {
			a := w.redeem(&registered{Client: &oidcv1.Client{ClientId: "agency"}, ClientSecret: theirKey}, w.code(v),
				"redirect_uri", v.Get("redirect_uri"))
			if a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.Error)
			}
			if nonce, _ := claims(t, a.ID)["nonce"].(string); nonce != v.Get("nonce") {
				t.Error("the nonce did not come back")
			}
		})
	}
}

func TestRegisteredQueryStays(t *testing.T) {
	w := start(t)
	w.client(func(r *registered) { r.RedirectUris = []string{callback + "?a=b%20c"} })
	b := w.browser()
	id := w.begin(b, request("agency", "redirect_uri", callback+"?a=b%20c"))
	rec := b.get(w.decide(id, w.session, oidcv1.Decision_DENY))
	if !strings.HasPrefix(rec.Header().Get("Location"), callback+"?a=b%20c&error=access_denied&") {
		t.Errorf("sent to %s", rec.Header().Get("Location"))
	}
}

func TestAuthorizeByPost(t *testing.T) {
	w := start(t)
	w.client()
	rec := w.browser().post("/oauth2/authorize", request("agency"))
	if rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), issuer+"/interactions/") {
		t.Errorf("%d %s", rec.Code, rec.Header().Get("Location"))
	}
	wantRefusal(t, w.browser().post("/oauth2/authorize?"+request("agency").Encode(), nil), http.StatusBadRequest, errorsv1.Reason_CLIENT_UNKNOWN)
	r := httptest.NewRequest(http.MethodPost, "/oauth2/authorize", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	wantRefusal(t, w.browser().do(r), http.StatusBadRequest, errorsv1.Reason_PARTNER_REQUEST_MALFORMED)
	if rec := w.browser().do(httptest.NewRequest(http.MethodPut, "/oauth2/authorize", nil)); rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", rec.Code)
	}
}

func TestInteractionAsThePagesSeeIt(t *testing.T) {
	w := start(t)
	w.client()
	b := w.browser()
	id := w.begin(b, request("agency", "scope", "snils openid", "login_hint", "i@example.ru", "ui_locales", "fr en ru",
		"acr_values", "confirmed standard"))
	i, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{
		InteractionId: id, SessionId: w.session, Browser: w.browsers[id],
	})
	if err != nil {
		t.Fatal(err)
	}
	if i.GetClientId() != "agency" || i.GetClientNames()["ru"] != "Агентство" || i.GetSilent() || i.GetLanguage() != "en" ||
		i.GetLoginHint() != "i@example.ru" || i.GetRequiredLevel() != accountv1.Level_STANDARD ||
		!i.GetExpireTime().AsTime().Equal(w.Clock.Now().Add(10*time.Minute)) {
		t.Errorf("shown %v", i)
	}
	scopes := i.GetScopes()
	if len(scopes) != 2 || scopes[0].GetScope() != "openid" || scopes[1].GetScope() != "snils" || scopes[1].GetGranted() ||
		scopes[1].GetPurpose()["ru"] != "для записи" || scopes[1].GetPurpose()["en"] != "to file it" {
		t.Errorf("scopes %v", scopes)
	}
	cookie := b.cookies["interaction-"+id]
	if cookie == nil || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.MaxAge != 30*24*60*60 {
		t.Errorf("cookie %v", cookie)
	}
}

func TestCookieUnderHTTPS(t *testing.T) {
	w := start(t, "PUBLIC_URL", "https://localhost:8080")
	w.client()
	rec := w.browser().get("/oauth2/authorize?" + request("agency").Encode())
	cookie := rec.Result().Cookies()[0]
	if !strings.HasPrefix(cookie.Name, "__Host-") || !cookie.Secure || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("cookie %v", cookie)
	}
}

func TestNeeds(t *testing.T) {
	w := start(t)
	w.client()
	for name, c := range map[string]struct {
		v    url.Values
		want []oidcv1.Need
	}{
		"consent":          {request("agency"), []oidcv1.Need{oidcv1.Need_CONSENT}},
		"level fits":       {request("agency", "acr_values", "confirmed"), []oidcv1.Need{oidcv1.Need_CONSENT}},
		"login":            {request("agency", "prompt", "login"), []oidcv1.Need{oidcv1.Need_LOGIN}},
		"max_age passed":   {request("agency", "max_age", "59"), []oidcv1.Need{oidcv1.Need_LOGIN}},
		"max_age 1":        {request("agency", "max_age", "1"), []oidcv1.Need{oidcv1.Need_LOGIN}},
		"max_age 0":        {request("agency", "max_age", "0"), []oidcv1.Need{oidcv1.Need_LOGIN}},
		"max_age kept":     {request("agency", "max_age", "60"), []oidcv1.Need{oidcv1.Need_CONSENT}},
		"max_age 10000":    {request("agency", "max_age", "10000"), []oidcv1.Need{oidcv1.Need_CONSENT}},
		"login is enough":  {request("agency", "prompt", "login consent"), []oidcv1.Need{oidcv1.Need_LOGIN}},
		"level and scopes": {request("agency", "acr_values", "standard"), []oidcv1.Need{oidcv1.Need_LEVEL, oidcv1.Need_CONSENT}},
	} {
		t.Run(name, func(t *testing.T) {
			level := accountv1.Level_CONFIRMED
			if slices.Contains(c.want, oidcv1.Need_LEVEL) {
				level = accountv1.Level_SIMPLIFIED
			}
			session := w.signIn(level)
			w.Clock.Advance(time.Minute)
			if got := w.needs(w.begin(w.browser(), c.v), session); !slices.Equal(got, c.want) {
				t.Errorf("needs %v, want %v", got, c.want)
			}
		})
	}
}

func TestNobodyIsSignedIn(t *testing.T) {
	w := start(t)
	w.client()
	rest := w.signIn(accountv1.Level_CONFIRMED)
	w.account.change(rest, func(s *accountv1.Session) { s.Surface = accountv1.Surface_REST })
	old := w.signIn(accountv1.Level_CONFIRMED)
	w.account.change(old, func(s *accountv1.Session) { s.ExpireTime = timestamppb.New(w.Clock.Now()) })
	id := w.begin(w.browser(), request("agency"))
	for name, session := range map[string]string{"none": "", "unknown": "xyz", "REST": rest, "expired": old} {
		if got := w.needs(id, session); !slices.Equal(got, []oidcv1.Need{oidcv1.Need_LOGIN}) {
			t.Errorf("%s session: needs %v", name, got)
		}
		_, err := w.tryDecide(id, session, oidcv1.Decision_ALLOW, "openid")
		wantReason(t, err, errorsv1.Reason_UNAUTHENTICATED)
	}
}

func TestLoginIsMetBySigningInAgain(t *testing.T) {
	w := start(t)
	w.client()
	for _, v := range []url.Values{request("agency", "prompt", "login"), request("agency", "max_age", "0")} {
		w.Clock.Advance(time.Minute)
		b := w.browser()
		id := w.begin(b, v)
		_, err := w.tryDecide(id, w.session, oidcv1.Decision_ALLOW, "openid")
		wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
		w.Clock.Advance(time.Minute)
		w.account.change(w.session, func(s *accountv1.Session) { s.AuthTime = timestamppb.New(w.Clock.Now()) })
		w.Clock.Advance(time.Minute)
		a := w.partner(b, w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid"))
		id2 := claims(t, w.redeem(&registered{Client: &oidcv1.Client{ClientId: "agency"}, ClientSecret: theirKey}, a.Get("code")).ID)
		if at, _ := id2["auth_time"].(float64); int64(at) != w.Clock.Now().Add(-time.Minute).Unix() {
			t.Errorf("auth_time %v", id2["auth_time"])
		}
	}
}

func TestLevelIsJudgedWhenDecided(t *testing.T) {
	w := start(t)
	c := w.client()
	session := w.signIn(accountv1.Level_SIMPLIFIED)
	b := w.browser()
	id := w.begin(b, request("agency", "acr_values", "standard"))
	_, err := w.tryDecide(id, session, oidcv1.Decision_ALLOW, "openid")
	wantReason(t, err, errorsv1.Reason_LEVEL_TOO_LOW)
	w.account.change(session, func(s *accountv1.Session) { s.Level = accountv1.Level_STANDARD })
	a := w.partner(b, w.decide(id, session, oidcv1.Decision_ALLOW, "openid"))
	if acr := claims(t, w.redeem(c, a.Get("code")).ID)["acr"]; acr != "standard" {
		t.Errorf("acr %v", acr)
	}
}

func TestConsentIsRememberedPerScope(t *testing.T) {
	w := start(t)
	c := w.client()
	given := testkit.Watch[oidceventsv1.ConsentGranted](w.Env)
	w.tokens(c, "scope", "openid email")
	if got := w.needs(w.begin(w.browser(), request("agency", "scope", "openid email")), w.session); got[0] != oidcv1.Need_READY {
		t.Errorf("needs %v after consent", got)
	}
	if got := w.needs(w.begin(w.browser(), request("agency", "prompt", "consent")), w.session); got[0] != oidcv1.Need_CONSENT {
		t.Errorf("needs %v by prompt=consent", got)
	}
	id := w.begin(w.browser(), request("agency", "scope", "openid email phone"))
	if got := w.needs(id, w.session); got[0] != oidcv1.Need_CONSENT {
		t.Errorf("needs %v for one more scope", got)
	}
	if e := given.Wait(1)[0]; e.GetAccountId() != w.person || !slices.Equal(e.GetScopes(), []string{"openid", "email"}) {
		t.Errorf("event %v", e)
	}
}

// A public client's person is asked each time; what changes nothing is neither written nor told.
func TestConsentIsWrittenWhenItChanges(t *testing.T) {
	w := start(t)
	c := w.client(public)
	given := testkit.Watch[oidceventsv1.ConsentGranted](w.Env)
	changed := func() (at time.Time, scopes []string) {
		if err := w.Pool().QueryRow(w.ctx, `SELECT changed_at, scopes FROM oidc.consents`).Scan(&at, &scopes); err != nil {
			t.Fatal(err)
		}
		return at, scopes
	}
	w.tokens(c, "scope", "openid email phone")
	first, _ := changed()
	w.Clock.Advance(time.Second)
	w.tokens(c, "scope", "openid email phone")
	w.tokens(c, "scope", "openid phone")
	if again, _ := changed(); !again.Equal(first) {
		t.Errorf("the same consent was written again at %s", again)
	}
	w.decide(w.begin(w.browser(), request("spa", "scope", "openid email")), w.session, oidcv1.Decision_ALLOW, "openid")
	if at, scopes := changed(); at.Equal(first) || slices.Contains(scopes, "email") || !slices.Contains(scopes, "phone") {
		t.Errorf("a withdrawal was not written: %v at %s", scopes, at)
	}
	w.tokens(c, "scope", "openid snils")
	if events := given.Wait(3); len(events) != 3 || !slices.Equal(events[2].GetScopes(), []string{"openid", "snils"}) {
		t.Errorf("events %v", events)
	}
}

// Any program on the person's device can pretend to be a public client (RFC 8252 §8.6): what the person once agreed
// to must not be had without him.
func TestPublicClientsAskEachTime(t *testing.T) {
	w := start(t)
	c := w.client(public)
	w.tokens(c, "scope", "openid email")
	if got := w.needs(w.begin(w.browser(), request("spa", "scope", "openid email")), w.session); got[0] != oidcv1.Need_CONSENT {
		t.Errorf("needs %v after consent", got)
	}
	id := w.begin(w.browser(), request("spa"))
	_, err := w.tryDecide(id, w.session, oidcv1.Decision_ALLOW)
	wantReason(t, err, errorsv1.Reason_CONSENT_MISSING)
	if a := w.partner(w.at(w.session), authorize("spa", "prompt", "none")); a.Get("error") != "consent_required" || a.Has("code") {
		t.Errorf("silently: %v", a)
	}
}

func TestPersonMayAgreeToLess(t *testing.T) {
	w := start(t)
	c := w.client()
	b := w.browser()
	id := w.begin(b, request("agency", "scope", "openid email phone"))
	_, err := w.tryDecide(id, w.session, oidcv1.Decision_ALLOW)
	wantReason(t, err, errorsv1.Reason_CONSENT_MISSING)
	_, err = w.tryDecide(id, w.session, oidcv1.Decision_ALLOW, "openid", "snils")
	wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
	a := w.partner(b, w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid", "phone"))
	if got := w.redeem(c, a.Get("code")).Scope; got != "openid phone" {
		t.Errorf("granted %q", got)
	}
	// What was refused is asked again; what is withdrawn is gone, what was not asked for stays.
	b = w.browser()
	id = w.begin(b, request("agency", "scope", "openid email", "prompt", "consent"))
	w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid", "email")
	id = w.begin(w.browser(), request("agency", "scope", "openid email phone"))
	if got := w.needs(id, w.session); got[0] != oidcv1.Need_READY {
		t.Errorf("needs %v, want the two consents together", got)
	}
	id = w.begin(w.browser(), request("agency", "scope", "openid email", "prompt", "consent"))
	w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")
	id = w.begin(w.browser(), request("agency", "scope", "openid phone"))
	if got := w.needs(id, w.session); got[0] != oidcv1.Need_READY {
		t.Errorf("needs %v, want phone still agreed to", got)
	}
	id = w.begin(w.browser(), request("agency", "scope", "openid email"))
	if got := w.needs(id, w.session); got[0] != oidcv1.Need_CONSENT {
		t.Errorf("needs %v, want email withdrawn", got)
	}
}

// A page that looks often whether somebody is signed in fills no browser with cookies.
func TestSilentChecksLeaveNoCookie(t *testing.T) {
	w := start(t)
	w.tokens(w.client())
	for name, c := range map[string]struct {
		b     *browser
		error string
		scope string
	}{
		"not signed in":         {w.browser(), "login_required", "openid"},
		"signed in":             {w.at(w.session), "", "openid"},
		"signed in, not agreed": {w.at(w.session), "consent_required", "openid email"},
	} {
		for range 76 {
			rec := c.b.get(authorize("agency", "prompt", "none", "scope", c.scope))
			if a := answer(t, rec); a.Get("error") != c.error || a.Has("code") != (c.error == "") {
				t.Fatalf("%s: %v", name, a)
			}
			if set := rec.Header().Values("Set-Cookie"); len(set) != 0 || c.b.interactions() != 0 {
				t.Fatalf("%s: it leaves %v", name, set)
			}
		}
	}
}

func TestSilentRequests(t *testing.T) {
	w := start(t)
	denied, refused := testkit.Watch[oidceventsv1.InteractionDenied](w.Env), testkit.Watch[oidceventsv1.InteractionsRefused](w.Env)
	c := w.client()
	simple := w.signIn(accountv1.Level_SIMPLIFIED)
	silent := func(session string, pairs ...string) url.Values {
		return w.partner(w.at(session), authorize("agency", append(pairs, "prompt", "none")...))
	}
	wantError := func(name string, a url.Values, code string) {
		t.Helper()
		if a.Get("error") != code || a.Has("code") || a.Get("state") != "st" {
			t.Errorf("%s: %v, want %s", name, a, code)
		}
	}
	wantError("nobody", silent(""), "login_required")
	wantError("no consent", silent(w.session), "consent_required")
	w.tokens(c)
	if a := silent(w.session); a.Get("code") == "" {
		t.Errorf("signed in and agreed: %v", a)
	}
	wantError("level", silent(simple, "acr_values", "confirmed"), "unmet_authentication_requirements")
	w.Clock.Advance(time.Minute)
	wantError("too old", silent(w.session, "max_age", "30"), "login_required")
	hint := w.tokens(c).ID
	if a := silent(w.session, "id_token_hint", hint); a.Get("code") == "" {
		t.Errorf("the same person: %v", a)
	}
	w.person = "0190a000-0000-7000-8000-000000000001"
	wantError("another person", silent(w.signIn(accountv1.Level_CONFIRMED), "id_token_hint", hint), "login_required")
	if left := w.Redis.Keys(w.ctx, "oidc:interaction:*").Val(); len(left) > 2 {
		t.Errorf("silent requests left %d interactions; only those of the two sign-ins were to be", len(left))
	}

	// They were nobody's doing: they are told in summaries.
	w.Clock.Advance(time.Minute)
	counted := map[string]int64{}
	testkit.Eventually(t, "the summaries", func() bool {
		clear(counted)
		for _, e := range refused.All() {
			for code, n := range e.GetCounts() {
				counted[code] += n
			}
		}
		return counted["login_required"] == 3
	})
	if counted["consent_required"] != 1 || counted["unmet_authentication_requirements"] != 1 || len(denied.All()) > 0 {
		t.Errorf("counted %v, single events %v", counted, denied.All())
	}
}

func TestRefusals(t *testing.T) {
	w := start(t)
	w.client()
	denied := testkit.Watch[oidceventsv1.InteractionDenied](w.Env)
	for decision, code := range map[oidcv1.Decision]string{
		oidcv1.Decision_DENY: "access_denied", oidcv1.Decision_LOGIN_REQUIRED: "login_required",
		oidcv1.Decision_CONSENT_REQUIRED: "consent_required",
		oidcv1.Decision_LEVEL_UNMET:      "unmet_authentication_requirements",
	} {
		b := w.browser()
		id := w.begin(b, request("agency"))
		a := w.partner(b, w.decide(id, w.session, decision))
		if a.Get("error") != code || a.Has("code") || a.Get("state") != "st" || a.Get("") != callback {
			t.Errorf("%s: %v", decision, a)
		}
	}
	for _, e := range denied.Wait(4) {
		if e.GetAccountId() != w.person || e.GetClientId() != "agency" || e.GetError() == "" {
			t.Errorf("event %v", e)
		}
	}
}

func TestDecidedOnce(t *testing.T) {
	w := start(t)
	w.client()
	b := w.browser()
	id := w.begin(b, request("agency"))
	next := w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")
	if again := w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid"); again != next {
		t.Errorf("a repeated decision leads to %s, not %s", again, next)
	}
	_, err := w.tryDecide(id, w.session, oidcv1.Decision_DENY)
	wantReason(t, err, errorsv1.Reason_INTERACTION_DECIDED)
	_, err = w.tryDecide(id, w.signIn(accountv1.Level_CONFIRMED), oidcv1.Decision_ALLOW, "openid")
	wantReason(t, err, errorsv1.Reason_INTERACTION_DECIDED)
	first, cookie := w.partner(b, next), w.browsers[id]
	b.cookies["interaction-"+id] = &http.Cookie{Name: "interaction-" + id, Value: cookie} // the answer was lost, and its cookie
	if second := w.partner(b, next); first.Get("code") != second.Get("code") {
		t.Error("a browser that asks twice gets two codes")
	}
}

// An attacker begins a sign-in and leads somebody else's browser into it: neither what the partner asks is shown
// there, nor is anything decided, whoever is signed in.
func TestAnotherBrowserDecidesNothing(t *testing.T) {
	w := start(t)
	w.client()
	attacker, victim := w.browser(), w.browser()
	id := w.begin(attacker, request("agency", "scope", "openid snils"))
	own := w.begin(victim, request("agency"))
	for _, cookie := range []string{"", "made up", w.browsers[own], id} {
		_, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{
			InteractionId: id, SessionId: w.session, Browser: cookie,
		})
		wantReason(t, err, errorsv1.Reason_INTERACTION_NOT_FOUND)
		for d := range oidcv1.Decision_name {
			if d == int32(oidcv1.Decision_DECISION_UNSPECIFIED) {
				continue
			}
			_, err := w.pages.DecideInteraction(w.ctx, &oidcv1.DecideInteractionRequest{
				InteractionId: id, SessionId: w.session, Decision: oidcv1.Decision(d), Scopes: []string{"openid", "snils"},
				Browser: cookie,
			})
			wantReason(t, err, errorsv1.Reason_INTERACTION_NOT_FOUND)
		}
	}
	var consents, events int
	err := w.Pool().QueryRow(w.ctx, `SELECT (SELECT count(*) FROM oidc.consents), (SELECT count(*) FROM oidc.outbox
		WHERE subject !~ 'client_changed')`).Scan(&consents, &events)
	if err != nil || consents+events > 0 {
		t.Errorf("%d consents and %d events, %v", consents, events, err)
	}
	if codes := w.Redis.Keys(w.ctx, "oidc:code:*").Val(); len(codes) > 0 {
		t.Errorf("codes %v", codes)
	}
	if got := w.needs(id, w.session); got[0] != oidcv1.Need_CONSENT {
		t.Errorf("the browser that began needs %v", got)
	}
	if a := w.partner(attacker, w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")); a.Get("code") == "" {
		t.Errorf("the browser that began gets %v", a)
	}
	// Decided or not: to another browser it is all the same.
	_, err = w.pages.DecideInteraction(w.ctx, &oidcv1.DecideInteractionRequest{
		InteractionId: id, SessionId: w.session, Decision: oidcv1.Decision_ALLOW, Scopes: []string{"openid"},
	})
	wantReason(t, err, errorsv1.Reason_INTERACTION_NOT_FOUND)
}

func TestAnswerStaysWithWhoBeganAndWhoDecided(t *testing.T) {
	w := start(t)
	w.client()
	attacker, victim := w.browser(), w.browser()
	id := w.begin(attacker, request("agency"))
	next := w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")
	const text = errorsv1.Reason_INTERACTION_NOT_FOUND
	wantRefusal(t, victim.get(next), http.StatusNotFound, text)
	without, _, _ := strings.Cut(next, "&ticket=")
	wantRefusal(t, attacker.get(without), http.StatusNotFound, text)
	wantRefusal(t, attacker.get(without+"&ticket=AAAA"), http.StatusNotFound, text)
	other := w.begin(attacker, request("agency"))
	wantRefusal(t, attacker.get(strings.Replace(next, id, other, 1)), http.StatusNotFound, text)
	wantRefusal(t, attacker.get("/oauth2/continue"), http.StatusNotFound, text)
	if a := w.partner(attacker, next); a.Get("code") == "" {
		t.Error("the right browser was refused")
	}
}

func TestInteractionExpires(t *testing.T) {
	w := start(t)
	w.client()
	b := w.browser()
	id := w.begin(b, request("agency"))
	w.Clock.Advance(10 * time.Minute)
	_, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{InteractionId: id, Browser: w.browsers[id]})
	wantReason(t, err, errorsv1.Reason_INTERACTION_NOT_FOUND)
	_, err = w.tryDecide(id, w.session, oidcv1.Decision_ALLOW, "openid")
	wantReason(t, err, errorsv1.Reason_INTERACTION_NOT_FOUND)
	id = w.begin(b, request("agency"))
	next := w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")
	w.Clock.Advance(time.Minute)
	wantRefusal(t, b.get(next), http.StatusNotFound, errorsv1.Reason_INTERACTION_NOT_FOUND)
}

func TestParallelDecisionsAgree(t *testing.T) {
	w := start(t)
	w.client()
	b := w.browser()
	id := w.begin(b, request("agency"))
	results := make(chan error, 6)
	for i := range 6 {
		go func() {
			d := oidcv1.Decision_ALLOW
			if i%2 == 0 {
				d = oidcv1.Decision_DENY
			}
			_, err := w.tryDecide(id, w.session, d, "openid")
			results <- err
		}()
	}
	won := 0
	for range 6 {
		if err := <-results; err == nil {
			won++
		} else {
			wantReason(t, err, errorsv1.Reason_INTERACTION_DECIDED)
		}
	}
	if won != 3 {
		t.Errorf("%d decisions were accepted, want the three that agree", won)
	}
}
