package allinone_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

// skipStep: who knows the password calls whatever comes after the second factor.
func skipStep(w *troubled) {
	g, b := w.guarded(), w.browser()
	step := w.typed(b, g.Story)
	for _, path := range []string{
		"/cabinet", "/cabinet/person", "/cabinet/security", "/cabinet/security/factors", "/cabinet/security/devices", "/reauthenticate",
	} {
		w.ask("GET", path, nil, w.cookies(b)).leads("/sign-in")
		w.send(b, path, form("password", journey.Password)).leads("/sign-in")
	}
	for _, other := range []string{"PASSWORD", "PASSKEY", "SMS_CODE", "EMAIL_CODE", "NONE"} {
		w.send(b, step, form("step", other, "code", g.wrong(), "password", journey.Password, "credential", "{}")).leads("/sign-in/step")
	}
	b.StopAt = journey.PartnerCallback
	if err := b.Open(context.Background(), request()); err != nil || b.Left != nil {
		w.t.Errorf("half a sign-in leads to the partner: %s, %v", b.Left, err)
	}
	half := w.half(g.Story)
	w.ask("GET", "/v1/me", nil, withToken(half)).refused(http.StatusUnauthorized, "SESSION_ENDED")
	w.ask("GET", "/cabinet", nil, w.cookies(b, "session", half)).leads("/sign-in")
	w.ask("POST", sessions+"/current:stepUp", map[string]any{"factors": 2}, withToken(half)).refused(http.StatusUnauthorized, "SESSION_ENDED")
	if err := b.Open(context.Background(), step); err != nil {
		w.t.Fatal(err)
	}
	if err := b.Submit(context.Background(), map[string]string{"step": "TOTP", "code": g.code(0)}); err != nil || w.cookie(b) == "" {
		w.t.Errorf("the person is not let in: %s, %v", b.Page.Text(), err)
	}
}

// foreignFlows: another person's cookie, one that somebody has made or changed, and one that has done its work.
func foreignFlows(w *troubled) {
	victim, mallory := w.guarded(), w.guarded()
	theirs, own := w.browser(), w.browser()
	path := w.typed(theirs, victim.Story)
	w.typed(own, mallory.Story)
	name, value := w.flow(theirs, "step")
	_, mine := w.flow(own, "step")
	w.send(own, path, form("step", "TOTP", "code", mallory.code(0)), name, value).leads("/sign-in/step") // the right code of the wrong person
	if err := own.Open(context.Background(), "/recover"); err != nil {
		w.t.Fatal(err)
	}
	if err := own.Submit(context.Background(), map[string]string{"recovery_login": mallory.Phone}); err != nil {
		w.t.Fatal(err)
	}
	_, recovery := w.flow(own, "recovery")
	right := form("step", "TOTP", "code", victim.code(0))
	for what, forged := range map[string]string{
		"none": "", "another sign-in's": mine, "a recovery's": recovery, "a shorter one": value[:len(value)-4],
		"a changed one": flipped(value), "a made up one": strings.Repeat("A", len(value)),
	} {
		pairs := []string{name, forged}
		if forged == "" {
			pairs = nil
		}
		if to := w.send(own, path, right, pairs...).leads("/sign-in").header.Get("Location"); strings.Contains(to, "flow") {
			w.t.Errorf("%s goes on at %s", what, to)
		}
	}
	w.send(own, "/recover/step", form("step", "SMS_CODE", "code", "000000"), "recovery-own", value).leads("/recover")
	w.send(theirs, path, right)
	w.send(own, path, form("step", "TOTP", "code", victim.code(appStep)), name, value).leads("/sign-in")
}

// flipped changes a character in the middle.
func flipped(value string) string {
	i := len(value) / 2
	other := "A"
	if value[i] == 'A' {
		other = "B"
	}
	return value[:i] + other + value[i+1:]
}

// sameCodeTwice: who has seen a code of an app being typed is late.
func sameCodeTwice(w *troubled) {
	g := w.guarded()
	code := g.code(0)
	g.enterBy(w.browser())
	again := w.browser()
	path := w.typed(again, g.Story)
	w.send(again, path, form("step", "TOTP", "code", code)).leads("/sign-in/step")
	w.completeStep(w.half(g.Story), "TOTP", code).refused(unprocessable, "CODE_WRONG")
	w.completeStep(w.half(g.Story), "TOTP", g.code(-appStep)).refused(unprocessable, "CODE_WRONG")
	w.completeStep(w.half(g.Story), "TOTP", g.code(appStep)).ok(http.StatusOK)
}

// lockedOnPages: what is guessed wrong on pages counts in programs too, and the other way round.
func lockedOnPages(w *troubled) {
	g, b := w.guarded(), w.browser()
	path := w.typed(b, g.Story)
	for range factorTries / 2 {
		w.send(b, path, form("step", "TOTP", "code", g.wrong())).leads("/sign-in/step")
		w.completeStep(w.half(g.Story), "TOTP", g.wrong())
	}
	w.completeStep(w.half(g.Story), "TOTP", g.code(0)).refused(http.StatusTooManyRequests, "FACTOR_LOCKED")
	w.send(b, path, form("step", "TOTP", "code", g.code(0))).leads("/sign-in/step")
	w.Clock.Advance(15 * time.Minute)
	g.enterBy(w.browser())
}

// bindWithAStolenSession: who has got hold of a session, but not of the password, binds nothing to the account and takes nothing
// off it, whether there is a factor already or it would be the first.
func bindWithAStolenSession(w *troubled) {
	g, bare := w.guarded(), w.client()
	protected := w.browser()
	g.enterBy(protected)
	w.Clock.Advance(21 * time.Minute)
	before := w.count(`SELECT count(*) FROM account.factors`)
	for name, x := range map[string]struct {
		s *journey.Story
		b *journey.Browser
	}{"with a factor": {g.Story, protected}, "without one": {bare.s, bare.b}} {
		w.changeNothing(x.s)
		for path, fields := range map[string]url.Values{
			"/cabinet/security/factors/app": {}, "/cabinet/security/factors/sms": {}, "/cabinet/security/factors/codes": {},
			"/cabinet/security/contact":  form("kind", "EMAIL", "value", "mallory@example.ru"),
			"/cabinet/security/password": form("password", nextPassword, "password_repeat", nextPassword),
			"/cabinet/security/question": form("question", "Как звали мою первую собаку?", "answer", "Белка"),
		} {
			to := w.send(x.b, path, fields).header.Get("Location")
			asked := path == "/cabinet/security/password" && strings.HasPrefix(to, path+"?kept=") // for the present one
			if !asked && !strings.HasPrefix(to, "/reauthenticate?") {
				w.t.Errorf("%s, %s leads to %q", name, path, to)
			}
			w.send(x.b, path, fields, "session", "c2Vzc2lvbg").leads("/sign-in")
		}
		w.ask("GET", "/cabinet/security/factors/passkey", nil, w.cookies(x.b)).leads("/reauthenticate")
	}
	if after := w.count(`SELECT count(*) FROM account.factors`); after != before {
		w.t.Errorf("%d factors became %d", before, after)
	}
	// The password alone is no proof where there is more.
	w.ask("POST", sessions+"/current:reauthenticate", body{"password": journey.Password}, by(g.Story)).ok(http.StatusOK)
	w.changeNothing(g.Story)
	w.signIn(bare.s.Phone, journey.Password).ok(created)
}

// changeNothing tries by REST what needs a fresh proof.
func (w *troubled) changeNothing(s *journey.Story) {
	w.t.Helper()
	var list struct{ SecondFactors []struct{ ID string } }
	w.ask("GET", secondFactors, nil, by(s)).ok(http.StatusOK).into(&list)
	for _, f := range list.SecondFactors {
		w.ask("DELETE", secondFactors+"/"+f.ID, nil, by(s)).refused(http.StatusForbidden, "REAUTHENTICATION_REQUIRED")
	}
	for _, kind := range []string{"TOTP", "SMS_CODE", "PASSKEY", "BACKUP_CODE"} {
		w.ask("POST", secondFactors, body{"kind": kind}, by(s)).refused(http.StatusForbidden, "REAUTHENTICATION_REQUIRED")
	}
	w.ask("POST", "/v1/me/contacts", body{"kind": "EMAIL", "value": "mallory@example.ru"}, by(s)).
		refused(http.StatusForbidden, "REAUTHENTICATION_REQUIRED")
	w.ask("POST", "/v1/me/password:change", body{"newPassword": nextPassword}, by(s)).
		refused(http.StatusForbidden, "REAUTHENTICATION_REQUIRED")
	w.ask("PUT", "/v1/me/controlQuestion", body{"question": "Как звали мою первую собаку?", "answer": "Белка"}, by(s)).
		refused(http.StatusForbidden, "REAUTHENTICATION_REQUIRED")
}

// recoverOutOfOrder calls the pages of a recovery before what they come after.
func recoverOutOfOrder(w *troubled) {
	s, b := w.who(verified), w.browser()
	ctx := context.Background()
	newPassword := form("password", nextPassword, "password_repeat", nextPassword)
	if err := b.Open(ctx, "/recover"); err != nil {
		w.t.Fatal(err)
	}
	for _, path := range []string{"/recover/step", "/recover/password", "/recover/wait"} {
		w.send(b, path, newPassword).leads("/recover")
	}
	w.Clock.Advance(time.Minute)
	code := w.newCode(s.Phone, func() {
		if err := b.Submit(ctx, map[string]string{"recovery_login": s.Phone}); err != nil {
			w.t.Fatal(err)
		}
	})
	w.send(b, "/recover/password", newPassword).leads("/recover/step")
	w.send(b, "/recover/step", form("step", "SNILS", "snils", s.Person.Person.SNILS)).leads("/recover/step")
	w.send(b, "/recover/step", form("action", "wait")).leads("/recover/step")
	w.ask("GET", "/recover/wait", nil, w.cookies(b)).leads("/recover/step")
	name, old := w.flow(b, "recovery")
	w.send(b, "/recover/step", form("step", "SMS_CODE", "code", code)).leads("/recover/step")
	w.send(b, "/recover/password", newPassword).leads("/recover/step")
	w.ask("GET", "/recover/password", nil, w.cookies(b)).leads("/recover/step")
	w.signIn(s.Phone, nextPassword).refused(http.StatusUnauthorized, "SIGN_IN_FAILED")
	w.ask("GET", "/v1/me", nil, by(s)).ok(http.StatusOK) // a stranger has ended nothing
	w.send(b, "/recover/step", form("step", "SNILS", "snils", s.Person.Person.SNILS)).leads("/recover/password")
	w.send(b, "/recover/password", newPassword).leads("/recover/done")
	w.signIn(s.Phone, nextPassword).ok(created)
	w.send(b, "/recover/password", form("password", journey.Password, "password_repeat", journey.Password), name, old).leads("/recover")
	w.signIn(s.Phone, nextPassword).ok(created)
}

var linkInText = regexp.MustCompile(`https?://[^\s<>"]+`)

// forgeHosts: no link of a message, no redirect and no page is of a host that a request has named.
func forgeHosts(w *troubled) {
	const evil = "evil.example"
	var forged []option
	for _, name := range []string{"X-Forwarded-Host", "X-Original-Host", "X-Host", "X-Forwarded-Server"} {
		forged = append(forged, withHeader(name, evil))
	}
	forged = append(forged, withHeader("Forwarded", "host="+evil+";proto=https"), withHeader("X-Forwarded-Proto", "https"))
	ask := func(method, path string, in any, more ...option) answer {
		w.t.Helper()
		a := w.ask(method, path, in, append(more, forged...)...)
		if text := a.header.Get("Location") + string(a.raw); strings.Contains(text, evil) {
			w.t.Errorf("%s %s: %s", method, path, text)
		}
		return a
	}
	s := w.who(signedIn)
	w.Clock.Advance(time.Minute)
	for _, path := range []string{registrations, sessions, recoveries, "/recover"} { // the header itself reaches nobody
		w.ask("POST", path, body{"login": s.Phone}, withHeader("Host", evil)).ok(http.StatusMisdirectedRequest)
	}
	email := strings.Trim(s.Phone, "+") + "@example.ru"
	ask("POST", registrations, body{"lastName": "Проверкин", "firstName": "Пётр", "email": email})
	ask("POST", sessions, body{"login": s.Phone, "password": journey.Password}) // on a new device
	token := ask("POST", recoveries, body{"login": s.Phone}).field("recoveryToken")
	code := w.newCode(s.Phone, func() { ask("POST", recoveries+":sendCode", body{"recoveryToken": token, "stepId": "SMS_CODE"}) })
	ask("POST", recoveries+":completeStep", body{"recoveryToken": token, "stepId": "SMS_CODE", "code": code})
	ask("POST", recoveries+":complete", body{"recoveryToken": token}) // which waits, and can be stopped by a link
	b := w.browser()
	if err := b.Open(context.Background(), "/recover"); err != nil {
		w.t.Fatal(err)
	}
	for path, fields := range map[string]url.Values{
		"/recover": form("recovery_login", s.Phone), "/sign-in": form("login", s.Phone, "password", journey.Password), "/cabinet": {},
	} {
		ask("GET", path, nil, w.cookies(b))
		ask("POST", path, change(fields, "csrf_token", w.csrf(b)), w.cookies(b))
	}
	w.linksAreOurs(s.Phone, "SMS", "/recover/cancel?token=", "/not-me?token=")
	w.linksAreOurs(email, "EMAIL", "/sign-up/")
}

// linksAreOurs waits for messages with these links, and asks that none leads elsewhere.
func (w *troubled) linksAreOurs(to, channel string, want ...string) {
	w.t.Helper()
	var texts string
	testkit.Eventually(w.t, "links to "+to, func() bool {
		texts = ""
		for _, m := range w.inbox(to, channel, 0) {
			texts += m.Subject + "\n" + m.Text + "\n"
		}
		for _, path := range want {
			if !strings.Contains(texts, w.url+path) {
				return false
			}
		}
		return true
	})
	for _, link := range linkInText.FindAllString(texts, -1) {
		if !strings.HasPrefix(strings.TrimRight(link, ".,")+"/", w.url+"/") { // a sentence may end with it
			w.t.Errorf("a message leads to %s", link)
		}
	}
}

// readCodes: who has a code sent finds it in no answer, whatever he asks for while it is good.
func readCodes(w *troubled) {
	g := w.client()
	w.Clock.Advance(time.Minute)
	all := ""
	ask := func(method, path string, in any) answer {
		w.t.Helper()
		a := w.ask(method, path, in, by(g.s))
		all += string(a.raw)
		return a
	}
	codes := map[string]string{}
	codes["a second factor's"] = w.newCode(g.s.Phone, func() { ask("POST", secondFactors, body{"kind": "SMS_CODE"}) })
	w.Clock.Advance(time.Minute)
	token := ask("POST", recoveries, body{"login": g.s.Phone}).field("recoveryToken")
	codes["a recovery's"] = w.newCode(g.s.Phone, func() {
		ask("POST", recoveries+":sendCode", body{"recoveryToken": token, "stepId": "SMS_CODE"})
	})
	other := w.phone()
	codes["a contact's"] = w.newCode(other, func() { ask("POST", "/v1/me/contacts", body{"kind": "PHONE", "value": other}) })
	for _, path := range []string{
		"/v1/me", "/v1/me/contacts", "/v1/me/notifications", "/v1/me/secondFactors", "/v1/me/sessions", "/v1/me/devices", "/v1/me/settings",
	} {
		ask("GET", path, nil)
	}
	for _, path := range []string{"/cabinet", "/cabinet/notifications", "/cabinet/security", "/cabinet/security/factors"} {
		all += string(w.ask("GET", path, nil, w.cookies(g.b)).ok(http.StatusOK).raw)
	}
	for whose, code := range codes {
		if regexp.MustCompile(`\b` + code + `\b`).MatchString(all) {
			w.t.Errorf("%s code is in an answer", whose)
		}
	}
}
