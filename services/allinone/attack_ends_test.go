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

// deadWithin is how long what hangs on a session may outlive it. The short form runs beside other tests on whatever is left of
// the machine.
func deadWithin() time.Duration {
	if *attackRounds > 0 {
		return time.Second
	}
	return 20 * time.Second
}

// hanging is what a person has given out: a browser's session, a partner's tokens that hang on it, and others that were asked to
// outlive it.
type hanging struct {
	*client
	bound, offline tokens
}

// hanging lets somebody take the first steps, and signs in to a partner on another device.
func (w *troubled) hanging(steps int) *hanging {
	w.t.Helper()
	h := &hanging{client: &client{w: w, b: w.browser(), s: w.who(steps)}}
	w.enter(h.b, h.s)
	g := h.authorize()
	h.bound = h.good(h.redeem(g, g.Verifier))
	g = h.authorize("offline_access")
	h.offline = h.good(h.redeem(g, g.Verifier))
	h.userinfo(h.bound, http.StatusOK)
	h.userinfo(h.offline, http.StatusOK)
	return h
}

// ends asks that what hangs on the browser's session ends at once by what is done; what was to outlive it only where the person
// asked for that.
func (h *hanging) ends(do func(), offline bool) {
	h.w.t.Helper()
	do()
	begin := time.Now()
	h.w.ask("GET", "/cabinet", nil, h.w.cookies(h.b)).leads("/sign-in")
	gone := []tokens{h.bound}
	if offline {
		gone = append(gone, h.offline)
	}
	for _, t := range gone {
		testkit.Eventually(h.w.t, "the partner's token to end", func() bool {
			return h.w.ask("GET", "/oauth2/userinfo", nil, withToken(t.Access)).status == http.StatusUnauthorized
		})
		if took := time.Since(begin); took > deadWithin() {
			h.w.t.Errorf("the partner's token lived for another %s", took)
		}
		if t.Refresh != "" {
			h.bad(h.refresh(t.Refresh))
		}
	}
	if !offline {
		h.good(h.refresh(h.offline.Refresh))
	}
	h.b.StopAt = journey.PartnerCallback
	if err := h.b.Open(context.Background(), request()); err != nil || h.b.Left != nil {
		h.w.t.Errorf("the browser still leads to the partner: %s, %v", h.b.Left, err)
	}
}

func endByPassword(w *troubled) {
	h := w.hanging(signedIn)
	h.ends(func() {
		w.ask("POST", "/v1/me/password:change", body{"currentPassword": journey.Password, "newPassword": nextPassword}, by(h.s)).
			ok(http.StatusNoContent)
	}, false)
	w.ask("GET", "/v1/me", nil, by(h.s)).ok(http.StatusOK) // who has changed it stays
	w.signIn(h.s.Phone, journey.Password).refused(http.StatusUnauthorized, "SIGN_IN_FAILED")
}

func endByForbidding(w *troubled) {
	h := w.hanging(signedIn)
	var list struct {
		Devices []struct {
			ID      string
			Current bool
		}
	}
	w.ask("GET", "/v1/me/devices", nil, by(h.s)).ok(http.StatusOK).into(&list)
	h.ends(func() {
		for _, d := range list.Devices {
			if !d.Current {
				w.ask("PATCH", "/v1/me/devices/"+d.ID, map[string]any{"forbidden": true}, by(h.s)).ok(http.StatusOK)
			}
		}
	}, false)
	w.send(h.b, "/sign-in", form("login", h.s.Phone, "password", journey.Password)).leads("/sign-in")
	w.ask("GET", "/v1/me", nil, by(h.s)).ok(http.StatusOK)
}

var notMeToken = regexp.MustCompile(`/not-me\?token=([\w-]+)`)

// endByDisowning locks the account, with and without what was to outlive its sessions.
func endByDisowning(w *troubled) {
	for _, offline := range []bool{false, true} {
		h := w.hanging(signedIn)
		token := ""
		testkit.Eventually(w.t, "a link", func() bool {
			for _, m := range w.inbox(h.s.Phone, "SMS", 1) {
				if found := notMeToken.FindStringSubmatch(m.Text); found != nil {
					token = found[1]
				}
			}
			return token != ""
		})
		h.ends(func() {
			w.ask("POST", sessions+":notMe", map[string]any{"token": token, "endOfflineAccess": offline}).ok(http.StatusOK)
		}, offline)
		w.ask("GET", "/v1/me", nil, by(h.s)).refused(http.StatusUnauthorized, "SESSION_ENDED")
		w.signIn(h.s.Phone, journey.Password).refused(http.StatusForbidden, "SIGN_IN_LOCKED")
	}
}

func endByRecovery(w *troubled) {
	h := w.hanging(verified)
	l := w.lost(h.s)
	l.prove("SMS_CODE", "code", l.sent()).ok(http.StatusOK)
	l.prove("SNILS", "snils", h.s.Person.Person.SNILS).ok(http.StatusOK)
	h.ends(func() { l.complete(nextPassword).ok(http.StatusOK) }, true)
	w.ask("GET", "/v1/me", nil, by(h.s)).refused(http.StatusUnauthorized, "SESSION_ENDED")
}

// restartAll stops everything and starts it again, Redis empty: what is locked stays so, and what is under way goes on.
func restartAll(w *troubled) {
	locked, known, goes := w.guarded(), w.who(signedIn), w.guarded()
	l, thief := w.lost(w.who(verified)), w.lost(w.somebody())
	token, b := w.half(goes.Story), w.browser()
	path := w.typed(b, goes.Story)
	l.prove("SMS_CODE", "code", l.sent()).ok(http.StatusOK)
	half := w.half(locked.Story)
	for range factorTries {
		w.completeStep(half, "TOTP", locked.wrong())
	}
	for range tries {
		w.signIn(known.Phone, wrongPassword).refused(http.StatusUnauthorized, "SIGN_IN_FAILED")
		thief.prove("BACKUP_CODE", "code", "00000-00000").refused(unprocessable, "CODE_WRONG")
	}
	w.flushRedis()
	w.Restart()
	w.completeStep(half, "TOTP", locked.code(0)).refused(http.StatusTooManyRequests, "FACTOR_LOCKED")
	w.completeStep(w.half(locked.Story), "TOTP", locked.code(0)).refused(http.StatusTooManyRequests, "FACTOR_LOCKED")
	w.signIn(known.Phone, journey.Password).refused(http.StatusTooManyRequests, "SIGN_IN_THROTTLED")
	thief.prove("BACKUP_CODE", "code", "00000-00000").refused(http.StatusTooManyRequests, "RECOVERY_LIMIT")
	w.completeStep(token, "TOTP", goes.code(0)).ok(http.StatusOK)
	w.wantSession(w.send(b, path, form("step", "TOTP", "code", goes.code(appStep))))
	l.prove("SNILS", "snils", l.s.Person.Person.SNILS).ok(http.StatusOK)
	l.complete(nextPassword).ok(http.StatusOK)
	w.signIn(l.s.Phone, nextPassword).ok(created)
}

// wantSession asks that an answer signs in.
func (w *troubled) wantSession(a answer) {
	w.t.Helper()
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil || !strings.Contains(strings.Join(a.header.Values("Set-Cookie"), " "), "session=") || to.Path != "/cabinet" {
		w.t.Errorf("%s: %d to %s", a.what, a.status, to)
	}
}
