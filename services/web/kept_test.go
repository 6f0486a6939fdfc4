package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

func (n *neighbours) ListAddresses(context.Context, *profilev1.ListAddressesRequest) (*profilev1.ListAddressesResponse, error) {
	return &profilev1.ListAddressesResponse{}, nil
}

func (n *neighbours) GetContacts(context.Context, *accountv1.GetContactsRequest) (*accountv1.Contacts, error) {
	return &accountv1.Contacts{Phone: "+79001234567"}, nil
}

func (n *neighbours) Reauthenticate(context.Context, *accountv1.ReauthenticateRequest) (*accountv1.Session, error) {
	return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "away")
}

// typed is a letter's address as somebody types it, in the page's form.
func typed(a answer, t *testing.T) url.Values {
	t.Helper()
	form := url.Values{"csrf_token": {a.csrf(t)}, "type": {"RESIDENCE"}, "city": {"Дубна"}, "password": {"secret-1"}}
	if _, rest, ok := strings.Cut(a.body, `name="owner" value="`); ok {
		owner, _, _ := strings.Cut(rest, `"`)
		form.Set("owner", owner)
	}
	return form
}

// A refused form is answered by GET, and comes back with what was typed and what is wrong, as often as it is asked for.
func TestARefusedFormIsAnsweredByGet(t *testing.T) {
	s := start(t)
	c := s.browser()
	form := url.Values{"csrf_token": {s.get(c, "/sign-in").csrf(t)}, "login": {"anna@example.ru"}, "password": {"wrong"}}
	a := s.post(c, "/sign-in?next=%2Fcabinet%2Fperson", form)
	again := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(again, "/sign-in?kept=") || !strings.Contains(again, "next=%2Fcabinet%2Fperson") {
		t.Fatalf("%d to %q", a.StatusCode, again)
	}
	for range 2 {
		page := s.get(c, again)
		if page.StatusCode != http.StatusOK || !strings.Contains(page.body, `value="anna@example.ru"`) ||
			!strings.Contains(page.body, `class="summary"`) || strings.Contains(page.body, `value="wrong"`) {
			t.Errorf("%d %s", page.StatusCode, page.body)
		}
	}
	if page := s.get(c, "/sign-in"); strings.Contains(page.body, "anna@example.ru") {
		t.Error("a page that was not sent shows what was typed")
	}
	if page := s.get(s.browser(), again); strings.Contains(page.body, "anna@example.ru") {
		t.Error("another browser sees what was typed")
	}
}

// Waits go by: what was refused for a while is not said to be for as long a minute later.
func TestAKeptWaitGetsShorter(t *testing.T) {
	s := start(t)
	c := s.browser()
	form := url.Values{"csrf_token": {s.get(c, "/sign-in").csrf(t)}, "login": {"throttled"}, "password": {"wrong"}}
	again := s.post(c, "/sign-in", form).Header.Get("Location")
	if page := s.get(c, again); !strings.Contains(page.body, "через 90 секунд") && !strings.Contains(page.body, "через 2 минуты") {
		t.Errorf("%s", page.body)
	}
	s.Clock.Advance(2 * time.Minute)
	if page := s.get(c, again); strings.Contains(page.body, `class="summary"`) || !strings.Contains(page.body, `value="throttled"`) {
		t.Errorf("after the wait: %s", page.body)
	}
}

func (s *site) signedIn() *http.Client {
	c := s.browser()
	s.cookie(c, "session", pageToken)
	return c
}

// What a signed-in person has typed outlives the session, for that person alone.
func TestWhatWasTypedOutlivesTheSession(t *testing.T) {
	s := start(t)
	c := s.signedIn()
	form := typed(s.get(c, "/reauthenticate?next=%2Fcabinet"), t)
	s.back.set(func() { s.back.over = true })
	a := s.post(c, "/reauthenticate?next=%2Fcabinet", form)
	to, err := url.Parse(a.Header.Get("Location"))
	if err != nil || a.StatusCode != http.StatusSeeOther || to.Path != "/sign-in" {
		t.Fatalf("%d to %s: %v", a.StatusCode, to, err)
	}
	next := to.Query().Get("next")
	for _, cookie := range a.Cookies() {
		if strings.HasPrefix(cookie.Name, "form-") {
			t.Errorf("what was typed lies in the browser, for whoever uses it next: %s", cookie.Name)
		}
	}
	s.back.set(func() { s.back.over = false })
	s.cookie(c, "session", pageToken)
	if page := s.get(c, next); !strings.Contains(page.body, "Сеанс завершился") || strings.Contains(page.body, "secret-1") {
		t.Errorf("%s: %s", next, page.body)
	}
	s.back.set(func() { s.back.account = "0190f8a0-0000-7000-8000-000000000002" })
	if page := s.get(c, next); strings.Contains(page.body, "Сеанс завершился") {
		t.Error("another person sees the form")
	}
}

// A service that is away takes nothing with it.
func TestWhatWasTypedOutlivesAServiceThatIsAway(t *testing.T) {
	s := start(t)
	c := s.signedIn()
	a := s.post(c, "/reauthenticate", typed(s.get(c, "/reauthenticate"), t))
	again := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(again, "/reauthenticate?kept=") {
		t.Fatalf("%d to %q", a.StatusCode, again)
	}
	if page := s.get(c, again); !strings.Contains(page.body, "временно недоступен") {
		t.Errorf("%s", page.body)
	}
}

// A form of our own that is out of date comes back; one that another site may have sent does not.
func TestAStaleFormComesBack(t *testing.T) {
	s := start(t)
	c := s.browser()
	form := url.Values{"csrf_token": {"stale"}, "login": {"anna@example.ru"}, "password": {"right"}}
	a := s.post(c, "/sign-in", form, "Sec-Fetch-Site", "same-origin")
	if a.StatusCode != http.StatusSeeOther || s.back.session != nil {
		t.Fatalf("%d", a.StatusCode)
	}
	if page := s.get(c, a.Header.Get("Location")); !strings.Contains(page.body, `value="anna@example.ru"`) ||
		!strings.Contains(page.body, "Страница была открыта") {
		t.Errorf("%s", page.body)
	}
	for _, headers := range [][]string{nil, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		if a := s.post(s.browser(), "/sign-in", form, headers...); a.StatusCode != http.StatusForbidden || len(a.Cookies()) > 2 {
			t.Errorf("%v: %d, %v", headers, a.StatusCode, a.Cookies())
		}
	}
}

// Two tabs: who has signed in in one and sends the other goes on as in the first.
func TestASecondTabGoesOn(t *testing.T) {
	s := start(t)
	c := s.browser()
	form := url.Values{"csrf_token": {s.get(c, "/sign-in").csrf(t)}, "login": {"x"}, "password": {"right"}}
	s.post(c, "/sign-in", form)
	a := s.post(c, "/sign-in", form, "Sec-Fetch-Site", "same-origin")
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", a.StatusCode)
	}
	if a = s.get(c, a.Header.Get("Location")); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/cabinet" {
		t.Errorf("%d to %s", a.StatusCode, a.Header.Get("Location"))
	}
}

// A form of one person's page that is sent while another is signed in is no draft of the other's.
func TestAFormStaysItsPersons(t *testing.T) {
	s := start(t)
	c := s.signedIn()
	form := typed(s.get(c, "/reauthenticate"), t)
	form.Set("csrf_token", "stale")
	s.back.set(func() { s.back.account = "0190f8a0-0000-7000-8000-000000000002" })
	a := s.post(c, "/reauthenticate", form, "Sec-Fetch-Site", "same-origin")
	again := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", a.StatusCode)
	}
	if page := s.get(c, again); strings.Contains(page.body, "Страница была открыта") {
		t.Error("the other person has the form")
	}
	s.back.set(func() { s.back.account = account })
	if page := s.get(c, again); !strings.Contains(page.body, "Страница была открыта") {
		t.Error("whose form it is has lost it")
	}
}
