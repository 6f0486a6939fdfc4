package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/services/internal/cookies"
)

// maxLine is what a browser may send of our cookies in one line: proxies take 8 kB of headers.
const maxLine = 7000

// line is the length of the browser's cookies as it sends them.
func (s *site) line(c *http.Client) int {
	s.t.Helper()
	u, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	r := &http.Request{Header: http.Header{}}
	for _, cookie := range c.Jar.Cookies(u) {
		r.AddCookie(cookie)
	}
	return len(r.Header.Get("Cookie"))
}

// What cannot be read any more, since its key is gone, is not sent with each request for nothing; what others have set stays.
func TestUnreadableFlowsAreTakenFromTheBrowser(t *testing.T) {
	s := start(t)
	c := s.browser()
	const theirs = "0190f8a0-0000-7000-8000-000000000001"
	s.cookie(c, cookies.Interaction(theirs), cookies.Begun("secret", s.Clock.Now(), "client"))
	s.cookie(c, "form-1", "unreadable")
	s.cookie(c, "signup-1", "unreadable")
	s.cookie(c, "signup-2", "unreadable")
	s.get(c, "/sign-up/1/password")
	s.wantCookies(c, "form-1", "signup-2", cookies.Interaction(theirs))
	s.post(c, "/sign-in", url.Values{"csrf_token": {s.get(c, "/sign-in").csrf(t)}, "login": {"x"}, "password": {"wrong"}})
	s.wantCookies(c, "form-", "signup-2", cookies.Interaction(theirs))
}

// wantCookies wants the browser to have one cookie of each of these beginnings, and no other but those of every page.
func (s *site) wantCookies(c *http.Client, beginnings ...string) {
	s.t.Helper()
	u, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	var got []string
	for _, cookie := range c.Jar.Cookies(u) {
		if cookie.Value == "unreadable" || strings.Contains(cookie.Name, "-") {
			got = append(got, cookie.Name)
		}
	}
	slices.Sort(got)
	slices.Sort(beginnings)
	if !slices.EqualFunc(got, beginnings, strings.HasPrefix) {
		s.t.Errorf("the browser has %v, want %v", got, beginnings)
	}
}

// However much somebody types and begins, proxies let the browser's cookies pass: what is oldest goes first.
func TestCookiesStayWithinWhatProxiesTake(t *testing.T) {
	s := start(t)
	c := s.browser()
	s.cookie(c, cookies.Persona, strings.Repeat("p", cookies.MaxPersona))
	for i := range 5 {
		id := "0190f8a0-0000-7000-8000-00000000000" + strconv.Itoa(i)
		s.cookie(c, cookies.Interaction(id), cookies.Begun(strings.Repeat("s", 43), s.Clock.Now(), strings.Repeat("c", 64)))
	}
	signUp := "/sign-up?interaction=0190f8a0-0000-7000-8000-000000000001"
	name := strings.Repeat("Ё", 50)
	var again []string
	for i := range 4 {
		s.Clock.Advance(time.Minute)
		form := url.Values{
			"csrf_token": {s.get(c, signUp).csrf(t)}, "last_name": {name}, "first_name": {name}, "middle_name": {name},
			"phone": {"+7900123456" + strconv.Itoa(i)},
		}
		s.post(c, signUp, form)
		login := strings.Repeat("ж", 600) + strconv.Itoa(i)
		form = url.Values{"csrf_token": {s.get(c, "/sign-in").csrf(t)}, "login": {login}, "password": {"wrong"}}
		again = append(again, s.post(c, "/sign-in", form).Header.Get("Location"))
		if n := s.line(c); n > maxLine {
			t.Errorf("after %d rounds the browser sends %d bytes of cookies", i+1, n)
		}
		s.get(c, again[i]).shows(t, login)
	}
	if page := s.get(c, again[0]); strings.Contains(page.body, "жжж") {
		t.Error("the oldest form has stayed")
	}
}
