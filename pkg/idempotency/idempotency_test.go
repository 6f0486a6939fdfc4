package idempotency_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var errWrongPassword = errors.New("wrong password")

// world is a service whose one use case checks a password and makes a session.
type world struct {
	t     *testing.T
	pool  *pgxpool.Pool
	store *idempotency.Store
	ctx   context.Context
	now   time.Time
}

func start(t *testing.T) *world {
	t.Helper()
	pools := make(chan *pgxpool.Pool, 1)
	e := testkit.Start(t, testkit.Options{Services: []boot.Service{{
		Name: "signing",
		Migrations: fstest.MapFS{"00001_sessions.sql": {Data: []byte(`-- +goose Up
CREATE TABLE sessions (token text PRIMARY KEY);
`)}},
		Run: func(ctx context.Context, p *boot.Platform) error {
			pool, err := p.Postgres(ctx)
			if err != nil {
				return err
			}
			pools <- pool
			return p.Serve(ctx)
		},
	}}})
	w := &world{t: t, pool: <-pools, now: e.Clock.Now()} // the sweeper's time too
	w.ctx = testkit.WithKey(context.Background(), "the-key-1")
	w.store = idempotency.New(w.pool, secret.NewKeys(), func() time.Time { return w.now })
	return w
}

type run func(
	context.Context, *idempotency.Store, *accountv1.CreateSessionRequest, func(string) *accountv1.Session,
	func(context.Context, idempotency.Hook[string]) (string, error),
) (*accountv1.Session, error)

func plain(
	ctx context.Context, s *idempotency.Store, r *accountv1.CreateSessionRequest, encode func(string) *accountv1.Session,
	do func(context.Context, idempotency.Hook[string]) (string, error),
) (*accountv1.Session, error) {
	return idempotency.Run(ctx, s, r, encode, do)
}

func verified(
	ctx context.Context, s *idempotency.Store, r *accountv1.CreateSessionRequest, encode func(string) *accountv1.Session,
	do func(context.Context, idempotency.Hook[string]) (string, error),
) (*accountv1.Session, error) {
	return idempotency.RunVerified(ctx, s, r, encode, do)
}

// signIn makes a session for the password "right", whatever the login.
func (w *world) signIn(ctx context.Context, by run, login, password string) (string, error) {
	request := &accountv1.CreateSessionRequest{Login: login, Password: password}
	encode := func(token string) *accountv1.Session { return &accountv1.Session{Token: token} }
	out, err := by(ctx, w.store, request, encode,
		func(ctx context.Context, answered idempotency.Hook[string]) (string, error) {
			if !strings.HasPrefix(password, "right") {
				return "", errWrongPassword
			}
			token := secret.NewRandomID()
			return token, pg.InTx(ctx, w.pool, func(ctx context.Context, tx pgx.Tx) error {
				if _, err := tx.Exec(ctx, `INSERT INTO sessions VALUES ($1)`, token); err != nil {
					return err
				}
				return answered(ctx, tx, token)
			})
		})
	return out.GetToken(), err
}

func (w *world) wantSessions(want int) {
	w.t.Helper()
	var n int
	if err := w.pool.QueryRow(w.ctx, `SELECT count(*)::int FROM sessions`).Scan(&n); err != nil || n != want {
		w.t.Errorf("%d sessions, want %d (%v)", n, want, err)
	}
}

func eachRun(t *testing.T, test func(t *testing.T, by run)) {
	for name, by := range map[string]run{"Run": plain, "RunVerified": verified} {
		t.Run(name, func(t *testing.T) { test(t, by) })
	}
}

func TestARepeatedRequestHasOneEffect(t *testing.T) {
	eachRun(t, func(t *testing.T, by run) {
		w := start(t)
		first, err := w.signIn(w.ctx, by, "a", "right")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := w.signIn(w.ctx, by, "a", "right"); err != nil || again != first {
			t.Errorf("answered %q (%v), want %q", again, err, first)
		}
		w.wantSessions(1)
		w.now = w.now.Add(idempotency.Life)
		if later, err := w.signIn(w.ctx, by, "a", "right"); err != nil || later == first {
			t.Errorf("a day later: %q, %v", later, err)
		}
		w.wantSessions(2)
	})
}

// The secret is part of the request: two passwords under one key are two requests.
func TestAKeyIsForOneRequest(t *testing.T) {
	eachRun(t, func(t *testing.T, by run) {
		w := start(t)
		if _, err := w.signIn(w.ctx, by, "a", "right"); err != nil {
			t.Fatal(err)
		}
		for login, password := range map[string]string{"b": "right", "a": "right, too"} {
			_, err := w.signIn(w.ctx, by, login, password)
			if !errs.Is(err, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED) {
				t.Errorf("%s, %s: %v", login, password, err)
			}
		}
		w.wantSessions(1)
		somebody := rpc.WithUser(w.ctx, rpc.User{AccountID: "somebody"}, "")
		if _, err := w.signIn(somebody, by, "b", "right"); err != nil {
			t.Errorf("the same key of another person: %v", err)
		}
	})
}

func TestConcurrentRequestsHaveOneEffect(t *testing.T) {
	eachRun(t, func(t *testing.T, by run) {
		w := start(t)
		var tokens sync.Map
		var different atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				token, err := w.signIn(w.ctx, by, "a", "right")
				if err != nil {
					t.Error(err)
				}
				if _, seen := tokens.LoadOrStore(token, true); !seen {
					different.Add(1)
				}
			})
		}
		all.Wait()
		if different.Load() != 1 {
			t.Errorf("%d answers, want one", different.Load())
		}
		w.wantSessions(1)
	})
}

func TestRefusalsAreNotStored(t *testing.T) {
	eachRun(t, func(t *testing.T, by run) {
		w := start(t)
		if _, err := w.signIn(w.ctx, by, "a", "wrong"); !errors.Is(err, errWrongPassword) {
			t.Errorf("refused with %v", err)
		}
		if _, err := w.signIn(w.ctx, by, "a", "right"); err != nil {
			t.Error(err)
		}
	})
}

// Who knows a key must not learn by it whether a password is the one of the stored request.
func TestRunVerifiedAsksForTheSecretFirst(t *testing.T) {
	w := start(t)
	if _, err := w.signIn(w.ctx, verified, "a", "right"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.signIn(w.ctx, verified, "a", "wrong"); !errors.Is(err, errWrongPassword) {
		t.Errorf("refused with %v", err)
	}
}

func TestKeysAreOptionalAndBounded(t *testing.T) {
	eachRun(t, func(t *testing.T, by run) {
		w := start(t)
		for range 2 {
			if _, err := w.signIn(context.Background(), by, "a", "right"); err != nil {
				t.Error(err)
			}
		}
		w.wantSessions(2)
		for _, key := range []string{"short", strings.Repeat("x", 129)} {
			_, err := w.signIn(testkit.WithKey(w.ctx, key), by, "a", "right")
			if !errs.Is(err, errorsv1.Reason_IDEMPOTENCY_KEY_INVALID) {
				t.Errorf("%s: %v", key, err)
			}
		}
	})
}
