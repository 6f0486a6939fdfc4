package verification_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

const limit = errorsv1.Reason_VERIFICATION_LIMIT

func TestOneVerificationInParallel(t *testing.T) {
	w := startStill(t)
	w.registers.set(never, never)
	var all sync.WaitGroup
	var made atomic.Int32
	for range 20 {
		all.Go(func() {
			switch _, err := w.create(); {
			case err == nil:
				made.Add(1)
			case !errs.Is(err, errorsv1.Reason_VERIFICATION_PENDING):
				t.Errorf("refused with %v", err)
			}
		})
	}
	all.Wait()
	if list := w.list(); made.Load() != 1 || len(list) != 1 {
		t.Errorf("%d made, %d in the list", made.Load(), len(list))
	}
}

func (w *world) list() []*verificationv1.Verification {
	w.t.Helper()
	r, err := w.client.ListVerifications(w.ctx, &verificationv1.ListVerificationsRequest{AccountId: w.id})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetVerifications()
}

func TestTheSameKeyGetsTheSameVerification(t *testing.T) {
	w := startStill(t)
	w.registers.set(never, never)
	started := testkit.Watch[eventsv1.VerificationStarted](w.Env)
	w.ctx = testkit.WithKey(w.ctx, "submit-key-1")
	var all sync.WaitGroup
	answers := make([]*verificationv1.Verification, 20)
	for i := range answers {
		all.Go(func() {
			v, err := w.create()
			if err != nil {
				t.Errorf("a concurrent repeat: %v", err)
			}
			answers[i] = v
		})
	}
	all.Wait()
	w.Restart()
	w.dial()
	again := w.mustCreate()
	for _, v := range answers {
		if !proto.Equal(v, again) {
			t.Errorf("the same request was answered %v and %v", v, again)
		}
	}
	w.ctx = testkit.WithKey(w.ctx, "submit-key-2")
	_, err := w.create()
	wantReason(t, err, errorsv1.Reason_VERIFICATION_PENDING)
	if n := len(started.Wait(1)); n != 1 || len(w.list()) != 1 {
		t.Errorf("%d verifications were started, %d are listed, want one", n, len(w.list()))
	}
}

// A refusal is not the answer for ever: the same request under the same key may succeed later.
func TestARefusedRequestCanBeRepeated(t *testing.T) {
	w := startStill(t)
	w.ctx = testkit.WithKey(w.ctx, "submit-key-1")
	w.profiles.refuse = errs.New(errorsv1.Reason_PERSON_INCOMPLETE, "gaps")
	_, err := w.create()
	wantReason(t, err, errorsv1.Reason_PERSON_INCOMPLETE)
	w.profiles.refuse = nil
	w.await(w.mustCreate().GetId(), matched)
}

// The process died between the freeze and its transaction.
func TestRepeatAfterACrash(t *testing.T) {
	w := startStill(t)
	frozen, err := w.profiles.FreezeSnapshot(w.ctx, &profilev1.FreezeSnapshotRequest{AccountId: w.id})
	if err != nil {
		t.Fatal(err)
	}
	w.await(w.mustCreate().GetId(), matched)
	if got := w.accounts.calls()[0].GetSnapshotId(); got != frozen.GetSnapshotId() {
		t.Errorf("evidence is about snapshot %s, frozen was %s", got, frozen.GetSnapshotId())
	}
}

// Profile has not heard of the mismatch yet and answers the ended snapshot.
func TestASnapshotHasOneVerificationForEver(t *testing.T) {
	w := startStill(t)
	w.registers.set(matches, differs(registryv1.Mismatch_NAME))
	w.await(w.mustCreate().GetId(), notMatched)
	_, err := w.create()
	if e := wantReason(t, err, errorsv1.Reason_VERIFICATION_PENDING); e.RetryAfter != time.Second {
		t.Errorf("retry after %s", e.RetryAfter)
	}
	w.profiles.void(w.id)
	w.registers.set(matches, matches)
	w.await(w.mustCreate().GetId(), matched)
	if list := w.list(); len(list) != 2 || list[0].GetState() != matched || list[1].GetState() != notMatched {
		t.Errorf("the list, newest first: %v", list)
	}
	page := &verificationv1.ListVerificationsRequest{AccountId: w.id, PageSize: 1}
	newest, err := w.client.ListVerifications(w.ctx, page)
	if err != nil || len(newest.GetVerifications()) != 1 || newest.GetVerifications()[0].GetState() != matched {
		t.Fatalf("the first page is %v: %v", newest, err)
	}
	page.PageToken = newest.GetNextPageToken()
	last, err := w.client.ListVerifications(w.ctx, page)
	if err != nil || len(last.GetVerifications()) != 1 || last.GetVerifications()[0].GetState() != notMatched || last.GetNextPageToken() != "" {
		t.Errorf("the second page is %v: %v", last, err)
	}
}

func TestIncompleteFormIsProfilesToRefuse(t *testing.T) {
	w := startStill(t)
	e := errs.New(errorsv1.Reason_PERSON_INCOMPLETE, "gaps")
	e.Fields = errs.Fields{{Name: "person.snils", Reason: errorsv1.Reason_FIELD_REQUIRED}}
	w.profiles.refuse = e
	_, err := w.create()
	if got := wantReason(t, err, errorsv1.Reason_PERSON_INCOMPLETE); len(got.Fields) != 1 || got.Fields[0].Name != "person.snils" {
		t.Errorf("fields %v", got.Fields)
	}
}

func TestStandardAccountsAreVerified(t *testing.T) {
	w := startStill(t)
	for _, level := range []accountv1.Level{accountv1.Level_STANDARD, accountv1.Level_CONFIRMED} {
		_, err := w.client.CreateVerification(w.As(w.id, level), &verificationv1.CreateVerificationRequest{AccountId: w.id})
		wantReason(t, err, errorsv1.Reason_ALREADY_VERIFIED)
	}
}

func TestFiveMismatchesInSixHours(t *testing.T) {
	w := startStill(t)
	w.registers.set(matches, differs(registryv1.Mismatch_NAME))
	for range 5 {
		w.be(w.id)
		w.mismatch()
		w.Clock.Advance(time.Hour)
	}
	w.Restart()
	w.dial()
	w.be(w.id)
	_, err := w.create()
	if e := wantReason(t, err, limit); e.RetryAfter != time.Hour {
		t.Errorf("retry after %s, want an hour", e.RetryAfter)
	}
	if len(w.profiles.snapshots) != 0 {
		t.Error("a refused person's data is locked")
	}
	w.Clock.Advance(time.Hour)
	w.be(w.id)
	w.registers.set(matches, matches)
	w.await(w.mustCreate().GetId(), matched)
}

func TestSilenceCostsNoAttempt(t *testing.T) {
	w := start(t, "DEADLINE", "30ms", "NOT_MATCHED", "1", "ADDRESS_TRIES", "1", "BUDGET", "1")
	w.registers.set(down, down)
	for range 3 {
		w.await(w.mustCreate().GetId(), expired)
		w.profiles.void(w.id)
	}
}

// Whoever tries another's SNILS from other accounts and addresses keeps only himself waiting.
func TestTheOwnerOfANumberNeverWaits(t *testing.T) {
	w := startStill(t, "ADDRESS_TRIES", "5")
	w.registers.set(matches, differs(registryv1.Mismatch_NAME))
	owner := w.id
	for range 5 {
		w.beAt(w.newcomer(), "198.51.100.7")
		w.profiles.snils[w.id] = w.profiles.snils[owner]
		w.mismatch()
	}
	w.beAt(owner, "203.0.113.9")
	w.registers.set(matches, matches)
	w.await(w.mustCreate().GetId(), matched)
}

// Many accounts of one address: each further mismatch keeps the address waiting twice as long, and no other.
func TestAnAddressIsSlowedDownOverAllItsAccounts(t *testing.T) {
	w := startStill(t, "ADDRESS_TRIES", "2", "ADDRESS_DELAY", "10m")
	w.registers.set(matches, differs(registryv1.Mismatch_NAME))
	from := func(ip string) { w.beAt(w.newcomer(), ip) }
	for range 2 {
		from("198.51.100.7")
		w.mismatch()
	}
	for _, wait := range []time.Duration{10 * time.Minute, 20 * time.Minute, 40 * time.Minute} {
		from("198.51.100.7")
		_, err := w.create()
		if e := wantReason(t, err, limit); e.RetryAfter != wait {
			t.Errorf("retry after %s, want %s", e.RetryAfter, wait)
		}
		w.Restart()
		w.dial()
		_, err = w.create()
		wantReason(t, err, limit)
		w.Clock.Advance(wait)
		w.beAt(w.id, "198.51.100.7")
		w.mismatch()
	}
	from("203.0.113.9")
	w.mismatch()
}

// Whoever submits from many accounts at once learns no more than one after the other: who waits for an answer counts.
func TestAnAddressIsBoundedInParallel(t *testing.T) {
	w := startStill(t, "ADDRESS_TRIES", "5")
	w.registers.set(differs(registryv1.Mismatch_NAME), differs(registryv1.Mismatch_NAME))
	ended := testkit.Watch[eventsv1.VerificationNotMatched](w.Env)
	var all sync.WaitGroup
	var made atomic.Int32
	for range 30 {
		id := w.newcomer()
		ctx := testkit.From(w.As(id, accountv1.Level_SIMPLIFIED), "198.51.100.7")
		all.Go(func() {
			_, err := w.client.CreateVerification(ctx, &verificationv1.CreateVerificationRequest{AccountId: id})
			switch {
			case err == nil:
				made.Add(1)
			case !errs.Is(err, limit):
				t.Errorf("refused with %v", err)
			}
		})
	}
	all.Wait()
	ended.Wait(5)
	if pfr, fms := w.registers.asked(); made.Load() != 5 || pfr != 5 || fms != 5 {
		t.Errorf("%d submissions were taken, the registries were asked %d and %d times; want 5", made.Load(), pfr, fms)
	}
	w.beAt(w.newcomer(), "203.0.113.9")
	w.mismatch()
}

// People behind one address wait for one another's answers only where all its tries are under way.
func TestPeopleOfOneAddressAreAllVerified(t *testing.T) {
	w := startStill(t, "ADDRESS_TRIES", "3", "RETRY_FIRST", "24h", "RETRY_MAX", "24h")
	for range 5 {
		w.beAt(w.newcomer(), "198.51.100.7")
		w.await(w.mustCreate().GetId(), matched)
	}
	w.registers.set(matches, down)
	for range 3 {
		w.beAt(w.newcomer(), "198.51.100.7")
		w.mustCreate()
	}
	w.beAt(w.newcomer(), "198.51.100.7")
	_, err := w.create()
	if e := wantReason(t, err, limit); e.RetryAfter != time.Minute {
		t.Errorf("retry after %s, want a minute", e.RetryAfter)
	}
	if len(w.profiles.snapshots) != 8 {
		t.Error("a refused person's data is locked")
	}
	w.beAt(w.id, "203.0.113.9")
	w.mustCreate()
}

// Over the installation's budget those wait who failed before; whoever comes for the first time does not.
func TestOverTheBudgetOnlyWhoFailedBeforeWaits(t *testing.T) {
	w := startStill(t, "BUDGET", "3", "BUDGET_WINDOW", "1h")
	w.registers.set(matches, differs(registryv1.Mismatch_NAME))
	var failed []string
	for n := range 3 {
		w.beAt(w.newcomer(), fmt.Sprintf("198.51.100.%d", n))
		w.mismatch()
		failed = append(failed, w.id)
		w.Clock.Advance(time.Minute)
	}
	w.beAt(failed[0], "192.0.2.1")
	_, err := w.create()
	if e := wantReason(t, err, limit); e.RetryAfter != 57*time.Minute {
		t.Errorf("an account that failed before: retry after %s", e.RetryAfter)
	}
	w.beAt(w.newcomer(), "198.51.100.1")
	_, err = w.create()
	wantReason(t, err, limit)
	w.beAt(w.newcomer(), "203.0.113.9")
	w.registers.set(matches, matches)
	w.await(w.mustCreate().GetId(), matched)
	if logs := w.Logs(); !strings.Contains(logs, "the budget of mismatches is used up") || strings.Contains(logs, "198.51.100") {
		t.Error("the operator is not told, or told whom")
	}
	w.Clock.Advance(57 * time.Minute)
	w.be(failed[0])
	w.await(w.mustCreate().GetId(), matched)
}

// The alarm is loaded into Prometheus from the rules, and about a metric that this service has.
func TestTheBudgetHasAnAlarm(t *testing.T) {
	rules, err := os.ReadFile("../../deploy/prometheus/verification.yml")
	if err != nil || !strings.Contains(string(rules), "propusk_verification_over_budget_total") {
		t.Errorf("no rule is about the budget: %v", err)
	}
}
