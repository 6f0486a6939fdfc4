package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/errs"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
)

func TestVerdictDoesNotDependOnTheOrder(t *testing.T) {
	const (
		waiting = verificationv1.Check_UNAVAILABLE
		yes     = verificationv1.Check_MATCHED
		no      = verificationv1.Check_NOT_MATCHED
		late    = verificationv1.Check_EXPIRED
		unknown = verificationv1.Check_STATE_UNSPECIFIED
	)
	for _, x := range []struct {
		a, b verificationv1.Check_State
		want verificationv1.State
	}{
		{yes, yes, verificationv1.State_MATCHED},
		{yes, no, verificationv1.State_NOT_MATCHED},
		{no, no, verificationv1.State_NOT_MATCHED},
		{yes, late, verificationv1.State_EXPIRED},
		{late, late, verificationv1.State_EXPIRED},
		{no, late, verificationv1.State_NOT_MATCHED},
		{yes, waiting, verificationv1.State_PENDING},
		{no, waiting, verificationv1.State_PENDING},
		{late, waiting, verificationv1.State_PENDING},
		{yes, unknown, verificationv1.State_PENDING},
	} {
		for _, order := range [][2]verificationv1.Check_State{{x.a, x.b}, {x.b, x.a}} {
			v := domain.Start(uuid.Nil, uuid.Nil, uuid.Nil, time.Time{}, time.Hour)
			v = v.With(verificationv1.Registry_PFR, order[0], domain.Answer{}).With(verificationv1.Registry_FMS, order[1], domain.Answer{})
			if got := v.Verdict(); got != x.want {
				t.Errorf("%v: %s, want %s", order, got, x.want)
			}
		}
	}
}

// Each mismatch beyond the free ones keeps its address waiting twice as long as the one before.
func TestAddressesOfMismatchesAreSlowedDown(t *testing.T) {
	last := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := domain.Limits{AddressFree: 2, AddressDelay: backoff.Exponential{First: 10 * time.Minute, Max: 24 * time.Hour}}
	for n, want := range map[int]time.Duration{
		2: 10 * time.Minute, 3: 20 * time.Minute, 4: 40 * time.Minute, 20: 24 * time.Hour,
	} {
		e, _ := errs.As(l.CheckAddress(domain.AddressHistory{NotMatched: n, Last: last}, last))
		if e == nil || e.RetryAfter != want {
			t.Errorf("after %d mismatches: %v, want %s", n, e, want)
		}
		if err := l.CheckAddress(domain.AddressHistory{NotMatched: n, Last: last}, last.Add(want)); err != nil {
			t.Errorf("after %d mismatches and %s: %v", n, want, err)
		}
	}
	if err := l.CheckAddress(domain.AddressHistory{NotMatched: 1, Last: last}, last); err != nil {
		t.Errorf("a free one: %v", err)
	}
}

// Submissions under way take the room of the mismatches that they may become; over the limit one is taken at a time.
func TestSubmissionsUnderWayCountForTheirAddress(t *testing.T) {
	last := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := domain.Limits{AddressFree: 3, AddressDelay: backoff.Exponential{First: time.Minute, Max: time.Hour}}
	for _, c := range []struct {
		notMatched, pending int
		open                bool
	}{{0, 2, true}, {0, 3, false}, {2, 0, true}, {2, 1, false}, {3, 0, true}, {3, 1, false}, {9, 1, false}} {
		h := domain.AddressHistory{NotMatched: c.notMatched, Pending: c.pending, Last: last}
		if err := l.CheckAddress(h, last.Add(time.Hour)); (err == nil) != c.open {
			t.Errorf("%d mismatches, %d under way: %v", c.notMatched, c.pending, err)
		}
	}
}

// A match counts for the fields that its registry vouched for; one of a version that knew none, for what decides it.
func TestVouchedFieldsAreTheRegistries(t *testing.T) {
	v := domain.Start(uuid.Nil, uuid.Nil, uuid.Nil, time.Time{}, time.Hour)
	v = v.With(verificationv1.Registry_PFR, verificationv1.Check_MATCHED, domain.Answer{Vouched: []string{"person.snils", "person.last_name"}})
	v = v.With(verificationv1.Registry_FMS, verificationv1.Check_MATCHED, domain.Answer{Vouched: []string{"passport.number", "person.last_name"}})
	if got := strings.Join(v.Vouched(), " "); got != "passport.number person.last_name person.snils" {
		t.Errorf("vouched %s", got)
	}
	v = v.With(verificationv1.Registry_FMS, verificationv1.Check_MATCHED, domain.Answer{})
	if got := strings.Join(v.Vouched(), " "); got != "passport.issue_code passport.issue_date passport.number passport.series "+
		"person.birth_date person.first_name person.last_name person.middle_name person.snils" {
		t.Errorf("vouched, of an earlier version: %s", got)
	}
	v = v.With(verificationv1.Registry_FMS, verificationv1.Check_NOT_MATCHED, domain.Answer{Vouched: []string{"passport.number"}})
	if got := strings.Join(v.Vouched(), " "); got != "person.last_name person.snils" {
		t.Errorf("vouched by a mismatch: %s", got)
	}
}

// Whatever a registry may answer is a group of its own data, or an error.
func TestReasonsAreOfTheRegistrysOwnData(t *testing.T) {
	want := map[domain.Registry]string{
		verificationv1.Registry_PFR: "SNILS_NOT_FOUND NAME BIRTH_DATE GENDER - - DECEASED",
		verificationv1.Registry_FMS: "PASSPORT_NOT_FOUND NAME BIRTH_DATE GENDER PASSPORT_ISSUE PASSPORT_INVALID DECEASED",
	}
	for r, reasons := range want {
		var got string
		for m := registryv1.Mismatch_NOT_FOUND; m <= registryv1.Mismatch_DECEASED; m++ {
			name := "-"
			if reason, err := domain.ReasonOf(r, m); err == nil {
				name = reason.String()
			}
			got += " " + name
		}
		if got[1:] != reasons {
			t.Errorf("%s:\n%s\n%s", r, got[1:], reasons)
		}
		if _, err := domain.ReasonOf(r, registryv1.Mismatch_MISMATCH_UNSPECIFIED); err == nil {
			t.Errorf("%s: no group at all is a reason", r)
		}
	}
}
