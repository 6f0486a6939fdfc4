package account_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// A repeated request gets its answer only while that lets the person in.
func TestARepeatedSignInGivesNoDeadToken(t *testing.T) {
	w := start(t)
	w.create(phone)
	for name, end := range map[string]func(s *accountv1.Session){
		"signed out": func(s *accountv1.Session) {
			_, err := w.gateway.DeleteSession(w.in(s), &accountv1.DeleteSessionRequest{AccountId: s.GetAccountId(), SessionId: s.GetId()})
			if err != nil {
				t.Fatal(err)
			}
		},
		"not used":        func(*accountv1.Session) { w.Clock.Advance(time.Hour) },
		"reauthenticated": func(s *accountv1.Session) { w.mustReauthenticate(s) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := testkit.WithKey(w.ctx, "sign-in-"+name)
			s, err := w.signInFrom(ctx, phone, password)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := w.signInFrom(ctx, phone, password); err != nil || again.GetToken() != s.GetToken() {
				t.Fatalf("the repeated request: %v, %v", again, err)
			}
			end(s)
			for range 2 {
				_, err = w.signInFrom(ctx, phone, password)
				wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
			}
			w.mustSignIn(phone) // another key, or none, is another request
		})
	}
}

func (w *world) reauthenticate(s *accountv1.Session, key string) (*accountv1.Session, error) {
	ctx := w.in(s)
	if key != "" {
		ctx = testkit.WithKey(ctx, key)
	}
	return w.gateway.Reauthenticate(ctx, &accountv1.ReauthenticateRequest{
		AccountId: s.GetAccountId(), SessionId: s.GetId(), Password: password,
	})
}

func (w *world) mustReauthenticate(s *accountv1.Session) *accountv1.Session {
	w.t.Helper()
	out, err := w.reauthenticate(s, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestARepeatedReauthenticationGivesNoDeadToken(t *testing.T) {
	w := start(t)
	w.create(phone)
	first := w.mustSignIn(phone)
	second, err := w.reauthenticate(first, "reauthenticate-1")
	if err != nil {
		t.Fatal(err)
	}
	third := w.mustReauthenticate(second)
	_, err = w.reauthenticate(first, "reauthenticate-1")
	wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	// Who reauthenticates with what has been replaced is not the one who has the session now.
	for _, old := range []*accountv1.Session{first, second} {
		_, err = w.reauthenticate(old, "")
		wantReason(t, err, errorsv1.Reason_SESSION_ENDED)
	}
	if _, err := w.resolve(third.GetToken()); err != nil {
		t.Error(err)
	}
}

// Of many at once, by one token, one has the session renewed: its token is the one that works.
func TestConcurrentReauthenticationsGiveNoDeadToken(t *testing.T) {
	for name, key := range map[string]func(i int) string{
		"keys": func(i int) string { return fmt.Sprintf("reauthenticate-%d", i) },
		"none": func(int) string { return "" },
		"one":  func(int) string { return "reauthenticate" },
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			w.create(phone)
			s := w.mustSignIn(phone)
			var mu sync.Mutex
			tokens := map[string]int{}
			var all sync.WaitGroup
			for i := range 10 {
				all.Go(func() {
					got, err := w.reauthenticate(s, key(i))
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						tokens[got.GetToken()]++
					} else if !errs.Is(err, errorsv1.Reason_SESSION_ENDED) {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if len(tokens) != 1 {
				t.Errorf("%d tokens were given, want one", len(tokens))
			}
			for token, n := range tokens {
				if _, err := w.resolve(token); err != nil || (name == "one") != (n == 10) {
					t.Errorf("%d were given a token, and it gets %v", n, err)
				}
			}
		})
	}
}
