package allinone_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

const (
	secondFactors = "/v1/me/secondFactors"
	recoveries    = "/v1/recoveries"
	nextPassword  = "Osen-8-Dolya_vetra!"
	// appStep is how long an authenticator app shows a code.
	appStep = 30 * time.Second
)

// guarded is somebody whose account asks for a code of an authenticator app after the password.
type guarded struct {
	*journey.Story
	w      *troubled
	key    string
	backup []string
}

// guarded binds the app with its code before the present one, which is left for a sign-in.
func (w *troubled) guarded() *guarded {
	w.t.Helper()
	g := &guarded{Story: w.who(signedIn), w: w}
	begun := w.ask("POST", secondFactors, body{"kind": "TOTP"}, by(g.Story)).ok(created)
	uri, err := url.Parse(begun.field("otpauthUri"))
	if err != nil {
		w.t.Fatal(err)
	}
	g.key = uri.Query().Get("secret")
	var active struct{ BackupCodes []string }
	w.ask("POST", secondFactors+"/"+begun.field("id")+":activate", body{"code": g.code(-appStep)}, by(g.Story)).
		ok(http.StatusOK).into(&active)
	g.backup = active.BackupCodes
	return g
}

// code is what the app shows some time from now.
func (g *guarded) code(from time.Duration) string {
	g.w.t.Helper()
	code, err := totp.GenerateCode(g.key, g.w.Clock.Now().Add(from))
	if err != nil {
		g.w.t.Fatal(err)
	}
	return code
}

// wrong is none of the codes that would be accepted.
func (g *guarded) wrong() string {
	code := g.code(0)
	for code == g.code(-appStep) || code == g.code(0) || code == g.code(appStep) {
		code = wrong(code)
	}
	return code
}

// half is the token of a sign-in whose password is proven.
func (w *troubled) half(s *journey.Story) string {
	w.t.Helper()
	token := w.signIn(s.Phone, journey.Password).ok(created).field("signInToken")
	if token == "" {
		w.t.Fatal("the password alone lets in")
	}
	return token
}

// completeStep proves a step of a sign-in.
func (w *troubled) completeStep(token, step, code string) answer {
	w.t.Helper()
	return w.ask("POST", sessions+":completeStep", body{"signInToken": token, "stepId": step, "code": code})
}

// lost is a recovery under way.
type lost struct {
	w     *troubled
	s     *journey.Story
	token string
}

func (w *troubled) lost(s *journey.Story) *lost {
	w.t.Helper()
	return &lost{w, s, w.ask("POST", recoveries, body{"login": s.Phone}).ok(http.StatusAccepted).field("recoveryToken")}
}

// prove proves a step by a member of the request: code, snils or answer.
func (l *lost) prove(step, member, what string) answer {
	l.w.t.Helper()
	return l.w.ask("POST", recoveries+":completeStep", body{"recoveryToken": l.token, "stepId": step, member: what})
}

// sent has the code of the phone sent, as soon as one can be after that of the sign-up.
func (l *lost) sent() string {
	l.w.t.Helper()
	l.w.Clock.Advance(time.Minute)
	return l.w.newCode(l.s.Phone, func() {
		l.w.ask("POST", recoveries+":sendCode", body{"recoveryToken": l.token, "stepId": "SMS_CODE"}).ok(http.StatusOK)
	})
}

func (l *lost) complete(password string) answer {
	l.w.t.Helper()
	return l.w.ask("POST", recoveries+":complete", map[string]any{
		"recoveryToken": l.token, "newPassword": password, "endOfflineAccess": true,
	})
}

// newCode is the code that comes to a phone by what is done.
func (w *troubled) newCode(phone string, do func()) string {
	w.t.Helper()
	seen := map[string]bool{}
	for _, m := range w.inbox(phone, "SMS", 0) {
		seen[m.ID] = true
	}
	do()
	code := ""
	testkit.Eventually(w.t, "a code to "+phone, func() bool {
		for _, m := range w.inbox(phone, "SMS", 0) {
			if !seen[m.ID] && len(m.Code) == 6 {
				code = m.Code
			}
		}
		return code != ""
	})
	return code
}

// typed types the password on the pages, and is where that leads.
func (w *troubled) typed(b *journey.Browser, s *journey.Story) string {
	w.t.Helper()
	ctx := context.Background()
	if err := b.Open(ctx, "/sign-in"); err != nil {
		w.t.Fatal(err)
	}
	if err := b.Submit(ctx, map[string]string{"login": s.Phone, "password": journey.Password}); err != nil {
		w.t.Fatal(err)
	}
	if b.Page.URL.Path != "/sign-in/step" || w.cookie(b) != "" {
		w.t.Fatalf("the password led to %s", b.Page.URL)
	}
	return b.Page.URL.RequestURI()
}

// enterBy signs in on the pages with the app.
func (g *guarded) enterBy(b *journey.Browser) {
	g.w.t.Helper()
	g.w.typed(b, g.Story)
	if err := b.Submit(context.Background(), map[string]string{"step": "TOTP", "code": g.code(0)}); err != nil {
		g.w.t.Fatal(err)
	}
	if g.w.cookie(b) == "" {
		g.w.t.Fatalf("not signed in: %s", b.Page.Text())
	}
}

// cookies are what a browser would send, changed by pairs.
func (w *troubled) cookies(b *journey.Browser, forged ...string) option {
	w.t.Helper()
	all := change(url.Values{}, forged...)
	var out []*http.Cookie
	for name := range all {
		out = append(out, &http.Cookie{Name: name, Value: all.Get(name)})
	}
	for _, c := range b.Cookies(w.address("/")) {
		if !all.Has(c.Name) {
			out = append(out, c)
		}
	}
	return withHeader("Cookie", cookieHeader(out))
}

func (w *troubled) address(path string) *url.URL {
	w.t.Helper()
	u, err := url.Parse(w.url + path)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// send sends a form of our own from a browser, with cookies changed by pairs.
func (w *troubled) send(b *journey.Browser, path string, values url.Values, forged ...string) answer {
	w.t.Helper()
	return w.ask("POST", path, change(values, "csrf_token", w.csrf(b)), w.cookies(b, forged...))
}

// flow is the name and the value of a browser's cookie of a kind.
func (w *troubled) flow(b *journey.Browser, kind string) (name, value string) {
	w.t.Helper()
	for _, c := range b.Cookies(w.address("/")) {
		if strings.HasPrefix(c.Name, kind+"-") {
			return c.Name, c.Value
		}
	}
	w.t.Fatalf("the browser has no %s", kind)
	return "", ""
}

// leads asks for a page of ours to be gone on with, and that nobody was signed in.
func (a answer) leads(path string) answer {
	a.t.Helper()
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != http.StatusSeeOther || to.Path != path {
		a.t.Errorf("%s: %d to %s, want %s", a.what, a.status, to, path)
	}
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == "session" && c.Value != "" {
			a.t.Errorf("%s signs in", a.what)
		}
	}
	return a
}

// sameCodeElsewhere presents the right code of one contact for the other one's step.
func sameCodeElsewhere(w *troubled) {
	s := w.who(signedIn)
	email := strings.Trim(s.Phone, "+") + "@both.example.ru"
	id := w.ask("POST", "/v1/me/contacts", body{"kind": "EMAIL", "value": email}, by(s)).ok(created).field("id")
	w.ask("POST", "/v1/me/contacts/"+id+":verifyCode", body{"code": w.codeOf(email, "EMAIL")}, by(s)).ok(http.StatusOK)
	w.Clock.Advance(4 * 24 * time.Hour) // until the address is no new one
	token := w.ask("POST", recoveries, body{"login": s.Phone}).ok(http.StatusAccepted).field("recoveryToken")
	send := func(step string) {
		w.ask("POST", recoveries+":sendCode", body{"recoveryToken": token, "stepId": step}).ok(http.StatusOK)
	}
	code := w.newCode(s.Phone, func() { send("SMS_CODE") })
	prove := func(step string) answer {
		return w.ask("POST", recoveries+":completeStep", body{"recoveryToken": token, "stepId": step, "code": code})
	}
	prove("SMS_CODE").ok(http.StatusOK)
	send("EMAIL_CODE")
	prove("EMAIL_CODE").refused(unprocessable, "CODE_WRONG")
	if state := w.ask("POST", recoveries+":complete", body{"recoveryToken": token, "newPassword": nextPassword}); state.field("state") != "WAITING" {
		w.t.Errorf("a recovery by one contact: %s", state.raw)
	}
}

// codeOf waits for a code in the inbox of a contact.
func (w *troubled) codeOf(to, channel string) string {
	w.t.Helper()
	code := ""
	testkit.Eventually(w.t, "a code to "+to, func() bool {
		for _, m := range w.inbox(to, channel, 0) {
			if len(m.Code) == 6 {
				code = m.Code
			}
		}
		return code != ""
	})
	return code
}
