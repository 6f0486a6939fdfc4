package allinone_test

import (
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

func factorKinds() map[string]string {
	return map[string]string{
		"OK": accepted, "CODE_WRONG": compared, "FACTOR_LOCKED": refused, "SIGN_IN_EXPIRED": spent, "STEP_NOT_OPEN": spent,
	}
}

// inTurn guesses in several sign-ins at once: another one gives no tries.
func (w *troubled) inTurn(s *journey.Story, step, right, wrong string) func(bool) answer {
	w.t.Helper()
	tokens := []string{w.half(s), w.half(s), w.half(s)}
	var n atomic.Int64
	return func(isRight bool) answer {
		code := wrong
		if isRight {
			code = right
		}
		return w.completeStep(tokens[int(n.Add(1))%len(tokens)], step, code)
	}
}

// anotherOf is the n-th of the codes that are not the right one: a guess made twice in a flow is compared once.
func anotherOf(right string, n int64) string {
	number, _ := strconv.ParseInt(right, 10, 64)
	return fmt.Sprintf("%06d", (number+1+n%999_999)%1_000_000)
}

// ownCodes are those that account compares itself, and the answers that a recovery asks for.
func ownCodes() guessing { return guessing{limit: factorTries, last: true, once: true} }

func guessAppCodes(w *troubled) {
	for _, rights := range []bool{false, true} {
		g := w.guarded()
		w.guessed(ownCodes(), rights, w.inTurn(g.Story, "TOTP", g.code(0), g.wrong()), factorKinds())
	}
}

func guessBackupCodes(w *troubled) {
	for _, rights := range []bool{false, true} {
		g := w.guarded()
		w.guessed(ownCodes(), rights, w.inTurn(g.Story, "BACKUP_CODE", g.backup[0], wrong(g.backup[1])), factorKinds())
	}
}

func guessAppCodesFlushing(w *troubled) {
	g := w.guarded()
	guess := w.inTurn(g.Story, "TOTP", g.code(0), g.wrong())
	w.whileFlushing(func() { w.guessed(ownCodes(), false, guess, factorKinds()) })
	guess(true).refused(http.StatusTooManyRequests, "FACTOR_LOCKED").after(15 * time.Minute)
	w.completeStep(w.half(g.Story), "BACKUP_CODE", g.backup[0]).ok(http.StatusOK)
}

// spendAtOnce: a backup code is one sign-in's, however many present it.
func spendAtOnce(w *troubled) {
	g := w.guarded()
	guess := w.inTurn(g.Story, "BACKUP_CODE", g.backup[0], "")
	if n := outcomes(atOnce(batch, func(int) answer { return guess(true) }))["200 "]; n != 1 {
		w.t.Errorf("a backup code let in %d times", n)
	}
}

// guessSMSCodes: the person has bound the phone.
func guessSMSCodes(w *troubled) {
	for _, rights := range []bool{false, true} {
		s := w.who(signedIn)
		w.Clock.Advance(time.Minute)
		var id string
		first := w.newCode(s.Phone, func() {
			id = w.ask("POST", secondFactors, body{"kind": "SMS_CODE"}, by(s)).ok(created).field("id")
		})
		w.ask("POST", secondFactors+"/"+id+":activate", body{"code": first}, by(s)).ok(http.StatusOK)
		w.Clock.Advance(time.Minute)
		token := w.half(s)
		right := w.newCode(s.Phone, func() {
			w.ask("POST", sessions+":sendCode", body{"signInToken": token, "stepId": "SMS_CODE"}).ok(http.StatusOK)
		})
		guess := differently(right, func(code string) answer { return w.completeStep(token, "SMS_CODE", code) })
		w.guessed(guessing{last: true, once: true}, rights, guess, sentKinds())
	}
}

func sentKinds() map[string]string {
	return map[string]string{
		"OK": accepted, "CODE_WRONG": compared, "CODE_ATTEMPTS_EXHAUSTED": refused, "FACTOR_LOCKED": refused,
		"CODE_EXPIRED": spent, "STEP_NOT_OPEN": spent, "SIGN_IN_EXPIRED": spent, "RECOVERY_NOT_FOUND": spent,
	}
}

// differently guesses with another wrong code each time.
func differently(right string, prove func(code string) answer) func(bool) answer {
	var n atomic.Int64
	return func(isRight bool) answer {
		if isRight {
			return prove(right)
		}
		return prove(anotherOf(right, n.Add(1)))
	}
}

func guessRecoveryCodes(w *troubled) {
	for _, rights := range []bool{false, true} {
		l := w.lost(w.who(signedIn))
		right := l.sent()
		guess := differently(right, func(code string) answer { return l.prove("SMS_CODE", "code", code) })
		w.guessed(guessing{last: true, once: true}, rights, guess, sentKinds())
	}
}

// guessSNILS: another recovery gives no tries, nor does the loss of Redis.
func guessSNILS(w *troubled) {
	kinds := map[string]string{"OK": accepted, "RECOVERY_ANSWER_WRONG": compared, "FACTOR_LOCKED": refused, "STEP_NOT_OPEN": spent}
	somebodys, err := identifiers.NewSNILS("100000001")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, rights := range []bool{false, true} {
		s := w.who(verified)
		var begun []*lost
		for range 2 {
			l := w.lost(s)
			l.prove("SMS_CODE", "code", l.sent()).ok(http.StatusOK)
			begun = append(begun, l)
		}
		var n atomic.Int64
		guess := func(isRight bool) answer {
			l, snils := begun[int(n.Add(1))%len(begun)], string(somebodys)
			if isRight {
				l, snils = begun[0], s.Person.Person.SNILS
			}
			return l.prove("SNILS", "snils", snils)
		}
		if rights {
			w.guessed(ownCodes(), true, guess, kinds)
			continue
		}
		w.whileFlushing(func() { w.guessed(ownCodes(), false, guess, kinds) })
		guess(true).refused(http.StatusTooManyRequests, "FACTOR_LOCKED")
	}
}

// guessFirstBackupCodes guesses as anybody can who knows a phone number, at somebody's account and at nobody's.
func guessFirstBackupCodes(w *troubled) {
	kinds := map[string]string{"OK": accepted, "CODE_WRONG": compared, "RECOVERY_LIMIT": refused, "STEP_NOT_OPEN": spent}
	g := w.guarded()
	for _, s := range []*journey.Story{g.Story, w.somebody()} {
		begun := []*lost{w.lost(s), w.lost(s)}
		var n atomic.Int64
		guess := func(bool) answer {
			return begun[int(n.Add(1))%len(begun)].prove("BACKUP_CODE", "code", wrong(g.backup[1]))
		}
		w.whileFlushing(func() { w.guessed(guessing{}, false, guess, kinds) })
		begun[0].prove("BACKUP_CODE", "code", g.backup[0]).refused(http.StatusTooManyRequests, "RECOVERY_LIMIT")
	}
	w.completeStep(w.half(g.Story), "BACKUP_CODE", g.backup[0]).ok(http.StatusOK) // strangers cost the person nothing
}

// guessPasswordsEverywhere: a try is a try, whatever the password is asked for.
func guessPasswordsEverywhere(w *troubled) {
	s := w.who(signedIn)
	var n atomic.Int64
	w.guessed(guessing{}, false, func(bool) answer {
		switch n.Add(1) % 3 {
		case 0:
			return w.ask("POST", sessions+"/current:reauthenticate", body{"password": wrongPassword}, by(s))
		case 1:
			return w.ask("POST", "/v1/me/password:change", body{"currentPassword": wrongPassword, "newPassword": nextPassword}, by(s))
		default:
			return w.signIn(s.Phone, wrongPassword)
		}
	}, passwordKinds())
	w.signIn(s.Phone, journey.Password).refused(http.StatusTooManyRequests, "SIGN_IN_THROTTLED")
}
