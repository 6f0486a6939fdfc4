package allinone_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const registrations = "/v1/registrations"

func signUpFaults(t *testing.T, w *troubled) {
	cases{
		{"wrong codes, the sixth code and a code sent again", wrongCodes},
		{"expired code", expiredCode},
		{"code used before", usedCode},
		{"failures in a row outlive codes, sign-ups and Redis", failuresInARow},
		{"completion needs its token", completionToken},
		{"taken phone", takenPhone},
		{"taken e-mail", takenEmail},
		{"link", linkFaults},
		{"weak password", weakPassword},
		{"malformed form", malformedForm},
		{"malformed codes", malformedCodes},
		{"unknown sign-up", unknownSignUp},
	}.run(t, w)
}

// signUp is a sign-up whose first code is on its way.
type signUp struct {
	w             *troubled
	id, to        string
	answer        answer
	names         map[string]string
	messagesSoFar int
}

func (w *troubled) signUp(contact string) *signUp {
	w.t.Helper()
	return w.signUpAgain(contact, 1)
}

// signUpAgain is one more sign-up with a contact that has had n messages with it.
func (w *troubled) signUpAgain(contact string, n int) *signUp {
	w.t.Helper()
	body := map[string]string{"lastName": "Проверкин", "firstName": "Пётр"}
	if strings.Contains(contact, "@") {
		body["email"] = contact
	} else {
		body["phone"] = contact
	}
	a := w.ask("POST", registrations, body).ok(http.StatusCreated)
	return &signUp{w: w, id: a.field("id"), to: contact, answer: a, names: body, messagesSoFar: n}
}

func (s *signUp) do(action string, body any, options ...option) answer {
	s.w.t.Helper()
	return s.w.ask("POST", registrations+"/"+s.id+":"+action, body, options...)
}

func (s *signUp) code() string { return s.w.code(s.to, s.messagesSoFar) }

func (s *signUp) verify(code string) answer {
	s.w.t.Helper()
	return s.do("verifyCode", map[string]string{"code": code})
}

// prove gives the completion token.
func (s *signUp) prove() string {
	s.w.t.Helper()
	return s.verify(s.code()).ok(http.StatusOK).field("completionToken")
}

func (s *signUp) resend() answer {
	s.w.t.Helper()
	return s.do("resendCode", map[string]string{})
}

func (s *signUp) resent() {
	s.w.t.Helper()
	s.resend().ok(http.StatusOK)
	s.messagesSoFar++
}

func (s *signUp) complete(token, password string) answer {
	s.w.t.Helper()
	return s.do("complete", map[string]string{"completionToken": token, "password": password})
}

func (w *troubled) phone() string { return w.somebody().Phone }

const unprocessable = http.StatusUnprocessableEntity

func wrongCodes(w *troubled) {
	s := w.signUp(w.phone())
	right := s.code()
	for left := 4; left >= 1; left-- {
		a := s.verify(wrong(right)).refused(unprocessable, "CODE_WRONG")
		if !strings.ContainsRune(a.Detail, rune('0'+left)) {
			w.t.Errorf("%d attempts are left, and the person reads %q", left, a.Detail)
		}
	}
	s.verify(wrong(right)).refused(unprocessable, "CODE_ATTEMPTS_EXHAUSTED")
	s.verify(right).refused(unprocessable, "CODE_ATTEMPTS_EXHAUSTED")
	s.resend().refused(http.StatusTooManyRequests, "CODE_RESEND_TOO_EARLY").after(time.Minute)
	w.Clock.Advance(59 * time.Second)
	s.resend().refused(http.StatusTooManyRequests, "CODE_RESEND_TOO_EARLY").after(time.Second)
	w.Clock.Advance(time.Second)
	s.resent()
	if s.code() != right { // one in a million
		s.verify(right).refused(unprocessable, "CODE_WRONG")
	}
	s.verify(s.code()).ok(http.StatusOK)
}

func expiredCode(w *troubled) {
	inTime, late := w.signUp(w.phone()), w.signUp(w.phone())
	inTimes, lates := inTime.code(), late.code()
	w.Clock.Advance(300*time.Second - time.Millisecond)
	inTime.verify(inTimes).ok(http.StatusOK)
	w.Clock.Advance(time.Millisecond)
	late.verify(lates).refused(unprocessable, "CODE_EXPIRED")
	late.resent()
	late.verify(late.code()).ok(http.StatusOK)
}

func usedCode(w *troubled) {
	phone := w.phone()
	first := w.signUp(phone)
	code := first.code()
	first.verify(code).ok(http.StatusOK)
	first.verify(code).refused(http.StatusConflict, "REGISTRATION_WRONG_STATE")
	w.Clock.Advance(time.Minute)
	second := w.signUpAgain(phone, 2)
	own := second.code()
	if own != code {
		second.verify(code).refused(unprocessable, "CODE_WRONG")
	}
	// A code is good in its own sign-up only, and there it is not voided by another one.
	w.Clock.Advance(time.Minute)
	third := w.signUpAgain(phone, 3)
	if third.code() != own {
		second.verify(third.code()).refused(unprocessable, "CODE_WRONG")
	}
	third.verify(third.code()).ok(http.StatusOK)
	second.verify(own).ok(http.StatusOK)
}

func malformedCodes(w *troubled) {
	s := w.signUp(w.phone())
	code := s.code()
	for guess, reason := range map[string]string{"12": "FIELD_MALFORMED", "abcdef": "FIELD_MALFORMED", " \u200b ": "FIELD_REQUIRED"} {
		s.verify(guess).fields("/code", reason)
	}
	if a := s.verify(wrong(code)).refused(unprocessable, "CODE_WRONG"); !strings.Contains(a.Detail, "4") {
		w.t.Errorf("what cannot be a code has cost a try: %q", a.Detail)
	}
	s.verify(code[:3] + "\u2009" + code[3:] + "\u200b").ok(http.StatusOK)
}

func failuresInARow(w *troubled) {
	phone := w.phone()
	s := w.signUp(phone)
	for range 5 {
		s.verify(wrong(s.code()))
	}
	w.flushRedis()
	s.resend().refused(http.StatusTooManyRequests, "CODE_RESEND_TOO_EARLY").after(time.Minute)
	s.verify(s.code()).refused(unprocessable, "CODE_EXPIRED")
	w.Clock.Advance(time.Minute)
	again := w.signUpAgain(phone, 2)
	for range 4 {
		again.verify(wrong(again.code())).refused(unprocessable, "CODE_WRONG")
	}
	again.verify(wrong(again.code())).refused(http.StatusTooManyRequests, "FACTOR_LOCKED").after(15 * time.Minute)
	w.flushRedis()
	w.ask("POST", registrations, again.names).refused(http.StatusTooManyRequests, "FACTOR_LOCKED").after(15 * time.Minute)
	w.Clock.Advance(15 * time.Minute)
	again.resent()
	again.verify(again.code()).ok(http.StatusOK)
}

func completionToken(w *troubled) {
	s, other := w.signUp(w.phone()), w.signUp(w.phone())
	foreign := other.prove()
	s.complete(foreign, journey.Password).refused(unprocessable, "COMPLETION_TOKEN_INVALID")
	token := s.prove()
	s.complete("", journey.Password).refused(unprocessable, "COMPLETION_TOKEN_INVALID")
	s.complete(foreign, journey.Password).refused(unprocessable, "COMPLETION_TOKEN_INVALID")
	s.complete(token[:len(token)-2], journey.Password).refused(unprocessable, "COMPLETION_TOKEN_INVALID")
	account := s.complete(token, journey.Password).ok(http.StatusCreated).field("accountId")
	// Once more, as somebody who took the token would.
	for _, other := range []string{"Another-9-Password!", ""} {
		s.complete(token, other).refused(http.StatusConflict, "REGISTRATION_WRONG_STATE")
	}
	again := s.complete(token, journey.Password).ok(http.StatusCreated).field("accountId")
	if again != account {
		w.t.Errorf("accounts %s and %s", account, again)
	}
	login := func(password string) answer {
		return w.ask("POST", "/v1/sessions", map[string]string{"login": s.to, "password": password})
	}
	login("Another-9-Password!").refused(http.StatusUnauthorized, "SIGN_IN_FAILED")
	login(journey.Password).ok(http.StatusCreated)
}

// takenPhone: who does not have the phone cannot tell whether it has an account.
func takenPhone(w *troubled) {
	owner := w.who(signedIn)
	w.Clock.Advance(time.Minute)
	newcomer, free := w.signUpAgain(owner.Phone, 2), w.signUp(w.phone())
	alike(w.t, newcomer.answer, free.answer)
	if !masked.MatchString(newcomer.answer.field("destination")) || !masked.MatchString(free.answer.field("destination")) {
		w.t.Errorf("destinations %s and %s", newcomer.answer.field("destination"), free.answer.field("destination"))
	}
	told := w.inbox(owner.Phone, "SMS", 2)
	if told[0].Code != "" || told[0].Text == "" || told[0].Text == told[1].Text {
		w.t.Errorf("the owner is told %q", told[0].Text)
	}
	w.neverProven(newcomer, free, told[1].Code)
}

var masked = regexp.MustCompile(`^\+7 900 \*{3}-\*{2}-\d\d$`)

// neverProven guesses at a taken contact's sign-up and a free one's: the answers are alike, and none is right.
func (w *troubled) neverProven(newcomer, free *signUp, old string) {
	w.t.Helper()
	guesses := []string{old, "000000", "123456", "999999", "111111"}
	for _, guess := range guesses {
		if guess == free.code() {
			guess = wrong(guess)
		}
		alike(w.t, newcomer.verify(guess), free.verify(guess))
	}
	newcomer.verify(old).refused(unprocessable, "CODE_ATTEMPTS_EXHAUSTED")
	alike(w.t, newcomer.resend(), free.resend())
	w.Clock.Advance(time.Minute)
	alike(w.t, newcomer.resend().ok(http.StatusOK), free.resend().ok(http.StatusOK))
	alike(w.t, newcomer.verify(old).refused(unprocessable, "CODE_WRONG"), free.verify("000001"))
	alike(w.t, newcomer.complete("", journey.Password), free.complete("", journey.Password))
	alike(w.t, w.ask("GET", registrations+"/"+newcomer.id, nil), w.ask("GET", registrations+"/"+free.id, nil))
}

func takenEmail(w *troubled) {
	owner := w.somebody()
	owner.Phone, owner.Email = "", "owner@example.ru"
	w.until(signedIn, owner)
	w.Clock.Advance(time.Minute)
	newcomer, free := w.signUpAgain("Owner@Example.ru", 2), w.signUp("free@example.ru")
	alike(w.t, newcomer.answer, free.answer)
	told := w.inbox(owner.Email, "EMAIL", 2)
	if link.MatchString(told[0].Text) || told[0].Subject == "" {
		w.t.Errorf("the owner is told %q", told[0].Text)
	}
	w.inbox("free@example.ru", "EMAIL", 1)
	old := map[string]string{"token": link.FindStringSubmatch(told[1].Text)[2]}
	alike(w.t, newcomer.do("verifyCode", old).refused(unprocessable, "LINK_INVALID"), free.do("verifyCode", old))
}

var link = regexp.MustCompile(`(/sign-up/\w+/link)\?token=([\w-]+)`)

func linkFaults(w *troubled) {
	s, late := w.signUp("link@example.ru"), w.signUp("late@example.ru")
	found := link.FindStringSubmatch(w.inbox(s.to, "EMAIL", 1)[0].Text)
	lates := link.FindStringSubmatch(w.inbox(late.to, "EMAIL", 1)[0].Text)
	// A mail scanner opens it, and proves nothing.
	w.ask("GET", found[0], nil).ok(http.StatusOK)
	if state := w.ask("GET", registrations+"/"+s.id, nil).field("state"); state != "CODE_SENT" {
		w.t.Errorf("after the link was opened: %s", state)
	}
	verify := func(s *signUp, token string) answer { return s.do("verifyCode", map[string]string{"token": token}) }
	verify(s, lates[2]).refused(unprocessable, "LINK_INVALID")
	verify(s, found[2]).ok(http.StatusOK)
	verify(s, found[2]).refused(http.StatusConflict, "LINK_USED")
	w.Clock.Advance(72 * time.Hour)
	a := verify(late, lates[2])
	if a.Code != "REGISTRATION_EXPIRED" && a.Code != "REGISTRATION_NOT_FOUND" { // the purge may have been there
		w.t.Errorf("after 72 hours: %s", a)
	}
}

func weakPassword(w *troubled) {
	s := w.signUp(w.phone())
	body := map[string]string{"completionToken": s.prove(), "password": "проверкин  "}
	want := []string{
		"PASSWORD_NEEDS_UPPER", "PASSWORD_NEEDS_LOWER", "PASSWORD_NEEDS_DIGIT", "PASSWORD_NEEDS_PUNCTUATION",
		"PASSWORD_REPEATS", "PASSWORD_NOT_LATIN", "PASSWORD_FORBIDDEN_CHARACTER", "PASSWORD_PERSONAL",
	}
	for _, language := range []string{"ru", "en"} {
		a := s.do("complete", body, in(language)).refused(http.StatusBadRequest, "VALIDATION_FAILED")
		w.checkWords(a, language, "/password", want)
	}
	body["password"] = "aB1."
	for language, words := range map[string]string{"ru": "Нужно не меньше 8 знаков.", "en": "At least 8 characters are needed."} {
		a := s.do("complete", body, in(language)).fields("/password", "PASSWORD_TOO_SHORT")
		if a.Errors[0].Detail != words {
			w.t.Errorf("a short password is explained as %q", a.Errors[0].Detail)
		}
	}
	// Refusals cost nothing.
	body["password"] = journey.Password
	s.do("complete", body).ok(http.StatusCreated)

	var judged struct {
		Acceptable bool
		Violations []fieldProblem
	}
	w.ask("POST", "/v1/passwords:check", map[string]string{"password": "qwerty"}, in("ru")).ok(http.StatusOK).into(&judged)
	if judged.Acceptable || len(judged.Violations) != 5 || !cyrillic(judged.Violations[0].Detail) {
		w.t.Errorf("judged %+v", judged)
	}
}

// checkWords asks that every rule is named once, in words of the language.
func (w *troubled) checkWords(a answer, language, pointer string, want []string) {
	w.t.Helper()
	var got []string
	words := map[string]bool{}
	for _, f := range a.Errors {
		got = append(got, f.Code)
		words[f.Detail] = true
		if f.Pointer != pointer || f.Detail == "" || cyrillic(f.Detail) != (language == "ru") {
			w.t.Errorf("%s: %+v", language, f)
		}
	}
	if !slices.Equal(got, want) || len(words) != len(want) {
		w.t.Errorf("%s: got %v in %d sentences, want %v", language, got, len(words), want)
	}
	if cyrillic(a.Title) != (language == "ru") || a.header.Get("Content-Language") != language {
		w.t.Errorf("%s: the title is %q", language, a.Title)
	}
}

func cyrillic(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
}

func malformedForm(w *troubled) {
	good := func(pairs ...string) map[string]string {
		body := map[string]string{"lastName": "Проверкин", "firstName": "Пётр", "phone": w.phone()}
		for i := 0; i < len(pairs); i += 2 {
			body[pairs[i]] = pairs[i+1]
		}
		return body
	}
	for _, c := range []struct {
		body map[string]string
		want []string
	}{
		{good("phone", "12"), []string{"/phone", "FIELD_MALFORMED"}},
		{good("phone", "+7 495 123-45-67"), []string{"/phone", "PHONE_NOT_MOBILE"}},
		{good("phone", "+375 29 123-45-67"), []string{"/phone", "PHONE_COUNTRY"}},
		{good("phone", ""), []string{"/phone", "CONTACT_REQUIRED"}},
		{good("email", "nobody@"), []string{"/email", "FIELD_MALFORMED"}},
		{good("email", "анна@почта.рф"), []string{"/email", "EMAIL_LOCAL_PART"}},
		{good("firstName", "П1"), []string{"/firstName", "NAME_CHARACTERS"}},
		{good("lastName", ""), []string{"/lastName", "FIELD_REQUIRED"}},
		{good("lastName", "", "phone", "1"), []string{"/lastName", "FIELD_REQUIRED", "/phone", "FIELD_MALFORMED"}},
		{good("nickname", "x"), []string{"/nickname", "FIELD_UNKNOWN"}},
		{good("channel", "PIGEON"), []string{"/channel", "FIELD_UNKNOWN_VALUE"}},
	} {
		w.ask("POST", registrations, c.body).fields(c.want...)
	}
	w.ask("POST", registrations, url.Values{"phone": {"1"}}).refused(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE")
	w.ask("POST", registrations, []int{1}).fields("", "FIELD_TYPE")
	w.ask("PUT", registrations, good()).refused(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED")
}

func unknownSignUp(w *troubled) {
	s := &signUp{w: w, id: "0123456789abcdef0123456789abcdef"}
	s.verify("123456").refused(http.StatusNotFound, "REGISTRATION_NOT_FOUND")
	s.resend().refused(http.StatusNotFound, "REGISTRATION_NOT_FOUND")
	s.complete("token", journey.Password).refused(http.StatusNotFound, "REGISTRATION_NOT_FOUND")
	w.ask("GET", registrations+"/"+s.id, nil).refused(http.StatusNotFound, "REGISTRATION_NOT_FOUND")
	// An unfinished sign-up keeps nobody's phone.
	phone := w.phone()
	w.signUp(phone).prove()
	w.Clock.Advance(time.Minute)
	s = w.signUpAgain(phone, 2)
	s.complete(s.prove(), journey.Password).ok(http.StatusCreated)
}
