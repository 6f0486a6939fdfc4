package account_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestSignInAndOut(t *testing.T) {
	w := start(t)
	begun, ended := testkit.Watch[eventsv1.SignedIn](w.Env), testkit.Watch[eventsv1.SignedOut](w.Env)
	a := w.create(phone)
	s := w.mustSignIn("8 900 123-45-67")
	if s.GetState() != accountv1.Session_ACTIVE || s.GetAccountId() != a.GetAccountId() || len(s.GetToken()) < 43 ||
		s.GetLevel() != accountv1.Level_SIMPLIFIED || s.GetSurface() != accountv1.Surface_REST ||
		len(s.GetAmr()) != 1 || s.GetAmr()[0] != "pwd" || s.GetLanguage() == "" || s.GetLanguage() != a.GetLanguage() {
		t.Errorf("%v", s)
	}
	timeIs(t, "auth time", s.GetAuthTime().AsTime(), w.Clock.Now())
	timeIs(t, "expire time", s.GetExpireTime().AsTime(), w.Clock.Now().Add(24*time.Hour))
	if e := begun.Wait(1)[0]; e.GetSessionId() != s.GetId() || e.GetAccountId() != a.GetAccountId() ||
		e.GetSurface() != accountv1.Surface_REST || e.GetAmr()[0] != "pwd" {
		t.Errorf("event %v", e)
	}
	got, err := w.resolve(s.GetToken())
	if err != nil {
		t.Fatal(err)
	}
	if s.Token, s.DeviceToken = "", ""; got.String() != s.String() {
		t.Errorf("resolved %v, want %v", got, s)
	}
	again := w.mustSignIn(phone)
	if again.GetId() == s.GetId() {
		t.Error("a second sign-in continues the session")
	}
	for range 2 {
		_, err := w.gateway.DeleteSession(w.in(again), &accountv1.DeleteSessionRequest{
			AccountId: a.GetAccountId(), SessionId: again.GetId(),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.resolve(again.GetToken())
		wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	}
	if e := ended.Wait(1); e[0].GetSessionId() != again.GetId() || len(e) != 1 {
		t.Errorf("events %v", e)
	}
}

func TestSomebodyElsesSessionCannotBeEnded(t *testing.T) {
	w := start(t)
	w.create(phone)
	w.create("+79001234568")
	mine, theirs := w.mustSignIn(phone), w.mustSignIn("+79001234568")
	_, err := w.gateway.DeleteSession(w.in(mine), &accountv1.DeleteSessionRequest{
		AccountId: theirs.GetAccountId(), SessionId: theirs.GetId(),
	})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	_, err = w.gateway.DeleteSession(w.in(mine), &accountv1.DeleteSessionRequest{
		AccountId: mine.GetAccountId(), SessionId: theirs.GetId(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.as("oidc").GetSession(w.ctx, &accountv1.GetSessionRequest{SessionId: theirs.GetId()}); err != nil {
		t.Error("it ended")
	}
}

func TestTokenIsOfOneSurface(t *testing.T) {
	w := start(t)
	w.create(phone)
	pages, err := w.gateway.CreateSession(w.ctx, &accountv1.CreateSessionRequest{
		Login: phone, Password: password, Surface: accountv1.Surface_PAGES,
	})
	if err != nil || pages.GetSurface() != accountv1.Surface_PAGES {
		t.Fatalf("%v, %v", pages, err)
	}
	_, err = w.resolve(pages.GetToken())
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	found, err := w.gateway.ResolveSession(w.ctx, &accountv1.ResolveSessionRequest{
		Token: pages.GetToken(), Surface: accountv1.Surface_PAGES,
	})
	if err != nil || found.GetId() != pages.GetId() {
		t.Errorf("%v, %v", found, err)
	}
}

func TestUnknownTokensAndIds(t *testing.T) {
	w := start(t)
	for _, token := range []string{"", "x", "not-a-token-that-anybody-was-given-not-at-all"} {
		_, err := w.resolve(token)
		wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	}
	for _, id := range []string{"", "x", uuid.NewString()} {
		_, err := w.as("oidc").GetSession(w.ctx, &accountv1.GetSessionRequest{SessionId: id})
		wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	}
}

func TestSessionEndsWithoutUseAndAfterADay(t *testing.T) {
	w := start(t)
	w.create(phone)
	unused, used := w.mustSignIn(phone), w.mustSignIn(phone)
	for range 47 {
		w.Clock.Advance(30 * time.Minute)
		if _, err := w.resolve(used.GetToken()); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.resolve(unused.GetToken())
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	w.Clock.Advance(30*time.Minute - time.Microsecond)
	if _, err := w.resolve(used.GetToken()); err != nil {
		t.Error(err)
	}
	w.Clock.Advance(time.Microsecond)
	_, err = w.resolve(used.GetToken())
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	_, err = w.as("oidc").GetSession(w.ctx, &accountv1.GetSessionRequest{SessionId: used.GetId()})
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
}

func TestIdleEndMovesOnceAMinute(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	begun := w.Clock.Now()
	pool := w.Pool()
	idleEnd := func() time.Time {
		if _, err := w.resolve(s.GetToken()); err != nil {
			t.Fatal(err)
		}
		var at time.Time
		if err := pool.QueryRow(w.ctx, `SELECT idle_expires_at FROM account.sessions`).Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	w.Clock.Advance(time.Minute)
	timeIs(t, "idle end after a minute", idleEnd(), begun.Add(time.Hour))
	w.Clock.Advance(time.Second)
	timeIs(t, "idle end after more", idleEnd(), begun.Add(time.Hour+time.Minute+time.Second))
	s = w.mustSignIn(phone)
	w.exec(`DELETE FROM account.sessions WHERE id <> $1`, s.GetId())
	w.exec(`UPDATE account.sessions SET expires_at = $1`, begun.Add(80*time.Minute))
	w.Clock.Advance(50 * time.Minute)
	timeIs(t, "idle end near the absolute one", idleEnd(), begun.Add(80*time.Minute))
}

func TestSessionsSurviveRestartAndRedisLoss(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	w.restart()
	if err := w.Redis.FlushAll(w.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.resolve(s.GetToken()); err != nil {
		t.Error(err)
	}
}

func TestOldSessionsAreSwept(t *testing.T) {
	w := start(t)
	w.create(phone)
	w.mustSignIn(phone)
	w.Clock.Advance(32 * 24 * time.Hour)
	w.mustSignIn(phone)
	testkit.Eventually(t, "the old session is gone, and the new one is there", func() bool {
		var n int
		err := w.Pool().QueryRow(w.ctx, `SELECT count(*) FROM account.sessions`).Scan(&n)
		return err == nil && n == 1
	})
}

func TestReauthentication(t *testing.T) {
	w := start(t)
	proven := testkit.Watch[eventsv1.Reauthenticated](w.Env)
	w.create(phone)
	first := w.mustSignIn(phone)
	w.Clock.Advance(20 * time.Minute)
	r := &accountv1.ReauthenticateRequest{
		AccountId: first.GetAccountId(), SessionId: first.GetId(), Password: "Wrong-1-password",
	}
	_, err := w.gateway.Reauthenticate(w.in(first), r)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
	if _, err := w.resolve(first.GetToken()); err != nil {
		t.Errorf("a wrong password ended the session: %v", err)
	}
	r.Password = password
	ctx := testkit.WithKey(w.in(first), "reauthenticate-1")
	second, err := w.gateway.Reauthenticate(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if second.GetId() != first.GetId() || second.GetToken() == first.GetToken() {
		t.Errorf("%v", second)
	}
	timeIs(t, "auth time", second.GetAuthTime().AsTime(), w.Clock.Now())
	timeIs(t, "expire time", second.GetExpireTime().AsTime(), first.GetExpireTime().AsTime())
	_, err = w.resolve(first.GetToken())
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	found, err := w.resolve(second.GetToken())
	if err != nil || !found.GetAuthTime().AsTime().Equal(w.Clock.Now()) {
		t.Errorf("%v, %v", found, err)
	}
	if again, err := w.gateway.Reauthenticate(ctx, r); err != nil || again.GetToken() != second.GetToken() {
		t.Errorf("the repeated request: %v, %v", again, err)
	}
	if e := proven.Wait(1); e[0].GetSessionId() != first.GetId() || len(e) != 1 {
		t.Errorf("events %v", e)
	}
}

func TestReauthenticationIsForOnesOwnLiveSession(t *testing.T) {
	w := start(t)
	w.create(phone)
	here, there := w.mustSignIn(phone), w.mustSignIn(phone)
	reauthenticate := func(as *accountv1.Session, id, pass string) error {
		_, err := w.gateway.Reauthenticate(w.in(as), &accountv1.ReauthenticateRequest{
			AccountId: here.GetAccountId(), SessionId: id, Password: pass,
		})
		return err
	}
	wantReason(t, reauthenticate(here, there.GetId(), password), errorsv1.Reason_PERMISSION_DENIED)
	wantReason(t, reauthenticate(here, "x", password), errorsv1.Reason_SESSION_ENDED)
	wantField(t, reauthenticate(here, here.GetId(), ""), "password", errorsv1.Reason_FIELD_REQUIRED)
	_, err := w.gateway.DeleteSession(w.in(here), &accountv1.DeleteSessionRequest{
		AccountId: here.GetAccountId(), SessionId: here.GetId(),
	})
	if err != nil {
		t.Fatal(err)
	}
	wantReason(t, reauthenticate(here, here.GetId(), password), errorsv1.Reason_SESSION_ENDED)
	_, err = w.gateway.Reauthenticate(w.ctx, &accountv1.ReauthenticateRequest{AccountId: here.GetAccountId()})
	wantReason(t, err, errorsv1.Reason_UNAUTHENTICATED)
	for range 5 {
		wantReason(t, reauthenticate(there, there.GetId(), "Wrong-1-password"), errorsv1.Reason_SIGN_IN_FAILED)
	}
	wantReason(t, reauthenticate(there, there.GetId(), password), errorsv1.Reason_SIGN_IN_THROTTLED)
	_, err = w.signIn(phone, password)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_THROTTLED)
}

func TestRepeatedSignInIsOneSession(t *testing.T) {
	w := start(t)
	w.create(phone)
	ctx := testkit.WithKey(w.ctx, "sign-in-key-1")
	first, err := w.signInFrom(ctx, phone, password)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.signInFrom(ctx, phone, password); err != nil || again.GetToken() != first.GetToken() {
		t.Errorf("the repeated request: %v, %v", again, err)
	}
	_, err = w.gateway.CreateSession(ctx, &accountv1.CreateSessionRequest{
		Login: phone, Password: password, Surface: accountv1.Surface_PAGES,
	})
	wantReason(t, err, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED)
	// The key is no way around the limits on guessing: a wrong password is refused and counted as such.
	for range 5 {
		_, err := w.signInFrom(ctx, phone, "Wrong-1-password")
		wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
	}
	_, err = w.signInFrom(ctx, phone, password)
	wantReason(t, err, errorsv1.Reason_SIGN_IN_THROTTLED)
	w.create("+79001234568")
	_, err = w.signInFrom(ctx, "+79001234568", password)
	wantReason(t, err, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED)
}

func TestConcurrentRepeatsAreOneSession(t *testing.T) {
	w := start(t)
	signedIn := testkit.Watch[eventsv1.SignedIn](w.Env)
	w.create(phone)
	ctx := testkit.WithKey(w.ctx, "sign-in-key-1")
	var tokens sync.Map
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			s, err := w.signInFrom(ctx, phone, password)
			if err != nil {
				t.Error(err)
			}
			tokens.Store(s.GetToken(), true)
		})
	}
	all.Wait()
	n := 0
	tokens.Range(func(any, any) bool { n++; return true })
	if n != 1 || len(signedIn.Wait(1)) != 1 {
		t.Errorf("%d tokens, %d events, want one each", n, len(signedIn.All()))
	}
}
