package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// partners plays oidc: one partner was signed in to.
type partners struct {
	oidcv1.UnimplementedOIDCServiceServer
	mu    sync.Mutex
	asked []*oidcv1.ListPartnerSignInsRequest
	down  bool
	// at is when the partner was signed in to; zero: a minute after the time that was asked for.
	at time.Time
}

func (p *partners) ListPartnerSignIns(
	_ context.Context, r *oidcv1.ListPartnerSignInsRequest,
) (*oidcv1.ListPartnerSignInsResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "down")
	}
	p.asked = append(p.asked, r)
	at := r.GetSinceTime().AsTime().Add(time.Minute)
	if !p.at.IsZero() {
		at = p.at
	}
	return &oidcv1.ListPartnerSignInsResponse{SignIns: []*oidcv1.PartnerSignIn{{
		Partner: &oidcv1.Partner{ClientId: "polis", Names: map[string]string{"ru": "Полис", "en": "Polis"}, Host: "polis.example.ru"},
		Time:    timestamppb.New(at),
	}}}, nil
}

func (p *partners) signedIn(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = at
}

func (p *partners) setDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

func (w *world) disown(token string, endOffline bool) (*accountv1.DisownSignInResponse, error) {
	return w.devices().DisownSignIn(rpc.WithRequest(context.Background(), rpc.Request{Language: "ru", ClientIP: "203.0.113.7"}),
		&accountv1.DisownSignInRequest{Token: token, EndOfflineAccess: endOffline})
}

// stranger signs in on a device of its own, of which the account's person is told.
func (w *world) stranger() (s *accountv1.Session, token string) {
	w.t.Helper()
	s = w.mustBeOn("", android)
	return s, w.cancelToken(phone, "new_device")
}

func TestASignInOnANewDeviceIsToldOnEveryContact(t *testing.T) {
	w := start(t)
	begun := testkit.Watch[eventsv1.SignedIn](w.Env)
	h := w.holder(phone)
	h.have(email)
	w.mustBeOn(h.session.GetDeviceToken(), firefox)
	s, token := w.stranger()
	if len(token) != 43 || w.cancelToken(email, "new_device") != token {
		t.Errorf("token %q", token)
	}
	m := w.told.to(phone, "new_device")[0]
	if p := m.GetParams(); p["device"] != "Chrome, Android" || p["day"] == "" || len(p["clock"]) != 5 ||
		m.GetChannel() != notificationv1.Channel_SMS || m.GetLanguage() != "ru" {
		t.Errorf("%v", m)
	}
	timeIs(t, "expires", m.GetExpireTime().AsTime(), s.GetAuthTime().AsTime().Add(10*24*time.Hour))
	e := begun.Wait(3)
	if e[0].GetNewDevice() || e[1].GetNewDevice() || !e[2].GetNewDevice() {
		t.Errorf("events %v", e)
	}
	if strings.Contains(e[2].String(), token) || strings.Contains(w.Logs(), token) || strings.Contains(w.Logs(), "Android") {
		t.Error("the token, or what the device said, is where it may be read")
	}
	if n := len(w.told.to(phone, "new_device")); n != 1 {
		t.Errorf("%d messages, want one: the first device and known ones are not new", n)
	}
}

// An app that forgets its device's token makes every sign-in one on a new device: its person is not sent a message each time.
func TestNoticesOfADayAreBounded(t *testing.T) {
	w := start(t)
	w.holder(phone)
	for range 13 {
		w.mustBeOn("", android)
	}
	var n int
	w.count(&n, `SELECT count(*) FROM account.sign_in_notices`)
	if n != 10 {
		t.Errorf("%d notices, want ten", n)
	}
	w.Clock.Advance(25 * time.Hour)
	w.mustBeOn("", android)
	if w.count(&n, `SELECT count(*) FROM account.sign_in_notices`); n != 11 {
		t.Errorf("%d notices, want another the next day", n)
	}
}

func TestADisownedSignInLocksEverybodyOut(t *testing.T) {
	w := start(t)
	locked, ended := testkit.Watch[eventsv1.SignInLocked](w.Env), testkit.Watch[eventsv1.SignedOut](w.Env)
	offline := testkit.Watch[eventsv1.OfflineAccessEnded](w.Env)
	h := w.holder(phone)
	s, token := w.stranger()
	out, err := w.disown(token, true)
	if err != nil {
		t.Fatal(err)
	}
	if p := out.GetPartners(); len(p) != 1 || p[0].GetName() != "Полис" || p[0].GetHost() != "polis.example.ru" || p[0].GetTime() == nil {
		t.Errorf("%v", p)
	}
	asked := w.partners.asked[0]
	if asked.GetAccountId() != h.id {
		t.Errorf("%v", asked)
	}
	timeIs(t, "since", asked.GetSinceTime().AsTime(), s.GetAuthTime().AsTime())
	w.isDead(s)
	w.isDead(h.session)
	for _, device := range []string{h.session.GetDeviceToken(), s.GetDeviceToken(), ""} {
		_, err = w.on(device, firefox)
		wantReason(t, err, errorsv1.Reason_SIGN_IN_LOCKED)
	}
	_, err = w.signIn(phone, "another")
	wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
	if e := locked.Wait(1); len(e) != 1 || e[0].GetSessionId() != s.GetId() || e[0].GetAccountId() != h.id {
		t.Errorf("events %v", e)
	}
	if e := offline.Wait(1); len(e) != 1 || len(e[0].GetSessionIds()) != 2 {
		t.Errorf("events %v", e)
	}
	if e := ended.Wait(2); len(e) != 2 {
		t.Errorf("events %v", e)
	}
}

// Whatever else was proven does not help: neither a passkey, nor a second factor under way, nor a remembered device.
func TestADisownedSignInStopsEveryWayIn(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	passkey := w.withPasskey(h.session)
	app, _ := w.bindTOTP(h.session)
	remembered, err := w.completeIn(w.ctx, &accountv1.CompleteStepRequest{
		SignInToken: w.half(phone).GetSignInToken(), StepId: "TOTP", Code: app.fresh(), RememberDevice: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	token := w.cancelToken(phone, "new_device")
	half, begun := w.half(phone), w.beginPasskey()
	if _, err := w.disown(token, false); err != nil {
		t.Fatal(err)
	}
	_, err = w.complete(half.GetSignInToken(), "TOTP", app.fresh())
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
	_, err = w.show(begun.GetSignInToken(), passkey.get(begun.GetOptions()))
	wantReason(t, err, errorsv1.Reason_SIGN_IN_LOCKED)
	_, err = w.on(remembered.GetDeviceToken(), firefox)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_LOCKED)
	var trusted int
	if w.count(&trusted, `SELECT count(*) FROM account.devices WHERE trusted_until IS NOT NULL`); trusted != 0 {
		t.Errorf("%d devices are remembered", trusted)
	}
}

// A link has its effect once: when the account has been recovered, an old message locks nobody out again. Where oidc could not be
// asked, the same link shows the partners later.
func TestALinkDisownsOnce(t *testing.T) {
	w := start(t)
	locked := testkit.Watch[eventsv1.SignInLocked](w.Env)
	w.holder(phone)
	_, token := w.stranger()
	w.Clock.Advance(2 * time.Minute) // the stranger has signed in to a partner
	w.partners.setDown(true)
	_, err := w.disown(token, false)
	wantReason(t, err, errorsv1.Reason_UNAVAILABLE)
	_, err = w.signIn(phone, password)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_LOCKED)
	w.partners.setDown(false)
	if out, err := w.disown(token, false); err != nil || len(out.GetPartners()) != 1 {
		t.Fatal(out, err)
	}
	w.exec(`UPDATE account.accounts SET sign_in_locked_at = NULL`) // as a recovery does
	s := w.mustSignIn(phone)
	if _, err := w.disown(token, true); err != nil {
		t.Fatal(err)
	}
	w.isLive(s)
	if e := locked.Wait(1); len(e) != 1 {
		t.Errorf("events %v", e)
	}
}

func TestAWrongLinkDisownsNothing(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	s, token := w.stranger()
	changed := []byte(token)
	changed[7]++
	for _, wrong := range []string{"", "none", string(changed), s.GetId(), h.session.GetToken(), s.GetDeviceToken()} {
		_, err := w.disown(wrong, true)
		if !errs.Is(err, errorsv1.Reason_LINK_INVALID) && !errs.Is(err, errorsv1.Reason_VALIDATION_FAILED) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	// A token of another purpose is none.
	_, err := w.contacts().CancelContactChange(w.ctx, &accountv1.CancelContactChangeRequest{CancelToken: token})
	wantReason(t, err, errorsv1.Reason_LINK_INVALID)
	w.isLive(s)
	w.Clock.Advance(10*24*time.Hour - time.Second)
	other := w.mustBeOn(h.session.GetDeviceToken(), firefox)
	w.Clock.Advance(time.Second)
	_, err = w.disown(token, true)
	wantReason(t, err, errorsv1.Reason_LINK_INVALID)
	w.isLive(other)
}

// The link is one account's: another person's is untouched.
func TestALinkDisownsForItsAccountOnly(t *testing.T) {
	w := start(t)
	w.holder(phone)
	other := w.holder(otherPhone)
	_, token := w.stranger()
	if _, err := w.disown(token, true); err != nil {
		t.Fatal(err)
	}
	w.isLive(other.session)
	w.mustSignIn(otherPhone)
}

// Whoever signs in while the account is locked has no live session afterwards, on devices that are known and on new ones.
func TestDisowningRacesWithSigningIn(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	_, token := w.stranger()
	var all sync.WaitGroup
	var mu sync.Mutex
	var begun []*accountv1.Session
	for i := range 12 {
		all.Go(func() {
			if i == 6 {
				if _, err := w.disown(token, false); err != nil {
					t.Error(err)
				}
				return
			}
			s, err := w.on([]string{"", h.session.GetDeviceToken()}[i%2], firefox)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				begun = append(begun, s)
			} else if !errs.Is(err, errorsv1.Reason_SIGN_IN_LOCKED) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, s := range begun {
		w.isDead(s)
	}
}

// What is told survives a restart in between, and is told once.
func TestANoticeSurvivesARestart(t *testing.T) {
	w := start(t)
	w.holder(phone)
	w.told.setDown(true)
	s := w.mustBeOn("", android)
	w.restart()
	w.told.setDown(false)
	w.Clock.Advance(time.Hour)
	token := w.cancelToken(phone, "new_device")
	if _, err := w.disown(token, false); err != nil {
		t.Fatal(err)
	}
	w.isDead(s)
	if n := len(w.told.to(phone, "new_device")); n != 1 {
		t.Errorf("told %d times", n)
	}
}
