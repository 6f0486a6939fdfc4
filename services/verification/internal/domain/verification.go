// Package domain decides when a person may be verified and what the registries' answers mean.
package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

// Registry is a state register.
type Registry = verificationv1.Registry

// Reason is a group of data that differs.
type Reason = verificationv1.MismatchReason

// Verification is one submission.
type Verification struct {
	ID, AccountID, SnapshotID uuid.UUID
	State                     verificationv1.State
	CreateTime, Deadline      time.Time
	// EndTime is zero while the verification is pending.
	EndTime time.Time
	Checks  []Check
	// Address is a MAC of the network address that submitted; only a new verification has it.
	Address []byte
}

// Check is one registry's part.
type Check struct {
	Registry Registry
	State    verificationv1.Check_State
	Answer
	// Attempts is how often the registry did not answer.
	Attempts int
}

// Answer is what a registry says about a person.
type Answer struct {
	// Reasons are the groups of data that differ; none is a match.
	Reasons []Reason
	// Vouched are the fields of the snapshot that are as the registry has them, such as "person.last_name".
	Vouched []string
}

// Registries are all that are asked, in the order in which they are listed.
func Registries() []Registry {
	return []Registry{verificationv1.Registry_PFR, verificationv1.Registry_FMS}
}

// Start is a new verification of a snapshot.
func Start(id, account, snapshot uuid.UUID, now time.Time, giveUpAfter time.Duration) Verification {
	v := Verification{
		ID: id, AccountID: account, SnapshotID: snapshot, State: verificationv1.State_PENDING,
		CreateTime: now, Deadline: now.Add(giveUpAfter),
	}
	for _, r := range Registries() {
		v.Checks = append(v.Checks, Check{Registry: r, State: verificationv1.Check_PENDING})
	}
	return v
}

// Pending says whether the verification has not ended.
func (v Verification) Pending() bool { return v.State == verificationv1.State_PENDING }

// Waiting says whether this registry's answer is still awaited.
func (v Verification) Waiting(r Registry) bool {
	return v.Pending() && slices.ContainsFunc(v.Checks, func(c Check) bool { return c.Registry == r && !c.final() })
}

// With is the verification after a registry has answered or its time was up.
func (v Verification) With(r Registry, state verificationv1.Check_State, answer Answer) Verification {
	v.Checks = slices.Clone(v.Checks)
	for i, c := range v.Checks {
		if c.Registry == r {
			v.Checks[i].State, v.Checks[i].Answer = state, answer
		}
	}
	return v
}

// final says whether the check has its result. An unknown state is not a result: nobody reaches a level by it.
func (c Check) final() bool {
	return slices.Contains([]verificationv1.Check_State{
		verificationv1.Check_MATCHED, verificationv1.Check_NOT_MATCHED, verificationv1.Check_EXPIRED,
	}, c.State)
}

// Verdict is the state that the checks lead to once all are final; until then PENDING. A mismatch outweighs a registry
// that never answered: there is something to correct. MATCHED still has to be accepted by account.
func (v Verification) Verdict() verificationv1.State {
	verdict := verificationv1.State_MATCHED
	for _, c := range v.Checks {
		if !c.final() {
			return verificationv1.State_PENDING
		}
		switch {
		case c.State == verificationv1.Check_NOT_MATCHED:
			verdict = verificationv1.State_NOT_MATCHED
		case c.State == verificationv1.Check_EXPIRED && verdict == verificationv1.State_MATCHED:
			verdict = verificationv1.State_EXPIRED
		}
	}
	return verdict
}

// Reasons are those of all checks, each once.
func (v Verification) Reasons() []Reason {
	var all []Reason
	for _, c := range v.Checks {
		all = append(all, c.Reasons...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
