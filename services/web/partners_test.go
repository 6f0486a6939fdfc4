package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// asked keeps what oidc was asked for.
type asked struct {
	mu  sync.Mutex
	all []proto.Message
}

func (a *asked) put(m proto.Message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, proto.Clone(m))
}

// last is the newest question of a kind; nil if there was none.
func last[M proto.Message](a *asked) (found M) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range a.all {
		if m, ok := m.(M); ok {
			found = m
		}
	}
	return found
}

// mine is the cookie of a browser that has begun sign-ins for the clinic, whose client is "clinic".
const mine = "secret.kbcdef.Y2xpbmlj"

const startAtClinic = "https://clinic.example/login"

func clinic() *oidcv1.Partner {
	return &oidcv1.Partner{
		ClientId: "clinic", Names: map[string]string{"ru": "Поликлиника", "en": "The Clinic"}, Host: "clinic.example", StartUrl: startAtClinic,
	}
}

// clinics are interactions by their ids: what one needs once somebody is signed in.
func clinics() map[string]func(session string) *oidcv1.Interaction {
	out := map[string]func(string) *oidcv1.Interaction{}
	for id, need := range map[string]oidcv1.Need{
		"choice": oidcv1.Need_ACCOUNT_CHOICE, "level": oidcv1.Need_LEVEL, "consent": oidcv1.Need_CONSENT, "again": oidcv1.Need_LOGIN,
		"ready": oidcv1.Need_READY, "factor": oidcv1.Need_SECOND_FACTOR,
	} {
		out[id] = func(session string) *oidcv1.Interaction {
			i := &oidcv1.Interaction{
				InteractionId: id, Partner: clinic(), Language: "en", Needs: []oidcv1.Need{need}, RequiredLevel: accountv1.Level_STANDARD,
				Scopes: []*oidcv1.ScopeRequest{{Scope: "openid"}, {Scope: "profile", Claims: []*oidcv1.ClaimRequest{
					{Claim: "family_name", Value: "Петрова"},
					{Claim: "gender", Value: "female", Voluntary: true},
					{Claim: "middle_name", Voluntary: true, Declined: true},
				}}},
			}
			if session == "" {
				i.Needs = []oidcv1.Need{oidcv1.Need_LOGIN}
			}
			return i
		}
	}
	return out
}

func (partners) GetPartner(_ context.Context, r *oidcv1.GetPartnerRequest) (*oidcv1.Partner, error) {
	if r.GetClientId() != "clinic" {
		return nil, errs.New(errorsv1.Reason_CLIENT_UNKNOWN, "none")
	}
	return clinic(), nil
}

func (p partners) ChooseAccount(_ context.Context, r *oidcv1.ChooseAccountRequest) (*emptypb.Empty, error) {
	p.asked.put(r)
	return &emptypb.Empty{}, nil
}

func (p partners) HoldRequest(_ context.Context, r *oidcv1.HoldRequestRequest) (*emptypb.Empty, error) {
	p.asked.put(r)
	return &emptypb.Empty{}, nil
}

func (p partners) DeleteHeldRequest(_ context.Context, r *oidcv1.DeleteHeldRequestRequest) (*emptypb.Empty, error) {
	p.asked.put(r)
	return &emptypb.Empty{}, nil
}

// ListHeldRequests: h1 waited for what the person has, h2 waits for more.
func (partners) ListHeldRequests(context.Context, *oidcv1.ListHeldRequestsRequest) (*oidcv1.ListHeldRequestsResponse, error) {
	later := timestamppb.New(time.Now().Add(time.Hour))
	other := &oidcv1.Partner{ClientId: "fund", Names: map[string]string{"ru": "Фонд", "en": "The Fund"}, StartUrl: "https://fund.example"}
	return &oidcv1.ListHeldRequestsResponse{HeldRequests: []*oidcv1.HeldRequest{
		{Id: "h1", Partner: clinic(), RequiredLevel: accountv1.Level_SIMPLIFIED, ExpireTime: later},
		{Id: "h2", Partner: other, RequiredLevel: accountv1.Level_CONFIRMED, ExpireTime: later},
	}}, nil
}

// atClinic is a browser that has begun sign-ins for the clinic, with the person's session or without.
func (s *site) atClinic(signedIn bool, ids ...string) *http.Client {
	c := s.browser()
	for _, id := range ids {
		s.cookie(c, "interaction-"+id, mine)
	}
	if signedIn {
		s.cookie(c, "session", pageToken)
	}
	s.cookie(c, "lang", "en")
	return c
}

func (s *site) wants(a answer, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.body, plain(text)) {
			s.t.Errorf("%d: the page has no %q: %s", a.StatusCode, text, a.body)
		}
	}
}

// When a sign-in has run out, the browser that began it is told whose it was and can start there again; any other learns nothing.
func TestASignInThatHasRunOutLeadsBackToThePartner(t *testing.T) {
	s := start(t)
	a := s.get(s.atClinic(false, "gone"), "/interactions/gone")
	s.wants(a, "The Clinic", `href="`+startAtClinic+`" rel="noopener"`, "clinic.example")
	if a.StatusCode != http.StatusNotFound {
		t.Errorf("answered %d", a.StatusCode)
	}
	for _, cookie := range []string{"", "secret.kbcdef", "secret.kbcdef.bm9ib2R5", "secret.kbcdef.%%"} {
		c := s.browser()
		s.cookie(c, "interaction-gone", cookie)
		if a := s.get(c, "/interactions/gone"); a.StatusCode != http.StatusNotFound || strings.Contains(a.body, "clinic") {
			t.Errorf("with cookie %q: %d %s", cookie, a.StatusCode, a.body)
		}
	}
	if a := s.get(s.atClinic(false, "other"), "/interactions/gone"); strings.Contains(a.body, "clinic.example") {
		t.Errorf("of a sign-in that another browser began: %s", a.body)
	}
}

func TestEveryPageForAPartnerSaysWhoIsSignedIn(t *testing.T) {
	s := start(t)
	c := s.atClinic(true, "choice", "level", "consent", "again", "factor")
	for _, id := range []string{"choice", "level", "consent", "again", "factor"} {
		s.wants(s.get(c, "/interactions/"+id), "Анна П.", `href="/interactions/`+id+`?account=other"`, "another account")
	}
}

// On a shared computer somebody else signs in for the partner, and the session that was left there ends.
func TestAnotherAccountSignsIn(t *testing.T) {
	s := start(t)
	c := s.atClinic(true, "consent")
	page := s.get(c, "/interactions/consent?account=other")
	s.wants(page, `name="login"`, "Continue as Анна П.", `href="/interactions/consent"`)
	form := url.Values{"csrf_token": {page.csrf(t)}, "login": {"boris"}, "password": {"right"}}
	s.wantOnward(c, s.post(c, "/interactions/consent?account=other", form), "/interactions/consent")
	s.back.mu.Lock()
	defer s.back.mu.Unlock()
	if s.back.session.GetLogin() != "boris" || len(s.back.ended) != 1 {
		t.Errorf("signed in %v, ended %v", s.back.session, s.back.ended)
	}
}

func TestAnAccountIsChosenForThePartner(t *testing.T) {
	s := start(t)
	c := s.atClinic(true, "choice")
	page := s.get(c, "/interactions/choice")
	s.wants(page, "Which account", "Continue as Анна П.")
	form := url.Values{"csrf_token": {page.csrf(t)}, "action": {"choose"}}
	s.wantOnward(c, s.post(c, "/interactions/choice", form), "/interactions/choice")
	if r := last[*oidcv1.ChooseAccountRequest](s.asked); r.GetSessionId() != "s1" || r.GetBrowser() != mine {
		t.Errorf("chosen %v", r)
	}
	form = url.Values{"csrf_token": {page.csrf(t)}, "action": {"deny"}}
	s.wantOnward(c, s.post(c, "/interactions/choice", form), continueURL)
	if r := last[*oidcv1.DecideInteractionRequest](s.asked); r.GetDecision() != oidcv1.Decision_DENY {
		t.Errorf("decided %v", r)
	}
}

// A partner that wants two factors gets exactly the missing step, from which the person comes back to it.
func TestAPartnerThatWantsTwoFactorsGetsTheMissingStep(t *testing.T) {
	s, f := guarded(t, accountv1.StepKind_SMS_CODE)
	c := s.atClinic(true, "factor")
	page := s.get(c, "/interactions/factor")
	s.wants(page, "The Clinic asks for a second proof")
	a := s.post(c, "/interactions/factor", url.Values{"csrf_token": {page.csrf(t)}, "action": {"prove"}})
	step := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(step, "/sign-in/step?") {
		t.Fatalf("%d %s", a.StatusCode, step)
	}
	form := s.get(c, step).filled(t, "code", rightCode)
	s.wantOnward(c, s.post(c, step, form), "/interactions/factor")
	f.with(func() {
		if f.sent != 1 || f.begun != "again" {
			t.Errorf("%d codes were sent, begun %s", f.sent, f.begun)
		}
	})
	form = url.Values{"csrf_token": {s.get(c, "/interactions/factor").csrf(t)}, "action": {"deny"}}
	s.wantOnward(c, s.post(c, "/interactions/factor", form), continueURL)
}

// Who has nothing to prove it with is led to where that is bound.
func TestWhoHasNoSecondFactorIsLedToBindOne(t *testing.T) {
	s, _ := guarded(t)
	c := s.atClinic(true, "factor")
	page := s.get(c, "/interactions/factor")
	form := url.Values{"csrf_token": {page.csrf(t)}, "action": {"prove"}}
	s.wants(s.get(c, s.post(c, "/interactions/factor", form).Header.Get("Location")), `href="/cabinet/security/factors"`, "start again")
}

// A form that is sent twice reaches the page after its own, which takes it for no answer.
func TestAFormOfThePageBeforeIsNoAnswer(t *testing.T) {
	s := start(t)
	c := s.atClinic(true, "choice", "level", "consent", "factor")
	token := s.get(c, "/interactions/choice").csrf(t)
	for id, actions := range map[string][]string{"consent": {"choose", ""}, "level": {"choose", "allow", ""}, "choice": {"allow", ""}, "factor": {"choose", "allow", ""}} {
		for _, action := range actions {
			s.wantOnward(c, s.post(c, "/interactions/"+id, url.Values{"csrf_token": {token}, "action": {action}}), "/interactions/"+id)
		}
	}
	if r := last[*oidcv1.DecideInteractionRequest](s.asked); r != nil {
		t.Errorf("decided %v", r)
	}
	if r := last[*oidcv1.ChooseAccountRequest](s.asked); r != nil {
		t.Errorf("chosen %v", r)
	}
}

// A "no" is one also when nothing is asked any more, since another tab has said yes meanwhile.
func TestANoIsNoYes(t *testing.T) {
	s := start(t)
	c := s.atClinic(true, "ready", "choice")
	form := url.Values{"csrf_token": {s.get(c, "/interactions/choice").csrf(t)}, "action": {"deny"}}
	s.wantOnward(c, s.post(c, "/interactions/ready", form), continueURL)
	if r := last[*oidcv1.DecideInteractionRequest](s.asked); r.GetDecision() != oidcv1.Decision_DENY {
		t.Errorf("decided %v", r)
	}
}

func TestWhoIsTooLowIsRemembered(t *testing.T) {
	s := start(t)
	s.get(s.atClinic(true, "level"), "/interactions/level")
	if r := last[*oidcv1.HoldRequestRequest](s.asked); r.GetInteractionId() != "level" || r.GetSessionId() != "s1" || r.GetBrowser() != mine {
		t.Errorf("held %v", r)
	}
}

// What is unticked is kept back; what was shown and is ticked is given.
func TestConsentKeepsBackWhatIsUnticked(t *testing.T) {
	s := start(t)
	c := s.atClinic(true, "consent")
	page := s.get(c, "/interactions/consent")
	s.wants(page, "The Clinic", "clinic.example", "Петрова", "Female", "You have not given this",
		`name="give_gender" value="on" checked`, "You chose not to share this before")
	for _, x := range []struct{ form, want []string }{
		{[]string{"give_gender"}, []string{"middle_name"}},
		{[]string{"give_gender", "give_middle_name"}, nil},
		{nil, []string{"gender", "middle_name"}},
	} {
		form := url.Values{"csrf_token": {page.csrf(t)}, "action": {"allow"}, "asked_gender": {"1"}, "asked_middle_name": {"1"}}
		for _, name := range x.form {
			form.Set(name, "on")
		}
		s.wantOnward(c, s.post(c, "/interactions/consent", form), continueURL)
		r := last[*oidcv1.DecideInteractionRequest](s.asked)
		if !slices.Equal(r.GetDeclinedClaims(), x.want) || !slices.Equal(r.GetScopes(), []string{"openid", "profile"}) {
			t.Errorf("with %v: decided %v", x.form, r)
		}
	}
}

// Where a message leads that brings a level: to the sign-in that this browser has under way, else to the partner.
func TestTheWayBackToAPartnerThatWaited(t *testing.T) {
	s := start(t)
	c := s.atClinic(true)
	page := s.get(c, "/partners/h1")
	s.wants(page, "The Clinic", `href="`+startAtClinic+`" rel="noopener"`)
	if strings.Contains(page.body, "The Fund") {
		t.Error("a request's page shows others")
	}
	s.wants(s.get(c, "/partners"), "The Clinic", "The Fund", "does not have this level yet")
	if strings.Contains(s.get(c, "/partners/h2").body, "https://fund.example") {
		t.Error("there is a way back before the level is reached")
	}
	if a := s.get(s.atClinic(true, "gone", "consent"), "/partners/h1"); a.Header.Get("Location") != "/interactions/consent" {
		t.Errorf("with a sign-in under way: %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if a := s.get(s.atClinic(false), "/partners/h1"); a.Header.Get("Location") != "/sign-in?next=%2Fpartners%2Fh1" {
		t.Errorf("to nobody: %q", a.Header.Get("Location"))
	}
	s.wants(s.get(c, "/partners"), `-h1"`, `-h2"`, `name="owner"`) // a key for each, and the form stays its person's
	a := s.post(c, "/partners", url.Values{"csrf_token": {page.csrf(t)}, "action": {"give_up"}, "held": {"h1"}})
	r := last[*oidcv1.DeleteHeldRequestRequest](s.asked)
	if a.Header.Get("Location") != "/partners" || r.GetHeldRequestId() != "h1" || r.GetAccountId() != account {
		t.Errorf("given up: to %q, %v", a.Header.Get("Location"), r)
	}
}
