package account_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/account"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	phone    = "+79001234567"
	password = "Wq7!mZ-2vK"
	home     = "192.0.2.1"
)

type world struct {
	*testkit.Env
	t *testing.T
	// ctx is a request from home.
	ctx context.Context
	// gateway is the service as the gateway sees it.
	gateway accountv1.AccountServiceClient
	// signIns and factors are its other contracts.
	signIns accountv1.SignInServiceClient
	factors accountv1.SecondFactorServiceClient
	// otp stands in for the service that sends codes.
	otp     *codes
	metrics *prometheus.Registry
	secrets string
	told    *messages
	// partners are those that accounts were signed in to, as oidc knows them.
	partners *partners
	// people are the cards of those whose age is asked for.
	people *people
}

func start(t *testing.T) *world {
	t.Helper()
	return startWith(t, nil)
}

func startWith(t *testing.T, vars map[string]string) *world {
	t.Helper()
	w := &world{t: t, ctx: testkit.From(context.Background(), home), told: &messages{}, partners: &partners{}, people: &people{}}
	w.otp = newCodes(func() time.Time { return w.Clock.Now() })
	service := account.Service()
	run := service.Run
	service.Run = func(ctx context.Context, p *boot.Platform) error {
		w.metrics, w.secrets = prometheus.NewRegistry(), p.Env.SecretsDir
		p.Metrics = w.metrics
		return run(ctx, p)
	}
	w.Env = testkit.Start(t, testkit.Options{Vars: vars, Services: []boot.Service{
		service, testkit.Fake("otp", &otpv1.OTPService_ServiceDesc, w.otp),
		testkit.Fake("notification", &notificationv1.NotificationService_ServiceDesc, w.told),
		testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, w.people),
		testkit.Fake("oidc", &oidcv1.OIDCService_ServiceDesc, w.partners),
	}})
	w.dial()
	return w
}

func (w *world) restart() {
	w.Restart()
	w.dial()
}

func (w *world) dial() {
	cc := w.Dial("gateway", "account")
	w.gateway, w.signIns = accountv1.NewAccountServiceClient(cc), accountv1.NewSignInServiceClient(cc)
	w.factors = accountv1.NewSecondFactorServiceClient(cc)
}

func (w *world) as(service string) accountv1.AccountServiceClient {
	return accountv1.NewAccountServiceClient(w.Dial(service, "account"))
}

// create creates an account with a phone.
func (w *world) create(number string) *accountv1.Account {
	w.t.Helper()
	a, err := w.as("registration").CreateAccount(w.ctx, &accountv1.CreateAccountRequest{
		AccountId: secret.NewID().String(), Phone: number, Password: password,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) signIn(login, pass string) (*accountv1.Session, error) {
	return w.signInFrom(w.ctx, login, pass)
}

func (w *world) signInFrom(ctx context.Context, login, pass string) (*accountv1.Session, error) {
	return w.gateway.CreateSession(ctx, &accountv1.CreateSessionRequest{Login: login, Password: pass})
}

func (w *world) mustSignIn(login string) *accountv1.Session {
	w.t.Helper()
	s, err := w.signIn(login, password)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) resolve(token string) (*accountv1.Session, error) {
	return w.gateway.ResolveSession(w.ctx, &accountv1.ResolveSessionRequest{Token: token, Surface: accountv1.Surface_REST})
}

// in is a request of the person who has the session.
func (w *world) in(s *accountv1.Session) context.Context {
	w.t.Helper()
	return testkit.From(w.AsUser(userOf(s)), home)
}

func userOf(s *accountv1.Session) rpc.User {
	u := rpc.User{
		AccountID: s.GetAccountId(), SessionID: s.GetId(), Level: s.GetLevel().Number(), AuthTime: s.GetAuthTime().AsTime(),
		AMR: s.GetAmr(),
	}
	if p := s.GetProofTime(); p != nil {
		u.ProofTime = p.AsTime()
	}
	return u
}

// person is who the n-th evidence for standard is about.
func person(n int) (snils, passport string) {
	s, err := identifiers.NewSNILS(fmt.Sprintf("%09d", 100_000_000+n))
	if err != nil {
		panic(err)
	}
	return string(s), fmt.Sprintf("4510%06d", n)
}

func standard(accountID string, n int) *accountv1.ApplyEvidenceRequest {
	snils, passport := person(n)
	return &accountv1.ApplyEvidenceRequest{
		EvidenceId: uuid.NewString(), AccountId: accountID, Level: accountv1.Level_STANDARD,
		SnapshotId: uuid.NewString(), Snils: snils, Passport: passport,
	}
}

func confirmed(accountID, snapshot string) *accountv1.ApplyEvidenceRequest {
	return &accountv1.ApplyEvidenceRequest{
		EvidenceId: uuid.NewString(), AccountId: accountID, Level: accountv1.Level_CONFIRMED,
		SnapshotId: snapshot, Method: accountv1.Method_LETTER,
	}
}

// apply gives evidence as the service that issues it.
func (w *world) apply(r *accountv1.ApplyEvidenceRequest) (*accountv1.Account, error) {
	if r.GetLevel() == accountv1.Level_CONFIRMED {
		return w.as("confirmation").ApplyEvidence(w.ctx, r)
	}
	return w.as("verification").ApplyEvidence(w.ctx, r)
}

func (w *world) mustApply(r *accountv1.ApplyEvidenceRequest) *accountv1.Account {
	w.t.Helper()
	a, err := w.apply(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// hashed is how many passwords were hashed since the start.
func (w *world) hashed() int {
	w.t.Helper()
	families, err := w.metrics.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "propusk_account_password_hashes_total" {
			return int(f.GetMetric()[0].GetCounter().GetValue())
		}
	}
	w.t.Fatal("no such metric")
	return 0
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.Pool().Exec(w.ctx, sql, args...); err != nil {
		w.t.Fatal(err)
	}
}

// hide takes an account out of its table, but nothing that refers to it, and locks the identifiers; putBack undoes both
// in one transaction.
func (w *world) hide(accountID string) (putBack func()) {
	w.t.Helper()
	w.exec(`CREATE TABLE account.hidden AS SELECT * FROM account.accounts WHERE id = $1`, accountID)
	tx, err := w.Pool().Begin(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = tx.Rollback(w.ctx) })
	do := func(sql string) {
		w.t.Helper()
		if _, err := tx.Exec(w.ctx, sql); err != nil {
			w.t.Fatal(err)
		}
	}
	do(`LOCK TABLE account.identifiers IN ACCESS EXCLUSIVE MODE`)
	do(`SET LOCAL session_replication_role = replica`)
	w.withoutKeys(`DELETE FROM account.accounts WHERE id IN (SELECT id FROM account.hidden)`)
	return func() {
		w.t.Helper()
		do(`INSERT INTO account.accounts SELECT * FROM account.hidden`)
		if err := tx.Commit(w.ctx); err != nil {
			w.t.Fatal(err)
		}
	}
}

// withoutKeys changes a row though others refer to it.
func (w *world) withoutKeys(sql string) {
	w.t.Helper()
	err := pgx.BeginFunc(w.ctx, w.Pool(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(w.ctx, `SET LOCAL session_replication_role = replica`); err != nil {
			return err
		}
		_, err := tx.Exec(w.ctx, sql)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) rotateIndexKey() {
	w.t.Helper()
	kek, err := secret.LoadKEK(filepath.Join(w.secrets, "kek"))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := secret.RotateIndex(filepath.Join(w.secrets, "keys.json"), kek); err != nil {
		w.t.Fatal(err)
	}
	w.restart()
}

func wantReason(t *testing.T, err error, want errorsv1.Reason) *errs.Error {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || e.Reason != want {
		t.Fatalf("got %v, want reason %s", err, want)
	}
	return e
}

func wantField(t *testing.T, err error, field string, want errorsv1.Reason) {
	t.Helper()
	e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
	for _, f := range e.Fields {
		if f.Name == field && f.Reason == want {
			return
		}
	}
	t.Errorf("got %v, want %s %s", e.Fields, field, want)
}

// timeIs compares to the microsecond, which is what Postgres stores.
func timeIs(t *testing.T, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s is %s, want %s", what, got, want)
	}
}
