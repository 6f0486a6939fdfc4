package hashing

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func hasher(t *testing.T, o Options) *Hasher {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return time.Unix(1, 0) }
	}
	h, err := New(o, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHashMatchesItsPasswordOnly(t *testing.T) {
	h := hasher(t, Options{Patience: time.Minute})
	ctx := context.Background()
	long := strings.Repeat("Wq7!mZ-2", 16)
	phc, err := h.Hash(ctx, long)
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%s, %v", phc, err)
	}
	for password, want := range map[string]bool{long: true, long[:72]: false, long + "x": false, "": false} {
		if got, err := h.Matches(ctx, phc, password); got != want || err != nil {
			t.Errorf("%d characters: %t, %v", len(password), got, err)
		}
	}
	if again, _ := h.Hash(ctx, long); again == phc {
		t.Error("the same salt twice")
	}
}

func TestNobodysPasswordIsHashedAndNeverRight(t *testing.T) {
	h := hasher(t, Options{Patience: time.Minute})
	if right, err := h.Matches(context.Background(), "", ""); right || err != nil {
		t.Errorf("%t, %v", right, err)
	}
}

func TestDamagedHashIsAnError(t *testing.T) {
	h := hasher(t, Options{Patience: time.Minute})
	good := hash("x")
	for _, phc := range []string{"plain", "$argon2i" + good[9:], good[:40], strings.Replace(good, "v=19", "v=16", 1), good + "!"} {
		if _, err := h.Matches(context.Background(), phc, "x"); !errors.Is(err, errNotHash) {
			t.Errorf("%s: %v", phc, err)
		}
	}
}

// TestQueue has one worker busy and one place to wait.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hasher(t, Options{Workers: 1, Waiting: 1, Patience: 5 * time.Second})
		release := make(chan struct{})
		go func() { _ = h.work(t.Context(), func() { <-release }) }()
		synctest.Wait()

		begun := time.Now()
		waited := make(chan error)
		go func() { waited <- h.work(t.Context(), func() {}) }()
		synctest.Wait()
		if err := h.work(t.Context(), func() { t.Error("ran") }); !errs.Is(err, errorsv1.Reason_OVERLOADED) {
			t.Errorf("a full queue answers %v", err)
		}
		err := <-waited
		e, ok := errs.As(err)
		if !ok || e.Reason != errorsv1.Reason_OVERLOADED || e.RetryAfter != time.Second || time.Since(begun) != 5*time.Second {
			t.Errorf("after %s: %v", time.Since(begun), err)
		}

		var ran atomic.Bool
		go func() { waited <- h.work(t.Context(), func() { ran.Store(true) }) }()
		synctest.Wait()
		close(release)
		if err := <-waited; err != nil || !ran.Load() {
			t.Errorf("the one who waited: ran %t, %v", ran.Load(), err)
		}
	})
}

func TestWhoGoesAwayWaitsNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hasher(t, Options{Workers: 1, Waiting: 1, Patience: time.Hour})
		release := make(chan struct{})
		defer close(release)
		go func() { _ = h.work(t.Context(), func() { <-release }) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := h.work(ctx, func() {}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
