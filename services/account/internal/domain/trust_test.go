package domain_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// Whatever else an account has, each way of its recovery ends in front of the trusted contact, or of a long wait.
func TestEachWayOfARecoveryNeedsTheTrustedContactOrALongWait(t *testing.T) {
	factors := [][]domain.StepKind{
		nil, {accountv1.StepKind_TOTP}, {accountv1.StepKind_PASSKEY, accountv1.StepKind_BACKUP_CODE}, {accountv1.StepKind_SMS_CODE},
	}
	for _, level := range []accountv1.Level{accountv1.Level_SIMPLIFIED, accountv1.Level_STANDARD, accountv1.Level_CONFIRMED} {
		for _, bound := range factors {
			for _, login := range []domain.Kind{domain.Phone, domain.Email} {
				f := domain.RecoveryFacts{
					Level: level, Login: login, Contacts: []domain.Kind{domain.Phone, domain.Email}, Factors: bound, Question: true,
				}
				without := f.Paths(policy())
				f.Trusted = true
				with := f.Paths(policy())
				if len(with) != 2*len(without) {
					t.Errorf("%v has %d ways, and %d without", f, len(with), len(without))
				}
				for i, p := range with {
					before := without[i%len(without)]
					if asked := slices.Contains(p.Rest, accountv1.StepKind_TRUSTED_CONTACT); p.First != before.First ||
						asked && p.Wait != before.Wait || !asked && (p.Wait != trustWait || !slices.Equal(p.Rest, before.Rest)) {
						t.Errorf("%v: the way %v", f, p)
					}
				}
			}
		}
	}
}

func TestOnlyTheLiveAgreementsCodeCounts(t *testing.T) {
	now := time.Now()
	t1 := domain.Trust{ID: uuid.New(), AcceptTime: now}
	proven := func(id uuid.UUID, at time.Time) domain.Session {
		return domain.Session{Steps: domain.Steps{
			{Kind: accountv1.StepKind_PASSWORD, Time: now}, {Kind: accountv1.StepKind_TRUSTED_CONTACT, Time: at, HoldingID: id},
		}}
	}
	ended, ending := t1, t1
	ended.EndTime, ending.EndTime = now, now.Add(time.Second)
	for name, c := range map[string]struct {
		session domain.Session
		trust   domain.Trust
		refused bool
	}{
		"nobody is trusted":      {domain.Session{}, domain.Trust{}, false},
		"an invitation":          {domain.Session{}, domain.Trust{ID: t1.ID, EndTime: now.Add(time.Hour)}, false},
		"no code":                {domain.Session{}, t1, true},
		"no code, and it ends":   {domain.Session{}, ending, true},
		"it has ended":           {domain.Session{}, ended, false},
		"the code":               {proven(t1.ID, now), t1, false},
		"the code, just in time": {proven(t1.ID, now.Add(-time.Hour)), t1, false},
		"an old code":            {proven(t1.ID, now.Add(-time.Hour-time.Second)), t1, true},
		"another's code":         {proven(uuid.New(), now), t1, true},
	} {
		err := c.session.CheckTrusted(c.trust, time.Hour, now)
		if (err != nil) != c.refused || err != nil && !errs.Is(err, errorsv1.Reason_TRUSTED_CONTACT_REQUIRED) {
			t.Errorf("%s: %v", name, err)
		}
	}
	steps := proven(t1.ID, now).Steps
	holding := func(ids ...uuid.UUID) domain.RecoveryFacts { return domain.RecoveryFacts{Holdings: ids} }
	if len(holding(t1.ID).Standing(steps)) != 2 || len(holding(uuid.New()).Standing(steps)) != 1 {
		t.Error("a step of another agreement stays, or that of the live one goes")
	}
}

func TestATrustedContactsCodeIsNoFactor(t *testing.T) {
	steps := domain.Steps{{Kind: accountv1.StepKind_PASSWORD}, {Kind: accountv1.StepKind_TRUSTED_CONTACT}}
	if steps.Assurance() != accountv1.Assurance_ONE_FACTOR || !slices.Equal(steps.AMR(), []string{"pwd"}) {
		t.Errorf("%s by %v", steps.Assurance(), steps.AMR())
	}
}

func TestAdultsAreOfAgeOnTheirBirthday(t *testing.T) {
	birthday := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	if err := domain.CheckAdult("2008-11-27", birthday); err != nil {
		t.Error(err)
	}
	for _, born := range []string{"2008-11-28", "", "27.11.1990"} {
		if err := domain.CheckAdult(born, birthday); !errs.Is(err, errorsv1.Reason_TRUSTED_CONTACT_MINOR) {
			t.Errorf("born %q: %v", born, err)
		}
	}
}
