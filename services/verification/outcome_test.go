package verification_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

const (
	pfr = verificationv1.Registry_PFR
	fms = verificationv1.Registry_FMS
)

func TestBothMatchAndTheAccountIsStandard(t *testing.T) {
	w := startStill(t)
	started, ended := testkit.Watch[eventsv1.VerificationStarted](w.Env), testkit.Watch[eventsv1.VerificationMatched](w.Env)
	checks := testkit.Watch[eventsv1.CheckCompleted](w.Env)
	v := w.mustCreate()
	if v.GetState() != pending || len(v.GetChecks()) != 2 || v.GetChecks()[0].GetRegistry() != pfr || v.GetEndTime() != nil {
		t.Errorf("at first: %v", v)
	}
	end := w.await(v.GetId(), matched)
	for _, c := range end.GetChecks() {
		if c.GetState() != checkMatched || len(c.GetReasons()) != 0 {
			t.Errorf("check %v", c)
		}
	}
	if end.GetEndTime() == nil {
		t.Error("no end time")
	}
	e := w.accounts.calls()[0]
	if e.GetEvidenceId() != v.GetId() || e.GetAccountId() != w.id || e.GetLevel() != accountv1.Level_STANDARD ||
		e.GetSnils() != "00000060001" || e.GetPassport() != "4511060001" || e.GetSnapshotId() == "" {
		t.Errorf("evidence %v", e)
	}
	if s := started.Wait(1)[0]; s.GetVerificationId() != v.GetId() || s.GetSnapshotId() != e.GetSnapshotId() {
		t.Errorf("started %v", s)
	}
	if s := ended.Wait(1)[0]; s.GetAccountId() != w.id || s.GetSnapshotId() != e.GetSnapshotId() {
		t.Errorf("matched %v", s)
	}
	for _, c := range checks.Wait(2) {
		if !c.GetMatched() || c.GetVerificationId() != v.GetId() {
			t.Errorf("completed %v", c)
		}
	}
	_, err := w.create()
	wantReason(t, err, errorsv1.Reason_ALREADY_VERIFIED)
}

func TestRegistriesAreAskedWhatTheyKnow(t *testing.T) {
	w := startStill(t)
	w.await(w.mustCreate().GetId(), matched)
	wantQuestion(t, w.registers.askedP[0], "00000060001", "Канарейкин", "1990-12-31", `gender:"M"`, "гор. Москва")
	wantQuestion(t, w.registers.askedF[0], "4511", "060001", "2011-01-11", "770-001", "Иванович", "1990-12-31",
		"ОВД", "гор. Москва", `citizenship:"RUS"`, `gender:"M"`)
}

// What somebody made up matches and is vouched for by nobody; what each registry said outlives a restart.
func TestOnlyVouchedFieldsAreTold(t *testing.T) {
	w := start(t)
	ended := testkit.Watch[eventsv1.VerificationMatched](w.Env)
	w.registers.vouchP, w.registers.vouchF = []string{"snils", "last_name", "birth_place", "nonsense"}, []string{"last_name", "series", "issue_code"}
	w.registers.set(matches, down)
	v := w.mustCreate()
	w.awaitCheck(v.GetId(), pfr, checkMatched)
	w.awaitCheck(v.GetId(), fms, unavailable)
	w.registers.set(matches, matches)
	w.Restart()
	w.dial()
	w.await(v.GetId(), matched)
	got := strings.Join(ended.Wait(1)[0].GetVouched().GetPaths(), " ")
	if want := "passport.issue_code passport.series person.birth_place person.last_name person.snils"; got != want {
		t.Errorf("vouched %q, want %q", got, want)
	}
}

func wantQuestion(t *testing.T, question string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(question, p) {
			t.Errorf("%q is not asked about", p)
		}
	}
}

func TestMismatchNamesItsGroups(t *testing.T) {
	w := startStill(t)
	for _, x := range []struct {
		pfr, fms         reply
		fromPFR, fromFMS []verificationv1.MismatchReason
	}{
		{
			differs(registryv1.Mismatch_NOT_FOUND), differs(registryv1.Mismatch_NOT_FOUND),
			[]verificationv1.MismatchReason{verificationv1.MismatchReason_SNILS_NOT_FOUND},
			[]verificationv1.MismatchReason{verificationv1.MismatchReason_PASSPORT_NOT_FOUND},
		},
		{
			differs(registryv1.Mismatch_NAME, registryv1.Mismatch_BIRTH_DATE, registryv1.Mismatch_GENDER), matches,
			[]verificationv1.MismatchReason{
				verificationv1.MismatchReason_NAME, verificationv1.MismatchReason_BIRTH_DATE, verificationv1.MismatchReason_GENDER,
			},
			nil,
		},
		{
			differs(registryv1.Mismatch_DECEASED), differs(registryv1.Mismatch_INVALID, registryv1.Mismatch_ISSUE),
			[]verificationv1.MismatchReason{verificationv1.MismatchReason_DECEASED},
			[]verificationv1.MismatchReason{
				verificationv1.MismatchReason_PASSPORT_INVALID, verificationv1.MismatchReason_PASSPORT_ISSUE,
			},
		},
	} {
		w.be(w.newcomer())
		ended := testkit.Watch[eventsv1.VerificationNotMatched](w.Env)
		w.registers.set(x.pfr, x.fms)
		v := w.await(w.mustCreate().GetId(), notMatched)
		wantReasons(t, check(v, pfr), x.fromPFR...)
		wantReasons(t, check(v, fms), x.fromFMS...)
		if got := ended.Wait(1)[0].GetReasons(); len(got) != len(x.fromPFR)+len(x.fromFMS) {
			t.Errorf("told reasons %v", got)
		}
		if len(w.accounts.calls()) != 0 {
			t.Error("account was told of a mismatch")
		}
	}
}

// Whichever registry answers first, and whatever: the verification ends when both have.
func TestBothOrdersOfAnswers(t *testing.T) {
	w := startStill(t, "CALL_TIMEOUT", "10s")
	for _, first := range []verificationv1.Registry{pfr, fms} {
		w.be(w.newcomer())
		open := make(chan struct{})
		late := func(ctx context.Context) ([]registryv1.Mismatch, error) {
			select {
			case <-open:
				return []registryv1.Mismatch{registryv1.Mismatch_NAME}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		if first == pfr {
			w.registers.set(matches, late)
		} else {
			w.registers.set(late, matches)
		}
		v := w.mustCreate()
		w.awaitCheck(v.GetId(), first, checkMatched)
		if s := w.get(v.GetId()).GetState(); s != pending {
			t.Errorf("%s after one answer", s)
		}
		close(open)
		w.await(v.GetId(), notMatched)
	}
}

func TestDuplicatePersonIsExplained(t *testing.T) {
	w := startStill(t)
	ended := testkit.Watch[eventsv1.VerificationNotMatched](w.Env)
	w.accounts.claims["00000060001"] = "somebody else"
	v := w.await(w.mustCreate().GetId(), notMatched)
	for _, c := range v.GetChecks() {
		wantReasons(t, c, verificationv1.MismatchReason_DUPLICATE_PERSON)
		if c.GetState() != checkMatched {
			t.Errorf("what %s said became %s", c.GetRegistry(), c.GetState())
		}
	}
	if got := ended.Wait(1)[0].GetReasons(); len(got) != 1 || got[0] != "DUPLICATE_PERSON" {
		t.Errorf("told reasons %v", got)
	}
}

func TestAccountIsToldUntilItAnswers(t *testing.T) {
	w := start(t, "DEADLINE", "300ms")
	ended := testkit.Watch[eventsv1.VerificationMatched](w.Env)
	w.accounts.set(errs.New(errorsv1.Reason_UNAVAILABLE, "down"))
	v := w.mustCreate()
	testkit.Eventually(t, "three calls", func() bool { return len(w.accounts.calls()) >= 3 })
	if s := w.get(v.GetId()).GetState(); s != pending {
		t.Fatalf("%s without account's answer", s)
	}
	w.accounts.set(nil)
	w.await(v.GetId(), matched)
	if n := len(ended.Wait(1)); n != 1 {
		t.Errorf("%d ends, want one", n)
	}
	for _, e := range w.accounts.calls() {
		if e.GetEvidenceId() != v.GetId() {
			t.Errorf("evidence id %s changed", e.GetEvidenceId())
		}
	}
}

func TestVoidEvidenceEndsWithoutAMismatch(t *testing.T) {
	w := startStill(t)
	w.accounts.set(errs.New(errorsv1.Reason_EVIDENCE_VOID, "void"))
	w.await(w.mustCreate().GetId(), expired)
}

func TestOwnVerificationsOnly(t *testing.T) {
	w := startStill(t)
	mine := w.mustCreate()
	stranger := w.newcomer()
	ctx := w.As(stranger, accountv1.Level_SIMPLIFIED)
	for id, want := range map[string]errorsv1.Reason{
		mine.GetId(): errorsv1.Reason_VERIFICATION_NOT_FOUND, uuid.NewString(): errorsv1.Reason_VERIFICATION_NOT_FOUND,
		"nonsense": errorsv1.Reason_NOT_FOUND, "": errorsv1.Reason_NOT_FOUND,
	} {
		_, err := w.client.GetVerification(ctx, &verificationv1.GetVerificationRequest{AccountId: stranger, VerificationId: id})
		wantReason(t, err, want)
	}
	_, err := w.client.ListVerifications(ctx, &verificationv1.ListVerificationsRequest{AccountId: w.id})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	_, err = w.client.CreateVerification(context.Background(), &verificationv1.CreateVerificationRequest{AccountId: w.id})
	wantReason(t, err, errorsv1.Reason_UNAUTHENTICATED)
	w.client = verificationv1.NewVerificationServiceClient(w.Dial("account", "verification"))
	_, err = w.create()
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
}

func TestNothingPersonalIsKept(t *testing.T) {
	w := startStill(t)
	w.ctx = testkit.WithKey(w.ctx, "canary-key")
	w.registers.set(matches, differs(registryv1.Mismatch_NAME))
	w.await(w.mustCreate().GetId(), notMatched)
	pool := w.Pool()
	dump := w.Logs()
	for _, table := range []string{"verifications", "checks", "outbox", "idempotency_keys", "river_job"} {
		rows, err := pool.Query(w.ctx, `SELECT r FROM verification.`+table+` r`)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; rows.Next(); n++ {
			dump += string(rows.RawValues()[0])
		}
		if rows.Err() != nil || n == 0 {
			t.Fatalf("%s: %d rows, %v", table, n, rows.Err())
		}
	}
	for _, canary := range []string{"Канарейкин", "00000060001", "4511060001", "1990-12-31", "770-001", "Москва"} {
		if strings.Contains(dump, canary) {
			t.Errorf("%s is in the open", canary)
		}
	}
}
