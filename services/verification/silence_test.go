package verification_test

import (
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

func TestFlappingRegistriesMatchInTheEnd(t *testing.T) {
	w := start(t)
	w.registers.set(flapping(2), flapping(3))
	w.await(w.mustCreate().GetId(), matched)
	if p, f := w.registers.asked(); p != 3 || f != 4 {
		t.Errorf("asked %d and %d times, want 3 and 4", p, f)
	}
}

func TestASlowRegistryIsNoMismatch(t *testing.T) {
	w := start(t)
	w.registers.set(never, matches)
	v := w.mustCreate()
	w.awaitCheck(v.GetId(), pfr, unavailable)
	if n := w.attempts("PFR", "DEADLINE_EXCEEDED"); n == 0 {
		t.Error("the kind of silence is not noted")
	}
	w.registers.set(matches, matches)
	w.await(v.GetId(), matched)
}

// attempts is how often a registry was silent, when the last silence was of this kind.
func (w *world) attempts(registry, kind string) int {
	w.t.Helper()
	var n int
	err := w.Pool().QueryRow(w.ctx, `SELECT coalesce(sum(attempts), 0) FROM verification.checks
		WHERE registry = $1 AND last_error = $2`, registry, kind).Scan(&n)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// Half down: one answer is kept while the other registry is awaited, also over a restart.
func TestRestartInTheMiddle(t *testing.T) {
	w := start(t)
	w.registers.set(matches, down)
	v := w.mustCreate()
	w.awaitCheck(v.GetId(), pfr, checkMatched)
	w.awaitCheck(v.GetId(), fms, unavailable)
	w.Restart()
	w.dial()
	if c := check(w.get(v.GetId()), pfr); c.GetState() != checkMatched {
		t.Errorf("after the restart PFR is %s", c.GetState())
	}
	w.registers.set(down, matches)
	w.await(v.GetId(), matched)
	if p, _ := w.registers.asked(); p != 1 {
		t.Errorf("PFR was asked %d times, want once", p)
	}
}

func TestSilenceForDaysExpires(t *testing.T) {
	// Long enough for a busy machine to have a match in time at the end.
	w := start(t, "DEADLINE", "3s")
	ended := testkit.Watch[eventsv1.VerificationExpired](w.Env)
	w.registers.set(down, matches)
	created := w.mustCreate()
	if got := created.GetExpireTime().AsTime().Sub(created.GetCreateTime().AsTime()); got != 3*time.Second {
		t.Errorf("the registries may take %s, want the deadline", got)
	}
	v := w.await(created.GetId(), expired)
	if !v.GetExpireTime().AsTime().Equal(created.GetExpireTime().AsTime().Truncate(time.Microsecond)) {
		t.Errorf("the deadline has moved to %s", v.GetExpireTime().AsTime())
	}
	if c := check(v, pfr); c.GetState() != verificationv1.Check_EXPIRED {
		t.Errorf("PFR is %s", c.GetState())
	}
	if c := check(v, fms); c.GetState() != checkMatched {
		t.Errorf("FMS is %s", c.GetState())
	}
	if e := ended.Wait(1)[0]; e.GetVerificationId() != v.GetId() || e.GetSnapshotId() == "" {
		t.Errorf("told %v", e)
	}
	w.profiles.void(w.id)
	w.registers.set(matches, matches)
	w.await(w.mustCreate().GetId(), matched)
}

func TestAMismatchOutweighsExpiry(t *testing.T) {
	// Long enough for a busy machine to have a match in time at the end.
	w := start(t, "DEADLINE", "3s")
	w.registers.set(differs(registryv1.Mismatch_NAME), down)
	v := w.await(w.mustCreate().GetId(), notMatched)
	wantReasons(t, check(v, pfr), verificationv1.MismatchReason_NAME)
}

func TestANonsenseAnswerIsNoMismatch(t *testing.T) {
	w := start(t)
	w.registers.set(differs(registryv1.Mismatch_ISSUE), differs(registryv1.Mismatch_MISMATCH_UNSPECIFIED))
	v := w.mustCreate()
	w.awaitCheck(v.GetId(), pfr, unavailable)
	w.awaitCheck(v.GetId(), fms, unavailable)
	if s := w.get(v.GetId()).GetState(); s != pending {
		t.Errorf("nonsense made it %s", s)
	}
	w.registers.set(matches, matches)
	w.await(v.GetId(), matched)
}

func TestASwitchedOffRegistryIsNotAsked(t *testing.T) {
	w := start(t, "FMS_ENABLED", "false")
	v := w.mustCreate()
	w.awaitCheck(v.GetId(), pfr, checkMatched)
	w.awaitCheck(v.GetId(), fms, unavailable)
	if _, f := w.registers.asked(); f != 0 || w.attempts("FMS", "SWITCHED_OFF") == 0 {
		t.Errorf("FMS was asked %d times", f)
	}
}

func TestTheBreakerSparesADeadRegistry(t *testing.T) {
	w := start(t, "BREAKER_CALLS", "3", "BREAKER_DELAY", "5s")
	w.registers.set(down, matches)
	v := w.mustCreate()
	testkit.Eventually(t, "the breaker opens", func() bool { return w.attempts("PFR", "CIRCUIT_OPEN") > 0 })
	if p, _ := w.registers.asked(); p > 5 {
		t.Errorf("a dead registry was asked %d times", p)
	}
	w.awaitCheck(v.GetId(), fms, checkMatched)
	w.registers.set(matches, matches)
	w.await(v.GetId(), matched)
}
