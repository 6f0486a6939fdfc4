package verification_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	pending    = verificationv1.State_PENDING
	matched    = verificationv1.State_MATCHED
	notMatched = verificationv1.State_NOT_MATCHED
	expired    = verificationv1.State_EXPIRED

	checkMatched = verificationv1.Check_MATCHED
	unavailable  = verificationv1.Check_UNAVAILABLE
)

type world struct {
	*testkit.Env
	t         *testing.T
	profiles  *profiles
	registers *registers
	accounts  *accounts
	client    verificationv1.VerificationServiceClient
	id        string
	ctx       context.Context
	people    int
}

// vars makes waiting short.
func vars(more ...string) map[string]string {
	v := map[string]string{
		"PROPUSK_VERIFICATION_RETRY_FIRST": "10ms", "PROPUSK_VERIFICATION_RETRY_MAX": "50ms",
		"PROPUSK_VERIFICATION_CALL_TIMEOUT": "150ms", "PROPUSK_VERIFICATION_BREAKER_CALLS": "1000",
	}
	for i := 0; i < len(more); i += 2 {
		v["PROPUSK_VERIFICATION_"+more[i]] = more[i+1]
	}
	return v
}

// start lets time pass by itself, as retries need it.
func start(t *testing.T, more ...string) *world {
	t.Helper()
	return startWith(t, testkit.Options{Vars: vars(more...), SystemClock: true})
}

// startStill leaves time to the test.
func startStill(t *testing.T, more ...string) *world {
	t.Helper()
	return startWith(t, testkit.Options{Vars: vars(more...)})
}

func startWith(t *testing.T, o testkit.Options) *world {
	t.Helper()
	// Most of a test is waiting for jobs.
	t.Parallel()
	w := &world{
		t:         t,
		profiles:  &profiles{snils: map[string]string{}, snapshots: map[string]*profilev1.Snapshot{}},
		registers: &registers{pfr: matches, fms: matches},
		accounts:  &accounts{claims: map[string]string{}},
	}
	o.Services = []boot.Service{
		verification.Service(),
		testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, w.profiles),
		testkit.Fake("registry", &registryv1.RegistryService_ServiceDesc, w.registers),
		testkit.Fake("account", &accountv1.AccountService_ServiceDesc, w.accounts),
	}
	w.Env = testkit.Start(t, o)
	w.dial()
	w.be(w.newcomer())
	return w
}

func (w *world) dial() {
	w.client = verificationv1.NewVerificationServiceClient(w.Dial("gateway", "verification"))
}

// newcomer is an account whose card is full.
func (w *world) newcomer() string {
	w.people++
	id := uuid.NewString()
	w.profiles.mu.Lock()
	defer w.profiles.mu.Unlock()
	w.profiles.snils[id] = fmt.Sprintf("000000600%02d", w.people)
	return id
}

// be has the test go on as this account.
func (w *world) be(id string) { w.id, w.ctx = id, w.As(id, accountv1.Level_SIMPLIFIED) }

// beAt is be at an address.
func (w *world) beAt(id, ip string) {
	w.be(id)
	w.ctx = testkit.From(w.ctx, ip)
}

func (w *world) create() (*verificationv1.Verification, error) {
	return w.client.CreateVerification(w.ctx, &verificationv1.CreateVerificationRequest{AccountId: w.id})
}

func (w *world) mustCreate() *verificationv1.Verification {
	w.t.Helper()
	v, err := w.create()
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *world) get(id string) *verificationv1.Verification {
	w.t.Helper()
	v, err := w.client.GetVerification(w.ctx, &verificationv1.GetVerificationRequest{AccountId: w.id, VerificationId: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// await waits until the verification has come so far.
func (w *world) await(id string, want verificationv1.State) *verificationv1.Verification {
	w.t.Helper()
	var v *verificationv1.Verification
	testkit.Eventually(w.t, want.String(), func() bool {
		v = w.get(id)
		return v.GetState() == want
	})
	return v
}

// awaitCheck waits until a registry's check has come so far.
func (w *world) awaitCheck(id string, r verificationv1.Registry, want verificationv1.Check_State) {
	w.t.Helper()
	testkit.Eventually(w.t, r.String()+" "+want.String(), func() bool { return check(w.get(id), r).GetState() == want })
}

func check(v *verificationv1.Verification, r verificationv1.Registry) *verificationv1.Check {
	for _, c := range v.GetChecks() {
		if c.GetRegistry() == r {
			return c
		}
	}
	return nil
}

// mismatch submits the person and has him refused.
func (w *world) mismatch() {
	w.t.Helper()
	w.await(w.mustCreate().GetId(), notMatched)
	w.profiles.void(w.id)
}

func wantReason(t *testing.T, err error, want errorsv1.Reason) *errs.Error {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || e.Reason != want {
		t.Fatalf("got %v, want reason %s", err, want)
	}
	return e
}

func wantReasons(t *testing.T, c *verificationv1.Check, want ...verificationv1.MismatchReason) {
	t.Helper()
	if fmt.Sprint(c.GetReasons()) != fmt.Sprint(want) {
		t.Errorf("%s gives %v, want %v", c.GetRegistry(), c.GetReasons(), want)
	}
}
