package allinone_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const sessions = "/v1/sessions"

func signInFaults(t *testing.T, w *troubled) {
	cases{
		{"unknown login and wrong password are one answer, then both are slowed down", wrongPasswords},
		{"no SNILS below standard", snilsTooEarly},
		{"malformed login", malformedLogin},
		{"signed out", signedOut},
		{"idle session", idleSession},
		{"flushed Redis ends no session", flushedSession},
		{"tokens are of one surface", surfaces},
		{"nobody is signed in", nobody},
	}.run(t, w)
}

func (w *troubled) signIn(login, password string, options ...option) answer {
	w.t.Helper()
	return w.ask("POST", sessions, map[string]string{"login": login, "password": password}, options...)
}

func wrongPasswords(w *troubled) {
	known, unknown := w.who(signedIn).Phone, w.phone()
	for range 5 {
		a := w.signIn(known, "Wrong-9-Password!").refused(http.StatusUnauthorized, "SIGN_IN_FAILED")
		alike(w.t, a, w.signIn(unknown, journey.Password))
	}
	throttled := func(password string, wait time.Duration) {
		w.t.Helper()
		a := w.signIn(known, password).refused(http.StatusTooManyRequests, "SIGN_IN_THROTTLED").after(wait)
		alike(w.t, a, w.signIn(unknown, password))
	}
	throttled("Wrong-9-Password!", 30*time.Second)
	throttled(journey.Password, 30*time.Second)
	w.flushRedis()
	throttled(journey.Password, 30*time.Second)
	w.Clock.Advance(30 * time.Second)
	alike(w.t, w.signIn(known, "Wrong-9-Password!").refused(http.StatusUnauthorized, "SIGN_IN_FAILED"),
		w.signIn(unknown, journey.Password))
	throttled(journey.Password, 33*time.Second)
	w.Clock.Advance(33 * time.Second)
	w.signIn(known, journey.Password).ok(http.StatusCreated)
	// The right password has given the free tries back.
	w.signIn(known, "Wrong-9-Password!").refused(http.StatusUnauthorized, "SIGN_IN_FAILED")
	w.signIn(known, journey.Password).ok(http.StatusCreated)
}

func snilsTooEarly(w *troubled) {
	s := w.who(filledIn)
	alike(w.t, w.signIn(s.Person.Person.SNILS, journey.Password).refused(http.StatusUnauthorized, "SIGN_IN_FAILED"),
		w.signIn(s.Phone, "Wrong-9-Password!"))
}

func malformedLogin(w *troubled) {
	w.signIn("somebody", journey.Password).fields("/login", "FIELD_MALFORMED")
	w.signIn("", "").fields("/login", "FIELD_REQUIRED") // the password may be a step of its own
	// A SNILS with a wrong check digit is a slip, not a guess: it costs no try.
	w.signIn("112-233-445 96", journey.Password).fields("/login", "FIELD_CHECKSUM")
}

func signedOut(w *troubled) {
	s := w.who(signedIn)
	w.ask("GET", "/v1/me", nil, by(s)).ok(http.StatusOK)
	w.ask("DELETE", sessions+"/current", nil, by(s)).ok(http.StatusNoContent)
	w.ask("GET", "/v1/me", nil, by(s)).refused(http.StatusUnauthorized, "SESSION_ENDED")
	w.ask("DELETE", sessions+"/current", nil, by(s)).refused(http.StatusUnauthorized, "SESSION_ENDED")
}

func idleSession(w *troubled) {
	s := w.who(signedIn)
	w.Clock.Advance(59 * time.Minute)
	w.ask("GET", "/v1/me", nil, by(s)).ok(http.StatusOK)
	w.Clock.Advance(61 * time.Minute)
	w.ask("GET", "/v1/me", nil, by(s)).refused(http.StatusUnauthorized, "SESSION_ENDED")
}

func flushedSession(w *troubled) {
	s, b := w.who(signedIn), w.browser()
	w.enter(b, s)
	w.flushRedis()
	w.ask("GET", "/v1/me", nil, by(s)).ok(http.StatusOK)
	if err := b.Open(context.Background(), "/cabinet"); err != nil || b.Page.URL.Path != "/cabinet" {
		w.t.Errorf("the cabinet led to %s, %v", b.Page.URL, err)
	}
}

// enter signs in on the pages.
func (w *troubled) enter(b *journey.Browser, s *journey.Story) {
	w.t.Helper()
	ctx := context.Background()
	if err := b.Open(ctx, "/sign-in"); err != nil {
		w.t.Fatal(err)
	}
	if err := b.Submit(ctx, map[string]string{"login": s.Phone, "password": journey.Password}); err != nil {
		w.t.Fatal(err)
	}
	if w.cookie(b) == "" {
		w.t.Fatalf("not signed in: %s", b.Page.Text())
	}
}

// cookie is the browser's session token.
func (w *troubled) cookie(b *journey.Browser) string {
	u, err := url.Parse(w.url)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range b.Cookies(u) {
		if c.Name == "session" {
			return c.Value
		}
	}
	return ""
}

func surfaces(w *troubled) {
	s, b := w.who(signedIn), w.browser()
	w.enter(b, s)
	cookie := w.cookie(b)
	page := func(o option) answer { return w.ask("GET", "/cabinet/person", nil, o) }
	page(withHeader("Cookie", "session="+cookie)).ok(http.StatusOK)
	for what, o := range map[string]option{
		"a REST token as a cookie": withHeader("Cookie", "session="+s.Token), "a REST token": by(s), "a page's token": withToken(cookie),
	} {
		a := page(o).ok(http.StatusSeeOther)
		to, err := url.Parse(a.header.Get("Location"))
		if err != nil || to.Path != "/sign-in" {
			w.t.Errorf("%s opens the page: led to %s", what, to)
		}
	}
	me := func(o option) answer { return w.ask("GET", "/v1/me", nil, o) }
	me(withToken(cookie)).refused(http.StatusUnauthorized, "SESSION_ENDED")
	me(withHeader("Cookie", "session="+cookie)).refused(http.StatusUnauthorized, "UNAUTHENTICATED")
	me(withHeader("Cookie", "session="+s.Token)).refused(http.StatusUnauthorized, "UNAUTHENTICATED")
	// A form that another site sends with the person's cookie.
	w.ask("POST", "/cabinet/person", form("last_name", "Чужой"), withHeader("Cookie", "session="+cookie)).
		ok(http.StatusForbidden)
}

func nobody(w *troubled) {
	for _, path := range []string{
		"/v1/me", "/v1/me/person", "/v1/me/documents", "/v1/me/addresses", "/v1/me/letterOrders", "/v1/me/notifications",
		"/v1/me/verifications",
	} {
		w.ask("GET", path, nil).refused(http.StatusUnauthorized, "UNAUTHENTICATED")
		w.ask("GET", path, nil, withToken("made up")).refused(http.StatusUnauthorized, "SESSION_ENDED")
	}
	for _, path := range []string{
		"/v1/me/documents", "/v1/me/addresses", "/v1/me/verifications", "/v1/me/letterOrders",
		"/v1/me/confirmations:redeemCode",
	} {
		w.ask("POST", path, map[string]string{}).refused(http.StatusUnauthorized, "UNAUTHENTICATED")
	}
}
