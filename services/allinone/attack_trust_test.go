package allinone_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/color/palette"
	"image/gif"
	"image/png"
	"net/http"
	"strings"
	"time"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const trustedContact, principals = "/v1/me/trustedContact", "/v1/me/principals"

// trusts has one invite the other, who accepts.
func (w *troubled) trusts(s, friend *journey.Story) {
	w.t.Helper()
	w.ask("PUT", trustedContact, body{"login": friend.Phone}, by(s)).ok(http.StatusOK)
	w.ask("POST", w.invitation(friend)+":accept", body{}, by(friend)).ok(http.StatusOK)
}

// invitation is the path of the last one that somebody got.
func (w *troubled) invitation(of *journey.Story) string {
	w.t.Helper()
	var list struct{ Principals []struct{ ID, State string } }
	w.ask("GET", principals, nil, by(of)).ok(http.StatusOK).into(&list)
	for _, p := range list.Principals {
		if p.State == "INVITED" {
			return principals + "/" + p.ID
		}
	}
	w.t.Fatalf("%s was not invited: %v", of.Phone, list)
	return ""
}

// goAroundTheTrustedContact: whoever has the password and a session tries to do without the code, by calls and on pages.
func goAroundTheTrustedContact(w *troubled) {
	friend, other, s := w.who(verified), w.who(verified), w.who(signedIn)
	w.trusts(s, friend)
	w.ask("PUT", trustedContact, body{"login": other.Phone}, by(s)).refused(http.StatusConflict, "TRUSTED_CONTACT_EXISTS")
	w.ask("DELETE", trustedContact, nil, by(s)).ok(http.StatusNoContent) // which takes a day
	change := body{"currentPassword": journey.Password, "newPassword": nextPassword}
	w.ask("POST", "/v1/me/password:change", change, by(s)).refused(http.StatusForbidden, "TRUSTED_CONTACT_REQUIRED")
	b := w.browser()
	w.enter(b, s)
	page := "/cabinet/security/password"
	fields := form("current_password", journey.Password, "password", nextPassword, "password_repeat", nextPassword)
	for _, path := range []string{page, page + "?asked=1"} {
		if a := w.send(b, path, fields); a.status == http.StatusSeeOther && strings.Contains(a.header.Get("Location"), "saved") {
			w.t.Errorf("%s changes the password: %s", path, a)
		}
	}
	w.signIn(s.Phone, journey.Password).ok(created)
	w.signIn(s.Phone, nextPassword).refused(http.StatusUnauthorized, "SIGN_IN_FAILED")
}

// takeAnothersCode: the code for one person, typed for another, whose trusted contact is the same.
func takeAnothersCode(w *troubled) {
	friend, one, two := w.who(verified), w.who(signedIn), w.who(signedIn)
	w.trusts(one, friend)
	w.trusts(two, friend)
	codes := map[*journey.Story]string{}
	tokens := map[*journey.Story]string{}
	for _, s := range []*journey.Story{one, two} {
		w.Clock.Advance(time.Minute)
		up := w.ask("POST", sessions+"/current:stepUp", map[string]any{"trustedContact": true}, by(s)).ok(http.StatusOK)
		tokens[s] = up.field("signInToken")
		w.ask("POST", sessions+":completeStep", body{
			"signInToken": tokens[s], "stepId": "PASSWORD", "password": journey.Password,
		}, by(s)).ok(http.StatusOK)
		codes[s] = w.newCode(friend.Phone, func() {
			w.ask("POST", sessions+":sendCode", body{"signInToken": tokens[s], "stepId": "TRUSTED_CONTACT"}, by(s)).ok(http.StatusOK)
		})
	}
	present := func(code string) answer {
		in := body{"signInToken": tokens[two], "stepId": "TRUSTED_CONTACT", "code": code}
		return w.ask("POST", sessions+":completeStep", in, by(two))
	}
	if codes[one] != codes[two] {
		present(codes[one]).refused(unprocessable, "CODE_WRONG")
	}
	present(codes[two]).ok(http.StatusOK)
}

// fillWithTrust: invitations and principals are bounded, and nobody accepts whose birth date was not checked.
func fillWithTrust(w *troubled) {
	friend, simplified := w.who(verified), w.who(signedIn)
	for range 5 {
		w.trusts(w.who(signedIn), friend)
	}
	sixth := w.who(signedIn)
	w.ask("PUT", trustedContact, body{"login": friend.Phone}, by(sixth)).ok(http.StatusOK)
	w.ask("POST", w.invitation(friend)+":accept", body{}, by(friend)).refused(http.StatusConflict, "PRINCIPAL_LIMIT")
	w.acceptOnPage(friend, "You are the trusted contact of five people")
	w.ask("PUT", trustedContact, body{"login": simplified.Phone}, by(sixth)).ok(http.StatusOK)
	w.ask("POST", w.invitation(simplified)+":accept", body{}, by(simplified)).refused(http.StatusForbidden, "LEVEL_TOO_LOW")
	for _, login := range []string{"a@example.ru", "b@example.ru", "c@example.ru"} {
		w.ask("PUT", trustedContact, body{"login": login}, by(sixth)).ok(http.StatusOK)
	}
	w.ask("PUT", trustedContact, body{"login": "d@example.ru"}, by(sixth)).refused(http.StatusTooManyRequests, "TRUSTED_CONTACT_LIMIT")
}

// acceptOnPage accepts the invitation on the page, which says why not.
func (w *troubled) acceptOnPage(s *journey.Story, want string) {
	w.t.Helper()
	b, ctx := w.browser(), context.Background()
	w.enter(b, s)
	if err := b.Open(ctx, "/cabinet/security/trusted"); err != nil {
		w.t.Fatal(err)
	}
	id := strings.TrimPrefix(w.invitation(s), principals+"/")
	if err := b.Submit(ctx, map[string]string{"action": "accept", "principal": id}); err != nil {
		w.t.Fatal(err)
	}
	if text := b.Page.Text(); !strings.Contains(text, want) {
		w.t.Errorf("the page does not say %q: %s", want, text)
	}
}

// uploadWhatIsNoPicture: files that lie, by calls.
func uploadWhatIsNoPicture(w *troubled) {
	s := w.who(signedIn)
	var still, wide bytes.Buffer
	if err := gif.Encode(&still, image.NewPaletted(image.Rect(0, 0, 8, 8), palette.Plan9), nil); err != nil {
		w.t.Fatal(err)
	}
	if err := png.Encode(&wide, image.NewGray(image.Rect(0, 0, 4097, 1))); err != nil {
		w.t.Fatal(err)
	}
	for code, file := range map[string][]byte{
		"IMAGE_FORMAT_UNKNOWN": still.Bytes(), "IMAGE_TOO_MANY_PIXELS": wide.Bytes(), "IMAGE_UNREADABLE": wide.Bytes()[:20],
		"IMAGE_TOO_LARGE": make([]byte, 2<<20+1), "FIELD_REQUIRED": nil,
	} {
		w.ask("PUT", "/v1/me/avatar", body{"image": base64.StdEncoding.EncodeToString(file)}, by(s)).fields("/image", code)
	}
	w.ask("GET", "/v1/me/avatar", nil, by(s)).refused(http.StatusNotFound, "AVATAR_NOT_SET")
}
