package domain_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

func TestEvidence(t *testing.T) {
	one, two := uuid.New(), uuid.New()
	simplified := domain.Account{Level: accountv1.Level_SIMPLIFIED}
	standard := domain.Account{Level: accountv1.Level_STANDARD, Snapshot: one}
	confirmed := domain.Account{Level: accountv1.Level_CONFIRMED, Snapshot: one, Method: 1, ConfirmTime: start()}
	for name, c := range map[string]struct {
		account  domain.Account
		level    accountv1.Level
		snapshot uuid.UUID
		want     accountv1.Level
		raised   bool
		void     bool
	}{
		"standard":                     {simplified, accountv1.Level_STANDARD, one, accountv1.Level_STANDARD, true, false},
		"confirmed too early":          {simplified, accountv1.Level_CONFIRMED, one, accountv1.Level_SIMPLIFIED, false, true},
		"confirmed without a snapshot": {simplified, accountv1.Level_CONFIRMED, uuid.Nil, accountv1.Level_SIMPLIFIED, false, true},
		"standard again":               {standard, accountv1.Level_STANDARD, one, accountv1.Level_STANDARD, false, false},
		"standard of other data":       {standard, accountv1.Level_STANDARD, two, accountv1.Level_STANDARD, false, true},
		"confirmed":                    {standard, accountv1.Level_CONFIRMED, one, accountv1.Level_CONFIRMED, true, false},
		"confirmed of other data":      {standard, accountv1.Level_CONFIRMED, two, accountv1.Level_STANDARD, false, true},
		"confirmed again":              {confirmed, accountv1.Level_CONFIRMED, one, accountv1.Level_CONFIRMED, false, false},
		"standard after confirmed":     {confirmed, accountv1.Level_STANDARD, one, accountv1.Level_CONFIRMED, false, false},
		"other data after confirmed":   {confirmed, accountv1.Level_STANDARD, two, accountv1.Level_CONFIRMED, false, true},
	} {
		e := domain.Evidence{Level: c.level, Snapshot: c.snapshot, Method: 1}
		next, raised, refusal := c.account.Apply(e, start().Add(time.Hour))
		if next.Level != c.want || raised != c.raised || (refusal != nil) != c.void {
			t.Errorf("%s: level %d, raised %t, %v", name, next.Level, raised, refusal)
		}
	}
}

func TestLevelNeverFalls(t *testing.T) {
	snapshots := []uuid.UUID{uuid.New(), uuid.New(), uuid.Nil}
	rapid.Check(t, func(t *rapid.T) {
		a := domain.Account{Level: accountv1.Level_SIMPLIFIED}
		for range 10 {
			next, raised, refusal := a.Apply(domain.Evidence{
				Level:    accountv1.Level(rapid.IntRange(2, 3).Draw(t, "level")),
				Snapshot: rapid.SampledFrom(snapshots).Draw(t, "snapshot"), Method: 1,
			}, start())
			if next.Level < a.Level || raised != (next.Level > a.Level) || refusal != nil && next != a {
				t.Fatalf("%+v became %+v (raised %t, %v)", a, next, raised, refusal)
			}
			a = next
		}
	})
}

func TestRecordedRefusalIsTheSame(t *testing.T) {
	if domain.Refusal("") != nil {
		t.Error("accepted evidence is refused")
	}
	for _, reason := range []errorsv1.Reason{errorsv1.Reason_DUPLICATE_PERSON, errorsv1.Reason_EVIDENCE_VOID} {
		if got := domain.Refusal(reason.String()); got.Reason != reason {
			t.Errorf("%s became %s", reason, got.Reason)
		}
	}
}

func TestIdleEndIsBoundByTheAbsoluteOne(t *testing.T) {
	l := domain.Lifetimes{REST: domain.SessionLife{Absolute: 24 * time.Hour, Idle: time.Hour}}
	s := l.Begin(uuid.New(), uuid.New(), accountv1.Surface_REST, domain.ByPassword(start()), start())
	if !s.IdleExpireTime.Equal(start().Add(time.Hour)) || !s.ExpireTime.Equal(start().Add(24*time.Hour)) {
		t.Errorf("%+v", s)
	}
	if got := l.IdleUntil(s, start().Add(23*time.Hour+30*time.Minute)); !got.Equal(s.ExpireTime) {
		t.Errorf("idle until %s", got)
	}
	short := domain.SessionLife{Idle: 30 * time.Second}
	if got := short.UsedBefore(start()); !got.Equal(start().Add(-15 * time.Second)) {
		t.Errorf("with a short idle time a use is stored after one before %s", got)
	}
}
