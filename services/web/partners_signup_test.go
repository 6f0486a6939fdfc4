package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
)

// registrations plays registration: one sign-up, begun from the clinic's sign-in "gone".
type registrations struct {
	registrationv1.UnimplementedRegistrationServiceServer
	asked *asked
}

func (r registrations) StartRegistration(
	_ context.Context, q *registrationv1.StartRegistrationRequest,
) (*registrationv1.Registration, error) {
	r.asked.put(q)
	return &registrationv1.Registration{Id: "r1", State: registrationv1.State_CODE_SENT}, nil
}

func (registrations) GetRegistration(
	context.Context, *registrationv1.GetRegistrationRequest,
) (*registrationv1.Registration, error) {
	return &registrationv1.Registration{
		Id: "r1", State: registrationv1.State_CODE_SENT, Channel: registrationv1.Channel_EMAIL, InteractionId: "gone", ClientId: "clinic",
	}, nil
}

func (registrations) VerifyCode(_ context.Context, r *registrationv1.VerifyCodeRequest) (*registrationv1.VerifyCodeResponse, error) {
	switch r.GetToken() {
	case "away":
		return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "away")
	case "old":
		return nil, errs.New(errorsv1.Reason_LINK_EXPIRED, "expired")
	}
	return &registrationv1.VerifyCodeResponse{State: registrationv1.State_CONTACT_VERIFIED, CompletionToken: "t", Contact: "a@example.ru"}, nil
}

func (registrations) CompleteRegistration(
	context.Context, *registrationv1.CompleteRegistrationRequest,
) (*registrationv1.CompleteRegistrationResponse, error) {
	return &registrationv1.CompleteRegistrationResponse{AccountId: account}, nil
}

// signUpByLink opens the link of an e-mail and sets the password.
func (s *site) signUpByLink(c *http.Client, link string) answer {
	s.t.Helper()
	form := url.Values{"csrf_token": {s.get(c, link).csrf(s.t)}}
	to := s.post(c, link, form).Header.Get("Location")
	form.Set("password", "right")
	form.Set("password_repeat", "right")
	a := s.post(c, to, form)
	if !strings.HasPrefix(a.Header.Get("Location"), "/signed-up") {
		s.t.Fatalf("signed up and sent to %q by way of %q", a.Header.Get("Location"), to)
	}
	return s.get(c, a.Header.Get("Location"))
}

func TestASignUpKnowsItsPartner(t *testing.T) {
	s := start(t)
	c := s.atClinic(false, "gone")
	form := url.Values{
		"csrf_token": {s.get(c, "/sign-up?interaction=gone").csrf(t)}, "last_name": {"Петрова"}, "first_name": {"Анна"},
		"email": {"a@example.ru"}, "no_phone": {"on"},
	}
	s.post(c, "/sign-up?interaction=gone", form)
	if r := last[*registrationv1.StartRegistrationRequest](s.asked); r.GetInteractionId() != "gone" || r.GetClientId() != "clinic" {
		t.Errorf("begun with %v", r)
	}
}

// Whoever signs up is led to the sign-in that waits; on another device, or too late, he is told to start at the partner again.
func TestWhoHasSignedUpIsLedToThePartner(t *testing.T) {
	s := start(t)
	const link = "/sign-up/r1/link?token=x"
	other := s.atClinic(false)
	a := s.signUpByLink(other, link)
	s.wants(a, "You were signing in to The Clinic", `href="`+startAtClinic+`" rel="noopener"`)
	if strings.Contains(a.body, "<propusk-onward") {
		t.Error("the page leaves the installation by itself")
	}
	late := s.signUpByLink(s.atClinic(false, "gone"), link+"&interaction=gone")
	s.wants(late, "You were signing in to The Clinic", `href="`+startAtClinic+`"`)
	intime := s.signUpByLink(s.atClinic(false, "consent"), link+"&interaction=consent")
	s.wants(intime, "continue signing in to The Clinic", `href="/interactions/consent"`, "<propusk-onward")
}

// A link is dead when it was refused itself; a service that was away leaves its button.
func TestALinkIsDeadOnlyWhenItIsRefused(t *testing.T) {
	s := start(t)
	c := s.browser()
	for token, button := range map[string]bool{"away": true, "old": false} {
		path := "/sign-up/r1/link?token=" + token
		page := s.get(c, path)
		again := s.post(c, path, url.Values{"csrf_token": {page.csrf(t)}}).Header.Get("Location")
		if got := s.get(c, again); !strings.Contains(got.body, `class="summary"`) || strings.Contains(got.body, "<form") != button {
			t.Errorf("%s: a button %t, want %t: %s", token, !button, button, got.body)
		}
	}
}

// Whoever signs up while somebody else is signed in leaves no session of theirs behind.
func TestASignUpEndsTheSessionThatWasThere(t *testing.T) {
	s := start(t)
	c := s.signedIn()
	s.signUpByLink(c, "/sign-up/r1/link?token=t")
	s.back.mu.Lock()
	defer s.back.mu.Unlock()
	if len(s.back.ended) != 1 {
		t.Errorf("%d sessions ended", len(s.back.ended))
	}
}

// A sign-up under way can be taken from the browser.
func TestASignUpUnderWayIsForgotten(t *testing.T) {
	s := start(t)
	c := s.browser()
	form := url.Values{"csrf_token": {s.get(c, "/sign-up").csrf(t)}, "last_name": {"Петрова"}, "first_name": {"Анна"}, "email": {"a@example.ru"}, "no_phone": {"on"}}
	s.post(c, "/sign-up", form)
	page := s.get(c, "/sign-up")
	if !strings.Contains(page.body, "Петрова") {
		t.Fatalf("the sign-up is not remembered: %s", page.body)
	}
	s.post(c, "/sign-up", url.Values{"csrf_token": {page.csrf(t)}, "action": {"forget"}})
	if page := s.get(c, "/sign-up"); strings.Contains(page.body, "Петрова") {
		t.Error("the sign-up is still there")
	}
}
