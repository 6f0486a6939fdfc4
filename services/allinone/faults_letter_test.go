package allinone_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const (
	lettersPath = "/v1/me/letterOrders"
	redeemPath  = "/v1/me/confirmations:redeemCode"
)

func letterFaults(t *testing.T, w *troubled) {
	cases{
		{"below standard", letterTooEarly},
		{"level that has just risen", levelJustRisen},
		{"long after the sign-in", letterLongAfterSignIn},
		{"ordered twice", letterTwice},
		{"to no address", letterNowhere},
		{"code of another account", foreignLetter},
		{"wrong codes and a flushed Redis", wrongLetterCodes},
		{"code of another kind", wrongKind},
		{"expired code", expiredLetter},
		{"code used before", usedLetter},
	}.run(t, w)
}

func (w *troubled) order(s *journey.Story) answer {
	w.t.Helper()
	return w.ask("POST", lettersPath, body{"addressId": w.belongingsOf(s, addressesPath, "addresses")}, by(s))
}

// belongingsOf is the only thing of a kind that somebody has.
func (w *troubled) belongingsOf(s *journey.Story, path, member string) string {
	w.t.Helper()
	var list map[string][]struct{ ID string }
	w.ask("GET", path, nil, by(s)).ok(http.StatusOK).into(&list)
	if len(list[member]) != 1 {
		w.t.Fatalf("%s: %v", path, list)
	}
	return list[member][0].ID
}

func (w *troubled) redeem(s *journey.Story, code string) answer {
	w.t.Helper()
	return w.ask("POST", redeemPath, body{"code": code}, by(s))
}

// letterCode is what the last letter says.
func (w *troubled) letterCode(s *journey.Story, n int) string {
	w.t.Helper()
	return w.inbox(s.Phone, "LETTER", n)[0].Code
}

func letterTooEarly(w *troubled) {
	s := w.who(filledIn)
	address := w.ask("POST", addressesPath, s.Person.Address, by(s)).ok(http.StatusCreated).field("id")
	w.ask("POST", lettersPath, body{"addressId": address}, by(s)).refused(http.StatusForbidden, "LEVEL_TOO_LOW")
	w.redeem(s, "L0123456789").refused(http.StatusForbidden, "LEVEL_TOO_LOW")
}

// levelJustRisen: the session needs no new sign-in to be of the new level.
func levelJustRisen(w *troubled) {
	s := w.who(filledIn)
	w.ask("POST", addressesPath, s.Person.Address, by(s)).ok(http.StatusCreated)
	w.is(w.verdict(s), matched)
	w.order(s).ok(http.StatusCreated)
}

func letterLongAfterSignIn(w *troubled) {
	s := w.who(orderedMail)
	w.Clock.Advance(20*time.Minute + time.Second)
	w.order(s).refused(http.StatusForbidden, "REAUTHENTICATION_REQUIRED")
	w.redeem(s, "L0123456789").refused(http.StatusForbidden, "REAUTHENTICATION_REQUIRED")
	reauthenticate := func(password string) answer {
		return w.ask("POST", "/v1/sessions/current:reauthenticate", body{"password": password}, by(s))
	}
	reauthenticate("Wrong-9-Password!").refused(http.StatusUnauthorized, "SIGN_IN_FAILED")
	old := s.Token
	s.Token = reauthenticate(journey.Password).ok(http.StatusOK).field("token")
	w.ask("GET", "/v1/me", nil, withToken(old)).refused(http.StatusUnauthorized, "SESSION_ENDED")
	w.redeem(s, "L0123456789").refused(unprocessable, "CONFIRMATION_CODE_WRONG")
}

func letterTwice(w *troubled) {
	s := w.who(receivedMail)
	w.order(s).refused(http.StatusConflict, "LETTER_ALREADY_ORDERED").after(24 * time.Hour)
	w.flushRedis()
	w.order(s).refused(http.StatusConflict, "LETTER_ALREADY_ORDERED").after(24 * time.Hour)
	w.Clock.Advance(24 * time.Hour)
	w.again(s)
	old := w.letterCode(s, 1)
	letter := w.order(s).ok(http.StatusCreated).field("id")
	w.redeem(s, old).refused(unprocessable, "CONFIRMATION_CODE_WRONG") // the new letter has voided it
	w.ask("POST", "/sandbox/v1/letters/"+letter+":deliver", nil).ok(http.StatusNoContent)
	w.redeem(s, w.letterCode(s, 2)).ok(http.StatusOK)
	w.Clock.Advance(24 * time.Hour)
	w.again(s)
	w.order(s).refused(http.StatusConflict, "ALREADY_CONFIRMED")
}

func letterNowhere(w *troubled) {
	s := w.who(verified)
	w.ask("POST", lettersPath, body{}, by(s)).fields("/addressId", "FIELD_REQUIRED")
	w.ask("POST", lettersPath, body{"addressId": "home"}, by(s)).refused(http.StatusNotFound, "ADDRESS_NOT_FOUND")
}

func foreignLetter(w *troubled) {
	owner, other := w.who(receivedMail), w.who(receivedMail)
	foreign := w.letterCode(owner, 1)
	for range 4 {
		alike(w.t, w.redeem(other, foreign).refused(unprocessable, "CONFIRMATION_CODE_WRONG"),
			w.redeem(owner, w.letterCode(other, 1)))
	}
	w.redeem(other, foreign).refused(http.StatusTooManyRequests, "CONFIRMATION_ATTEMPTS_EXHAUSTED").after(10 * time.Minute)
	w.levelIs(other, "STANDARD")
	w.redeem(owner, foreign).ok(http.StatusOK)
	w.levelIs(owner, "CONFIRMED")
}

func wrongLetterCodes(w *troubled) {
	s := w.who(receivedMail)
	right := w.letterCode(s, 1)
	exhausted := func(wait time.Duration) {
		w.t.Helper()
		for range 4 {
			w.redeem(s, wrong(right)).refused(unprocessable, "CONFIRMATION_CODE_WRONG")
		}
		w.redeem(s, wrong(right)).refused(http.StatusTooManyRequests, "CONFIRMATION_ATTEMPTS_EXHAUSTED").after(wait)
		w.flushRedis()
		w.redeem(s, right).refused(http.StatusTooManyRequests, "CONFIRMATION_ATTEMPTS_EXHAUSTED").after(wait)
	}
	exhausted(10 * time.Minute)
	w.Clock.Advance(10 * time.Minute)
	exhausted(10 * time.Minute)
	w.Clock.Advance(10 * time.Minute)
	w.again(s)
	exhausted(0) // fifteen altogether: waiting does not help this letter any more
	w.Clock.Advance(10 * time.Minute)
	w.redeem(s, right).refused(http.StatusTooManyRequests, "CONFIRMATION_ATTEMPTS_EXHAUSTED").after(0)
	w.levelIs(s, "STANDARD")
}

func wrongKind(w *troubled) {
	s := w.who(receivedMail)
	right := w.letterCode(s, 1)
	for range 6 {
		w.redeem(s, "B"+right[1:]).refused(unprocessable, "CONFIRMATION_CODE_WRONG_KIND")
	}
	w.redeem(s, "").fields("/code", "FIELD_REQUIRED")
	w.redeem(s, "L123").fields("/code", "CONFIRMATION_CODE_MALFORMED")
	w.redeem(s, " l-"+right[1:6]+" "+right[6:]).ok(http.StatusOK)
}

func expiredLetter(w *troubled) {
	s := w.who(receivedMail)
	w.Clock.Advance(30 * 24 * time.Hour)
	w.again(s)
	w.redeem(s, w.letterCode(s, 1)).refused(unprocessable, "CONFIRMATION_CODE_EXPIRED")
	w.levelIs(s, "STANDARD")
	w.order(s).ok(http.StatusCreated)
}

func usedLetter(w *troubled) {
	s := w.who(receivedMail)
	code := w.letterCode(s, 1)
	first := w.redeem(s, code).ok(http.StatusOK)
	w.Clock.Advance(time.Minute)
	alike(w.t, w.redeem(s, code).ok(http.StatusOK), first)
	w.redeem(s, wrong(code)).refused(unprocessable, "CONFIRMATION_CODE_WRONG")
	w.levelIs(s, "CONFIRMED")
	if n := w.count(`SELECT count(*) FROM confirmation.confirmations WHERE account_id = $1`, s.AccountID); n != 1 {
		w.t.Errorf("%d confirmations", n)
	}
}
