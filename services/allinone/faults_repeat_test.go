package allinone_test

import (
	"bytes"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

func repeatedRequests(t *testing.T, w *troubled) {
	cases{
		{"sign-up", repeatedSignUp},
		{"sign-in", repeatedSignIn},
		{"data and verification", repeatedData},
		{"letter and code", repeatedLetter},
		{"keys", keys},
	}.run(t, w)
}

// repeated is one request with one key, sent by twins at once and then again.
type repeated struct {
	path string
	in   any
	// other is another request to the same path, or otherPath.
	other     any
	otherPath string
	// refusal is what the other request gets; empty: the key was used for another request.
	refusal string
	status  int
	options []option
	// moving matches what may have moved on between two answers.
	moving *regexp.Regexp
}

func (r repeated) without(raw []byte) []byte {
	if r.moving == nil {
		return raw
	}
	return r.moving.ReplaceAll(raw, nil)
}

// once asks that everybody gets one answer, and that the key is good for nothing else. It gives the answer.
func (w *troubled) once(r repeated) answer {
	w.t.Helper()
	options := append([]option{withKey(uuid.NewString())}, r.options...)
	answers := make([]answer, 3)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = w.ask("POST", r.path, r.in, options...) })
	}
	all.Wait()
	answers = append(answers, w.ask("POST", r.path, r.in, options...))
	first := answers[0].ok(r.status)
	for _, a := range answers {
		if a.status != first.status || !bytes.Equal(r.without(a.raw), r.without(first.raw)) {
			w.t.Errorf("the same request was answered\n%s\n%s", first, a)
		}
	}
	if r.otherPath == "" {
		r.otherPath = r.path
	}
	switch {
	case r.other == nil:
	case r.refusal != "":
		w.ask("POST", r.otherPath, r.other, options...).refused(http.StatusConflict, r.refusal)
	default:
		w.ask("POST", r.otherPath, r.other, options...).refused(unprocessable, "IDEMPOTENCY_KEY_REUSED")
	}
	return first
}

func repeatedSignUp(w *troubled) {
	phone, another := w.phone(), w.signUp(w.phone())
	form := func(phone string) body {
		return body{"lastName": "Проверкин", "firstName": "Пётр", "phone": phone}
	}
	id := w.once(repeated{path: registrations, in: form(phone), other: form(w.phone()), status: http.StatusCreated}).field("id")
	s := &signUp{w: w, id: id, to: phone, messagesSoFar: 1}
	w.messages(phone, 1)
	w.Clock.Advance(time.Minute)
	w.once(repeated{
		path: registrations + "/" + id + ":resendCode", in: body{}, other: body{},
		otherPath: registrations + "/" + another.id + ":resendCode", status: http.StatusOK,
	})
	w.messages(phone, 2)
	s.messagesSoFar = 2
	code := s.code()
	token := w.once(repeated{
		path: registrations + "/" + id + ":verifyCode", in: body{"code": code}, other: body{"code": wrong(code)},
		refusal: "REGISTRATION_WRONG_STATE", status: http.StatusOK,
	}).field("completionToken")
	account := w.once(repeated{
		path: registrations + "/" + id + ":complete", in: body{"completionToken": token, "password": journey.Password},
		other: body{"completionToken": token, "password": "Another-9-Password!"}, refusal: "REGISTRATION_WRONG_STATE",
		status: http.StatusCreated,
	}).field("accountId")
	if n := w.count(`SELECT count(*) FROM account.outbox WHERE subject = 'propusk.account.v1.account_created'
		AND headers ->> 'ce-subject' = $1`, account); n != 1 {
		w.t.Errorf("the account was made %d times", n)
	}
	w.signIn(phone, journey.Password).ok(http.StatusCreated)
}

// messages asks that exactly n have come, once everything that is due has been sent.
func (w *troubled) messages(phone string, n int) {
	w.t.Helper()
	testkit.Eventually(w.t, "all messages to be sent", func() bool {
		return w.count(`SELECT count(*) FROM notification.messages WHERE state = 'QUEUED'`) == 0
	})
	if got := len(w.inbox(phone, "SMS", n)); got != n {
		w.t.Errorf("%d messages came, want %d", got, n)
	}
}

func repeatedSignIn(w *troubled) {
	s, other := w.who(signedIn), w.who(signedIn)
	in := body{"login": s.Phone, "password": journey.Password}
	before := w.count(`SELECT count(*) FROM account.sessions WHERE account_id = $1`, s.AccountID)
	key := withKey(uuid.NewString())
	token := w.once(repeated{path: sessions, in: in, status: http.StatusCreated, options: []option{key}}).field("token")
	if n := w.count(`SELECT count(*) FROM account.sessions WHERE account_id = $1`, s.AccountID); n != before+1 {
		w.t.Errorf("%d sessions were begun", n-before)
	}
	w.ask("GET", "/v1/me", nil, withToken(token)).ok(http.StatusOK)
	w.signIn(other.Phone, journey.Password, key).refused(unprocessable, "IDEMPOTENCY_KEY_REUSED")
	// The key is no way around the password.
	w.signIn(s.Phone, "Wrong-9-Password!", key).refused(http.StatusUnauthorized, "SIGN_IN_FAILED")
}

func repeatedData(w *troubled) {
	s := w.until(chosen, w.somebody())
	for _, step := range journey.Steps()[chosen:6] { // up to the person's card
		if err := step.Do(s, w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
	as := []option{by(s)}
	w.once(repeated{
		path: documentsPath, in: passport(s), other: passport(s, "number", "000001"), status: http.StatusCreated, options: as,
	})
	address := body(s.Person.Address)
	elsewhere := body{"type": "RESIDENCE", "postalCode": "170100", "region": "Тверская область", "city": "Тверь", "house": "1"}
	w.once(repeated{path: addressesPath, in: address, other: elsewhere, status: http.StatusCreated, options: as})
	w.once(repeated{path: verificationsPath, in: body{}, status: http.StatusAccepted, options: as})
	w.is(w.ended(s), matched)
	got := w.belongingsOf(s, documentsPath, "documents") + w.belongingsOf(s, addressesPath, "addresses") +
		w.belongingsOf(s, verificationsPath, "verifications")
	if len(got) != 3*36 {
		w.t.Errorf("got %s", got)
	}
	if n := w.count(`SELECT count(*) FROM profile.snapshots WHERE account_id = $1`, s.AccountID); n != 1 {
		w.t.Errorf("%d snapshots", n)
	}
}

func repeatedLetter(w *troubled) {
	s := w.who(verified)
	as := []option{by(s)}
	address := w.ask("POST", addressesPath, s.Person.Address, by(s)).ok(http.StatusCreated).field("id")
	letter := w.once(repeated{
		path: lettersPath, in: body{"addressId": address}, other: body{"addressId": uuid.NewString()},
		status: http.StatusCreated, options: as, moving: regexp.MustCompile(`"state":\s*"\w+"`),
	}).field("id")
	if got := w.belongingsOf(s, lettersPath, "letterOrders"); got != letter {
		w.t.Errorf("letters %s and %s", got, letter)
	}
	w.ask("POST", "/sandbox/v1/letters/"+letter+":deliver", nil).ok(http.StatusNoContent)
	w.ask("POST", "/sandbox/v1/letters/"+letter+":deliver", nil).ok(http.StatusNoContent)
	code := w.letterCode(s, 1)
	w.once(repeated{
		path: redeemPath, in: body{"code": code}, other: body{"code": wrong(code)}, status: http.StatusOK, options: as,
	})
	if n := w.count(`SELECT count(*) FROM account.outbox WHERE subject = 'propusk.account.v1.level_raised'
		AND headers ->> 'ce-subject' = $1`, s.AccountID); n != 2 {
		w.t.Errorf("the level rose %d times", n)
	}
}

func keys(w *troubled) {
	form := body{"lastName": "Проверкин", "firstName": "Пётр", "phone": w.phone()}
	for _, key := range []string{"short", string(bytes.Repeat([]byte("k"), 129))} {
		w.ask("POST", registrations, form, withKey(key)).refused(http.StatusBadRequest, "IDEMPOTENCY_KEY_INVALID")
	}
	// A refusal is not remembered, and a key is one person's own.
	key := withKey(uuid.NewString())
	a, b := w.who(signedIn), w.who(signedIn)
	bad := passport(a, "number", "x")
	w.ask("POST", documentsPath, bad, by(a), key).fields("/number", "FIELD_MALFORMED")
	first := w.ask("POST", documentsPath, passport(a), by(a), key).ok(http.StatusCreated).field("id")
	if second := w.ask("POST", documentsPath, passport(a), by(b), key).ok(http.StatusCreated).field("id"); second == first {
		w.t.Error("one person got another's answer")
	}
	// After a day the key is free.
	w.Clock.Advance(24*time.Hour + time.Second)
	w.again(a)
	w.ask("POST", documentsPath, passport(a), by(a), key).refused(http.StatusConflict, "DOCUMENT_EXISTS")
}
