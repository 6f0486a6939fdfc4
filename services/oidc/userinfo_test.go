package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

func card(state profilev1.DataState) *profilev1.Card {
	return &profilev1.Card{
		Person: &profilev1.Person{
			LastName: "Петров", FirstName: "Пётр", MiddleName: "Петрович", Gender: profilev1.Gender_M.Enum(),
			BirthDate: "1990-12-31", Snils: "00000012368", State: state,
			VerifiedFields: verified(state, "last_name", "first_name", "middle_name", "gender", "birth_date", "snils"),
		},
		Documents: []*profilev1.Document{{
			Type: profilev1.DocumentType_RF_PASSPORT, Series: "4510", Number: "123456", IssueDate: "2011-01-15",
			IssuedBy: "ОВД", IssueCode: "770-001", State: state,
			VerifiedFields: verified(state, "series", "number", "issue_date", "issued_by", "issue_code"),
		}},
		Addresses: []*profilev1.Address{
			{Type: profilev1.AddressType_RESIDENCE, City: "Тверь"},
			{
				Type: profilev1.AddressType_REGISTRATION, PostalCode: "101000", Region: "Москва", City: "Москва",
				Street: "Мясницкая", House: "1", Flat: "2",
			},
		},
		UnprovenEmail: "unproven@example.ru", UnprovenPhone: "+79000000000",
	}
}

func verified(state profilev1.DataState, fields ...string) *fieldmaskpb.FieldMask {
	if state != profilev1.DataState_VERIFIED {
		return nil
	}
	return &fieldmaskpb.FieldMask{Paths: fields}
}

// An issuer that somebody made up stands in a verified passport and is not given, nor is anything of a second document.
func TestOnlyWhatARegistryVouchedForIsGiven(t *testing.T) {
	w := start(t)
	c := w.client()
	made := card(profilev1.DataState_VERIFIED)
	second := &profilev1.Document{Type: profilev1.DocumentType_RF_PASSPORT, Series: "9999", Number: "999999", State: profilev1.DataState_UNVERIFIED}
	made.Documents[0].IssuedBy = "Кремль"
	made.Documents[0].VerifiedFields.Paths = []string{"series", "number", "issue_date", "issue_code"}
	made.Documents = append([]*profilev1.Document{second}, made.GetDocuments()...)
	made.Person.VerifiedFields.Paths = []string{"last_name", "first_name", "middle_name", "birth_date"}
	w.profile.card = made
	_, got := w.userinfo(w.tokens(c, "scope", "openid profile snils id_doc").Access)
	want := map[string]any{"type": "RF_PASSPORT", "series": "4510", "number": "123456", "issue_date": "2011-01-15", "issue_code": "770-001"}
	if !reflect.DeepEqual(got["id_doc"], want) {
		t.Errorf("id_doc is %v, want %v", got["id_doc"], want)
	}
	if got["snils"] != nil || got["gender"] != nil || got["family_name"] != "Петров" {
		t.Errorf("claims %v", got)
	}
	w.profile.mu.Lock()
	w.profile.card.Documents = []*profilev1.Document{second}
	w.profile.mu.Unlock()
	if _, got = w.userinfo(w.tokens(c, "scope", "openid id_doc").Access); got["id_doc"] != nil {
		t.Errorf("a second document is given: %v", got["id_doc"])
	}
}

// While an installation is upgraded a profile of the version before may answer, which names no fields: what it says is
// verified is given as that version gave it.
func TestVerifiedDataOfTheVersionBeforeIsGiven(t *testing.T) {
	w := start(t)
	c := w.client()
	made := card(profilev1.DataState_VERIFIED)
	made.Person.VerifiedFields, made.Documents[0].VerifiedFields = nil, nil
	w.profile.card = made
	_, got := w.userinfo(w.tokens(c, "scope", "openid profile snils id_doc").Access)
	if got["family_name"] != "Петров" || got["snils"] == nil || got["id_doc"] == nil {
		t.Errorf("claims %v", got)
	}
	made.Person.VerifiedFields = &fieldmaskpb.FieldMask{}
	if _, got = w.userinfo(w.tokens(c, "scope", "openid profile snils").Access); got["family_name"] != nil || got["snils"] != nil {
		t.Errorf("what nobody vouched for: %v", got)
	}
}

func TestClaimsByScope(t *testing.T) {
	w := start(t)
	c := w.client()
	w.profile.card = card(profilev1.DataState_VERIFIED)
	w.account.contacts = &accountv1.Contacts{Phone: "+79001234567", Email: "p@example.ru", Language: "ru"}
	for scope, want := range map[string]map[string]any{
		"openid": {},
		"openid profile": {
			"name": "Петров Пётр Петрович", "family_name": "Петров", "given_name": "Пётр", "middle_name": "Петрович",
			"gender": "male", "birthdate": "1990-12-31", "locale": "ru",
		},
		"openid email": {"email": "p@example.ru", "email_verified": true},
		"openid phone": {"phone_number": "+79001234567", "phone_number_verified": true},
		"openid address": {"address": map[string]any{
			"country": "RU", "postal_code": "101000", "region": "Москва", "locality": "Москва",
			"street_address": "Мясницкая, д. 1, кв. 2", "formatted": "101000, Москва, Москва, Мясницкая, д. 1, кв. 2",
		}},
		"openid snils": {"snils": "000-000-123 68"},
		"openid id_doc": {"id_doc": map[string]any{
			"type": "RF_PASSPORT", "series": "4510", "number": "123456", "issue_date": "2011-01-15", "issued_by": "ОВД",
			"issue_code": "770-001",
		}},
	} {
		status, got := w.userinfo(w.tokens(c, "scope", scope).Access)
		sub, _ := got["sub"].(string)
		if delete(got, "sub"); status != http.StatusOK || sub == "" || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d %v, want %v", scope, status, got, want)
		}
	}
	_, all := w.userinfo(w.tokens(c, "scope", strings.Join(allScopes(), " ")).Access)
	if len(all) != 15 {
		t.Errorf("all scopes give %d claims: %v", len(all), all)
	}
}

func TestUnverifiedDataIsNoIdentity(t *testing.T) {
	w := start(t)
	c := w.client()
	a := w.tokens(c, "scope", strings.Join(allScopes(), " "))
	_, empty := w.userinfo(a.Access)
	if delete(empty, "sub"); !reflect.DeepEqual(empty, map[string]any{"locale": "ru"}) {
		t.Errorf("without a card: %v", empty)
	}
	w.profile.mu.Lock()
	w.profile.card = card(profilev1.DataState_PENDING)
	w.profile.card.Person.Gender = profilev1.Gender_F.Enum()
	w.profile.card.Addresses = w.profile.card.Addresses[:1]
	w.profile.mu.Unlock()
	_, got := w.userinfo(a.Access)
	if got["snils"] != nil || got["id_doc"] != nil {
		t.Error("unverified identity data was given")
	}
	if got["email"] != "unproven@example.ru" || got["email_verified"] != false || got["phone_number_verified"] != false {
		t.Errorf("unproven contacts: %v", got)
	}
	address, _ := got["address"].(map[string]any)
	if got["gender"] != "female" || address["formatted"] != "Тверь" {
		t.Errorf("%v", got)
	}
}

func TestSubjects(t *testing.T) {
	w := start(t)
	subOf := func(name string, f func(r *registered)) string {
		c := w.client(func(r *registered) { r.ClientId = name; f(r) })
		a := w.redeem(c, w.code(request(name, "redirect_uri", c.GetRedirectUris()[0])), "redirect_uri", c.GetRedirectUris()[0])
		sub, _ := claims(t, a.ID)["sub"].(string)
		if sub == "" {
			t.Fatalf("%s: %s", name, a.Error)
		}
		return sub
	}
	at := func(uris ...string) func(r *registered) {
		return func(r *registered) { r.RedirectUris = uris }
	}
	open := func(uri string) func(r *registered) {
		return func(r *registered) { r.RedirectUris, r.PublicSubject = []string{uri}, true }
	}
	first, sameHost := subOf("one", at(callback)), subOf("two", at("https://agency.example.ru/other", "http://127.0.0.1/x"))
	otherHost := subOf("three", at("https://bank.example.ru/cb"))
	local1, local2 := subOf("four", at("http://127.0.0.1/cb")), subOf("five", at("http://127.0.0.1/cb"))
	public1, public2 := subOf("six", open(callback)), subOf("seven", open("https://bank.example.ru/cb"))
	if first != sameHost || public1 != public2 {
		t.Error("one sector, two subjects")
	}
	different := map[string]bool{first: true, otherHost: true, local1: true, local2: true, public1: true}
	if len(different) != 5 {
		t.Error("two sectors share a subject")
	}
}

func TestUserinfoWays(t *testing.T) {
	w := start(t)
	token := w.tokens(w.client()).Access
	with := func(method, header, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/oauth2/userinfo", strings.NewReader(body))
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		if body != "" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return w.browser().do(r)
	}
	inForm := url.Values{"access_token": {token}}.Encode()
	for name, c := range map[string]struct {
		rec       *httptest.ResponseRecorder
		status    int
		challenge string
	}{
		"GET":              {with("GET", "Bearer "+token, ""), http.StatusOK, ""},
		"POST header":      {with("POST", "Bearer "+token, ""), http.StatusOK, ""},
		"POST empty form":  {with("POST", "bearer "+token, "a=b"), http.StatusOK, ""},
		"POST body":        {with("POST", "", inForm), http.StatusOK, ""},
		"twice":            {with("POST", "Bearer "+token, inForm), badRequest, `error="invalid_request"`},
		"no token":         {with("GET", "", ""), unauthorized, `Bearer realm="propusk"`},
		"no token in form": {with("POST", "", "a=b"), unauthorized, `Bearer realm="propusk"`},
		"GET body":         {with("GET", "", inForm), unauthorized, `Bearer realm="propusk"`},
		"Basic":            {with("GET", "Basic eDp5", ""), unauthorized, `Bearer realm="propusk"`},
		"garbage":          {with("GET", "Bearer garbage", ""), unauthorized, `error="invalid_token"`},
		"two in the form":  {with("POST", "", inForm+"&"+inForm), unauthorized, `Bearer realm="propusk"`},
	} {
		if c.rec.Code != c.status || !strings.Contains(c.rec.Header().Get("WWW-Authenticate"), c.challenge) {
			t.Errorf("%s: %d %q", name, c.rec.Code, c.rec.Header().Get("WWW-Authenticate"))
		}
		if c.rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %q", name, c.rec.Header().Get("Cache-Control"))
		}
	}
	if rec := w.browser().get("/oauth2/userinfo?" + inForm); rec.Code != unauthorized {
		t.Errorf("a token in the address: %d", rec.Code)
	}
}

func TestAccessTokensThatAreNone(t *testing.T) {
	w := start(t)
	a := w.tokens(w.client())
	parts := strings.Split(a.Access, ".")
	header := map[string]any{}
	raw, _ := base64.RawURLEncoding.DecodeString(parts[0])
	_ = json.Unmarshal(raw, &header)
	if header["typ"] != "at+jwt" || header["alg"] != "ES256" {
		t.Errorf("header %v", header)
	}
	ours, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	forge := func(method jwt.SigningMethod, key any, change func(h map[string]any)) string {
		token := jwt.NewWithClaims(method, claims(t, a.Access))
		token.Header["typ"], token.Header["kid"] = header["typ"], header["kid"]
		change(token.Header)
		s, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	same := func(map[string]any) {}
	public := w.browser().get("/oauth2/jwks").Body.Bytes()
	for name, token := range map[string]string{
		"ID token":        a.ID,
		"other key":       forge(jwt.SigningMethodES256, ours, same),
		"none":            forge(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, same),
		"HMAC of the set": forge(jwt.SigningMethodHS256, public, same),
		"own jwk": forge(jwt.SigningMethodES256, ours, func(h map[string]any) {
			h["jwk"], h["jku"] = map[string]string{"kty": "EC"}, "https://evil.ru/jwks"
			delete(h, "kid")
		}),
		"no signature":    parts[0] + "." + parts[1] + ".",
		"other signature": parts[0] + "." + parts[1] + "." + strings.Split(a.ID, ".")[2],
		"refresh token":   a.Refresh,
	} {
		if status, _ := w.userinfo(token); status != unauthorized {
			t.Errorf("%s: %d", name, status)
		}
	}
	w.Clock.Advance(5*time.Minute - time.Second)
	if status, _ := w.userinfo(a.Access); status != http.StatusOK {
		t.Errorf("before its end: %d", status)
	}
	w.Clock.Advance(time.Second)
	if status, _ := w.userinfo(a.Access); status != unauthorized {
		t.Errorf("at its end: %d", status)
	}
}

func TestUserinfoOfAGoneAccount(t *testing.T) {
	w := start(t)
	a := w.tokens(w.client(), "scope", "openid email")
	w.account.mu.Lock()
	w.account.contacts = nil
	w.account.mu.Unlock()
	if status, _ := w.userinfo(a.Access); status != unauthorized {
		t.Errorf("%d", status)
	}
}

// What account alone knows of a profile comes with the grant; a contact may change, and is asked for.
func TestProfileIsNotAskedOfAccount(t *testing.T) {
	w := start(t)
	c := w.client()
	w.profile.card = card(profilev1.DataState_VERIFIED)
	a, withEmail := w.tokens(c, "scope", "openid profile"), w.tokens(c, "scope", "openid profile email")
	w.account.mu.Lock()
	w.account.contacts = nil
	w.account.mu.Unlock()
	if status, got := w.userinfo(a.Access); status != http.StatusOK || got["locale"] != "ru" || got["family_name"] != "Петров" {
		t.Errorf("%d %v", status, got)
	}
	if status, _ := w.userinfo(withEmail.Access); status != unauthorized {
		t.Errorf("with a contact of a gone account: %d", status)
	}
	w.account.change(w.session, func(s *accountv1.Session) { s.Language = "en" })
	next := w.refresh(c, a.Refresh)
	if _, got := w.userinfo(next.Access); got["locale"] != "en" {
		t.Errorf("refreshed in another language: %v", got)
	}
	// A grant of the version before does not know it.
	if _, err := w.Pool().Exec(w.ctx, `UPDATE oidc.grants SET language = NULL`); err != nil {
		t.Fatal(err)
	}
	w.account.mu.Lock()
	w.account.contacts = &accountv1.Contacts{Language: "ru"}
	w.account.mu.Unlock()
	if _, got := w.userinfo(next.Access); got["locale"] != "ru" {
		t.Errorf("of an older grant: %v", got)
	}
}

func TestOnlyWhatTheScopesNeedIsRead(t *testing.T) {
	w := start(t)
	c := w.client()
	w.profile.card = card(profilev1.DataState_VERIFIED)
	for scope, want := range map[string][]string{
		"openid profile":       {"person"},
		"openid snils":         {"person"},
		"openid id_doc":        {"documents"},
		"openid address":       {"addresses"},
		"openid email":         {"unproven_email"},
		"openid phone profile": {"person", "unproven_phone"},
	} {
		w.userinfo(w.tokens(c, "scope", scope).Access)
		w.profile.mu.Lock()
		if !slices.Equal(w.profile.asked, want) {
			t.Errorf("%s: asked for %v, want %v", scope, w.profile.asked, want)
		}
		w.profile.mu.Unlock()
	}
}
