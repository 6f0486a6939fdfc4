package account_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const wrong = "Wrong-1-password"

func from(n int) context.Context {
	return testkit.From(context.Background(), fmt.Sprintf("198.51.100.%d", n))
}

func TestUnknownLoginAndWrongPasswordAreAlike(t *testing.T) {
	w := start(t)
	failed, refused := testkit.Watch[eventsv1.SignInFailed](w.Env), testkit.Watch[eventsv1.SignInsRefused](w.Env)
	a := w.create(phone)
	before := w.hashed()
	var answers []string
	logins := []string{phone, "+79007654321", "nobody@example.ru", "112-233-445 95"}
	for _, login := range logins {
		for range 5 {
			_, err := w.signIn(login, wrong)
			wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
		}
		if n := w.hashed() - before; n != 5 {
			t.Errorf("%s: %d passwords were hashed, want 5", login, n)
		}
		_, err := w.signIn(login, wrong)
		e := wantReason(t, err, errorsv1.Reason_SIGN_IN_THROTTLED)
		answers = append(answers, fmt.Sprint(e, e.RetryAfter, e.Params))
		if answers[0] != answers[len(answers)-1] {
			t.Errorf("%s is answered %s, a wrong password %s", login, answers[len(answers)-1], answers[0])
		}
		before = w.hashed()
	}
	for _, e := range failed.Wait(5) {
		if e.GetAccountId() != a.GetAccountId() {
			t.Errorf("event %v", e)
		}
	}
	// What is tried at nobody's logins is told in one summary.
	w.Clock.Advance(time.Minute)
	want := int64(5 * (len(logins) - 1))
	if e := refused.Wait(1)[0]; e.GetCounts()["SIGN_IN_FAILED"] != want || !e.GetToTime().AsTime().Equal(w.Clock.Now()) {
		t.Errorf("summary %v, want %d", e, want)
	}
	if n := len(failed.All()); n != 5 {
		t.Errorf("%d events of single failures", n)
	}
}

func TestMalformedLogins(t *testing.T) {
	w := start(t)
	_, err := w.signIn("x", "")
	wantField(t, err, "login", errorsv1.Reason_FIELD_MALFORMED)
	_, err = w.signIn("", password)
	wantField(t, err, "login", errorsv1.Reason_FIELD_REQUIRED)
	_, err = w.signIn("112-233-445 96", password)
	wantField(t, err, "login", errorsv1.Reason_FIELD_CHECKSUM)
}

func TestParallelGuessesAtMostFive(t *testing.T) {
	w := startWith(t, map[string]string{
		"PROPUSK_ACCOUNT_HASH_QUEUE": "25", "PROPUSK_ACCOUNT_HASH_PATIENCE": "1m",
	})
	w.create(phone)
	var decided, throttled, turnedAway atomic.Int32
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			_, err := w.signIn(phone, wrong)
			switch {
			case errs.Is(err, errorsv1.Reason_SIGN_IN_FAILED):
				decided.Add(1)
			case errs.Is(err, errorsv1.Reason_SIGN_IN_THROTTLED):
				throttled.Add(1)
			case errs.Is(err, errorsv1.Reason_OVERLOADED):
				turnedAway.Add(1)
			default:
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
	if decided.Load() != 5 || throttled.Load() < 20 || turnedAway.Load() > 75 {
		t.Errorf("%d guesses were decided, %d throttled, %d turned away", decided.Load(), throttled.Load(), turnedAway.Load())
	}
	e := wantReason(t, last(w.signIn(phone, password)), errorsv1.Reason_SIGN_IN_THROTTLED)
	if e.RetryAfter != 30*time.Second {
		t.Errorf("wait %s", e.RetryAfter)
	}
}

func last[T any](_ T, err error) error { return err }

func TestParallelSignInsAreNoGuesses(t *testing.T) {
	w := start(t)
	w.create(phone)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := w.signIn(phone, password); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestDelaySurvivesRestartAndRedisLossAndIsOfOneAddress(t *testing.T) {
	w := start(t)
	w.create(phone)
	w.create("+79001234568")
	for range 5 {
		wantReason(t, last(w.signIn(phone, wrong)), errorsv1.Reason_SIGN_IN_FAILED)
	}
	w.restart()
	if err := w.Redis.FlushAll(w.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	wantReason(t, last(w.signIn(phone, password)), errorsv1.Reason_SIGN_IN_THROTTLED)
	if n := w.hashed(); n != 0 {
		t.Errorf("%d passwords were hashed of one who has to wait", n)
	}
	w.mustSignIn("+79001234568")
	if _, err := w.signInFrom(from(1), phone, password); err != nil {
		t.Errorf("from another address: %v", err)
	}
	wantReason(t, last(w.signIn(phone, password)), errorsv1.Reason_SIGN_IN_THROTTLED)
	w.Clock.Advance(30 * time.Second)
	wantReason(t, last(w.signIn(phone, wrong)), errorsv1.Reason_SIGN_IN_FAILED)
	e := wantReason(t, last(w.signIn(phone, password)), errorsv1.Reason_SIGN_IN_THROTTLED)
	if e.RetryAfter != 33*time.Second {
		t.Errorf("the second delay is %s", e.RetryAfter)
	}
	w.Clock.Advance(33 * time.Second)
	w.mustSignIn(phone)
	for range 5 {
		wantReason(t, last(w.signIn(phone, wrong)), errorsv1.Reason_SIGN_IN_FAILED)
	}
}

func TestFailuresFromEverywhere(t *testing.T) {
	w := start(t)
	w.create(phone)
	w.mustSignIn(phone)
	wantReason(t, last(w.signInFrom(from(1), phone, wrong)), errorsv1.Reason_SIGN_IN_FAILED)
	w.exec(`UPDATE account.sign_in_failures SET failures = 99 WHERE address = ''`)
	wantReason(t, last(w.signInFrom(from(2), phone, wrong)), errorsv1.Reason_SIGN_IN_FAILED)
	e := wantReason(t, last(w.signInFrom(from(3), phone, password)), errorsv1.Reason_SIGN_IN_THROTTLED)
	if e.RetryAfter != 30*time.Second {
		t.Errorf("a stranger waits %s", e.RetryAfter)
	}
	w.mustSignIn(phone)
	w.exec(`UPDATE account.sign_in_failures SET failures = 1000 WHERE address = ''`)
	w.Clock.Advance(time.Hour - time.Second)
	wantReason(t, last(w.signInFrom(from(3), phone, password)), errorsv1.Reason_SIGN_IN_THROTTLED)
	w.Clock.Advance(time.Second)
	if _, err := w.signInFrom(from(3), phone, password); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

func TestNeighboursInOneIPv6NetworkAreOneAddress(t *testing.T) {
	w := start(t)
	w.create(phone)
	for n := range 5 {
		ctx := testkit.From(context.Background(), fmt.Sprintf("2001:db8::%d", n))
		wantReason(t, last(w.signInFrom(ctx, phone, wrong)), errorsv1.Reason_SIGN_IN_FAILED)
	}
	neighbour := testkit.From(context.Background(), "2001:db8::ffff:1")
	wantReason(t, last(w.signInFrom(neighbour, phone, password)), errorsv1.Reason_SIGN_IN_THROTTLED)
	stranger := testkit.From(context.Background(), "2001:db8:0:1::1")
	if _, err := w.signInFrom(stranger, phone, password); err != nil {
		t.Error(err)
	}
}

// Made-up logins must not fill a table: each count goes when its window, which begins with the first failure, ends.
func TestForgottenFailuresAreSwept(t *testing.T) {
	w := start(t)
	w.create(phone)
	nobody := "nobody@example.ru"
	rows := func(when string, want int) {
		t.Helper()
		w.mustSignIn(phone)
		testkit.Eventually(t, fmt.Sprintf("%s: %d rows", when, want), func() bool {
			var n int
			err := w.Pool().QueryRow(w.ctx, `SELECT count(*) FROM account.sign_in_failures WHERE failures > 0`).Scan(&n)
			return err == nil && n == want
		})
	}
	wantReason(t, last(w.signIn(nobody, wrong)), errorsv1.Reason_SIGN_IN_FAILED)
	rows("at once", 2)
	w.Clock.Advance(12*time.Hour + time.Second)
	rows("after 12 hours", 1)
	w.Clock.Advance(20 * 24 * time.Hour)
	wantReason(t, last(w.signInFrom(from(1), nobody, wrong)), errorsv1.Reason_SIGN_IN_FAILED)
	rows("from elsewhere", 2)
	w.Clock.Advance(10 * 24 * time.Hour)
	rows("after 30 days", 0)
}

func TestOverload(t *testing.T) {
	w := startWith(t, map[string]string{"PROPUSK_ACCOUNT_HASH_WORKERS": "1", "PROPUSK_ACCOUNT_HASH_QUEUE": "1"})
	w.create(phone)
	var served, refused atomic.Int32
	var all sync.WaitGroup
	for n := range 60 {
		all.Go(func() {
			_, err := w.signInFrom(from(n), phone, password)
			e, _ := errs.As(err)
			switch {
			case err == nil:
				served.Add(1)
			case e != nil && e.Reason == errorsv1.Reason_OVERLOADED && e.Kind == errs.Unavailable && e.RetryAfter == time.Second:
				refused.Add(1)
			default:
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
	if served.Load() == 0 || refused.Load() == 0 {
		t.Errorf("%d served, %d refused", served.Load(), refused.Load())
	}
	w.mustSignIn(phone)
}
