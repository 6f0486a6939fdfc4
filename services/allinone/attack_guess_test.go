package allinone_test

import (
	"cmp"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// tries is how many wrong guesses are compared; it is the same for passwords, one-time codes and letter codes.
const tries = 5

// factorTries is how many wrong codes of a second factor, or answers of a recovery, lock it: the last is told of the lock.
const factorTries = 10

// What became of a guess.
const (
	compared = "compared" // and it was wrong
	accepted = "accepted"
	refused  = "refused" // without a comparison
	spent    = "spent"   // what there was to guess is gone
	other    = "something else"
)

// counter is the limit as it would be if guesses came one by one.
type counter struct {
	failures int
	spent    bool
}

// guessing is a limit on guesses, as a model of what may be answered.
type guessing struct {
	// limit is how many wrong guesses are compared; 0: as many as [tries].
	limit int
	// last says that the guess which uses up the limit is already answered as refused.
	last bool
	// once says that the right guess spends what is guessed; else it gives the tries back.
	once bool
}

func (g guessing) model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return counter{} },
		Step: func(state, input, output any) (bool, any) {
			c, _ := state.(counter)
			right, _ := input.(bool)
			return g.step(c, right, output)
		},
	}
}

func (g guessing) most() int { return cmp.Or(g.limit, tries) }

func (g guessing) step(c counter, right bool, output any) (bool, counter) {
	switch {
	case c.spent:
		return output != accepted, c
	case c.failures >= g.most():
		return output == refused, c
	case right && g.once:
		return output == accepted, counter{spent: true}
	case right:
		return output == accepted, counter{}
	}
	c.failures++
	if g.last && c.failures == g.most() {
		return output == refused, c
	}
	return output == compared, c
}

// mixed is a batch with right guesses among the wrong ones. An order that explains it is looked for among many more than
// when all are alike, so it is smaller.
const mixed = 16

// guessed sends a batch of guesses, of which some are right if there are to be right ones, and asks that they were
// answered as if they had come one after another.
func (w *troubled) guessed(g guessing, rights bool, guess func(right bool) answer, kinds map[string]string) {
	w.t.Helper()
	batch := batch
	if rights {
		batch = mixed
	}
	begin := time.Now()
	var now atomic.Int64
	tick := func() int64 { return time.Since(begin).Nanoseconds() + now.Add(1) }
	history := make([]porcupine.Operation, batch)
	answers := atOnce(batch, func(i int) answer {
		right := rights && i%8 == 3
		call := tick()
		a := guess(right)
		history[i] = porcupine.Operation{ClientId: i, Input: right, Call: call, Output: kindOf(a, kinds), Return: tick()}
		return a
	})
	for _, a := range answers {
		if kindOf(a, kinds) == other {
			w.t.Errorf("a guess is answered %s", a)
		}
	}
	if result := porcupine.CheckOperationsTimeout(g.model(), history, time.Minute); result != porcupine.Ok {
		w.t.Errorf("no order of the guesses explains their answers (%s): %v", result, outcomes(answers))
	}
	w.atMost(g.most(), answers, rights, kinds)
}

// atMost asks that no more were compared than may be, whatever else happened.
func (w *troubled) atMost(most int, answers []answer, rights bool, kinds map[string]string) {
	w.t.Helper()
	n := 0
	for _, a := range answers {
		if kindOf(a, kinds) == compared {
			n++
		}
	}
	if n > most && !rights {
		w.t.Errorf("%d wrong guesses were compared, at most %d may be: %v", n, most, outcomes(answers))
	}
}

func kindOf(a answer, kinds map[string]string) string {
	code := a.Code
	if a.status < http.StatusBadRequest {
		code = "OK"
	}
	if kind, ok := kinds[code]; ok {
		return kind
	}
	return other
}

const wrongPassword = "Wrong-9-Password!"

func passwordKinds() map[string]string {
	return map[string]string{"OK": accepted, "SIGN_IN_FAILED": compared, "SIGN_IN_THROTTLED": refused}
}

func (w *troubled) guessPassword(login string) func(right bool) answer {
	return func(right bool) answer {
		if right {
			return w.signIn(login, journey.Password)
		}
		return w.signIn(login, wrongPassword)
	}
}

func guessPasswords(w *troubled) {
	w.guessed(guessing{}, false, w.guessPassword(w.who(signedIn).Phone), passwordKinds())
	w.guessed(guessing{}, true, w.guessPassword(w.who(signedIn).Phone), passwordKinds())
	w.guessed(guessing{}, false, w.guessPassword(w.phone()), passwordKinds()) // nobody's
}

func guessPasswordsFlushing(w *troubled) {
	login := w.who(signedIn).Phone
	w.whileFlushing(func() { w.guessed(guessing{}, false, w.guessPassword(login), passwordKinds()) })
	w.signIn(login, journey.Password).refused(http.StatusTooManyRequests, "SIGN_IN_THROTTLED")
}

func codeKinds() map[string]string {
	return map[string]string{
		"OK": accepted, "CODE_WRONG": compared, "CODE_ATTEMPTS_EXHAUSTED": refused, "FACTOR_LOCKED": refused,
		"REGISTRATION_WRONG_STATE": spent, "CODE_EXPIRED": spent,
	}
}

func (s *signUp) guess(code string) func(right bool) answer {
	return func(right bool) answer {
		if right {
			return s.verify(code)
		}
		return s.verify(wrong(code))
	}
}

func guessCodes(w *troubled) {
	for _, rights := range []bool{false, true} {
		s := w.signUp(w.phone())
		w.guessed(guessing{last: true, once: true}, rights, s.guess(s.code()), codeKinds())
	}
}

// guessCodesFlushing: codes are lost, and the failures are not.
func guessCodesFlushing(w *troubled) {
	s := w.signUp(w.phone())
	code := s.code()
	w.whileFlushing(func() {
		w.atMost(tries, atOnce(batch, func(int) answer { return s.verify(wrong(code)) }), false, codeKinds())
	})
	if state := w.ask("GET", registrations+"/"+s.id, nil).field("state"); state != "CODE_SENT" {
		w.t.Errorf("the sign-up is %s", state)
	}
}

func letterKinds() map[string]string {
	return map[string]string{
		"OK": accepted, "CONFIRMATION_CODE_WRONG": compared, "CONFIRMATION_ATTEMPTS_EXHAUSTED": refused,
	}
}

func guessLetters(w *troubled) {
	s := w.who(receivedMail)
	code := w.letterCode(s, 1)
	w.guessed(guessing{last: true}, false, func(bool) answer { return w.redeem(s, wrong(code)) }, letterKinds())
	w.levelIs(s, "STANDARD")
}

func guessLettersFlushing(w *troubled) {
	s := w.who(receivedMail)
	code := w.letterCode(s, 1)
	w.whileFlushing(func() {
		w.guessed(guessing{last: true}, false, func(bool) answer { return w.redeem(s, wrong(code)) }, letterKinds())
	})
	w.redeem(s, code).refused(http.StatusTooManyRequests, "CONFIRMATION_ATTEMPTS_EXHAUSTED")
	w.levelIs(s, "STANDARD")
}
