package domain_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

const (
	question = accountv1.StepKind_CONTROL_QUESTION

	simplified   = accountv1.Level_SIMPLIFIED
	standard     = accountv1.Level_STANDARD
	confirmed    = accountv1.Level_CONFIRMED
	recoveryWait = 24 * time.Hour
	trustWait    = 14 * recoveryWait
)

func policy() domain.RecoveryPolicy {
	return domain.RecoveryPolicy{Wait: recoveryWait, TrustWait: trustWait}
}

// way is a path in words: its steps, and "wait" where it has one.
func way(p domain.Path) string {
	out := p.First.String()
	for _, k := range p.Rest {
		out += " " + k.String()
	}
	if p.Wait > 0 {
		out += " wait"
	}
	return out
}

// Every row of what an account is recovered by: its level, which contact it is begun with, which contacts it has had for long,
// its second factors and its control question.
func TestRecoveryPaths(t *testing.T) {
	both, one := []domain.Kind{domain.Phone, domain.Email}, []domain.Kind{domain.Phone}
	for _, row := range []struct {
		name  string
		facts domain.RecoveryFacts
		want  []string
	}{
		{"simplified, one contact", domain.RecoveryFacts{Level: simplified, Login: domain.Phone, Contacts: one}, []string{"SMS_CODE wait"}},
		{"simplified, both contacts", domain.RecoveryFacts{Level: simplified, Login: domain.Phone, Contacts: both}, []string{"SMS_CODE wait", "SMS_CODE EMAIL_CODE"}},
		{"simplified, by email", domain.RecoveryFacts{Level: simplified, Login: domain.Email, Contacts: both}, []string{"EMAIL_CODE wait", "EMAIL_CODE SMS_CODE"}},
		{"simplified, the other contact is new", domain.RecoveryFacts{Level: simplified, Login: domain.Phone, Contacts: one}, []string{"SMS_CODE wait"}},
		{"simplified, the login is new", domain.RecoveryFacts{Level: simplified, Login: domain.Email, Contacts: one}, []string{"EMAIL_CODE wait"}},
		{"simplified, question", domain.RecoveryFacts{Level: simplified, Login: domain.Phone, Contacts: one, Question: true}, []string{"SMS_CODE wait"}},
		{"standard", domain.RecoveryFacts{Level: standard, Login: domain.Phone, Contacts: both}, []string{"SMS_CODE SNILS"}},
		{"standard, question", domain.RecoveryFacts{Level: standard, Login: domain.Email, Contacts: both, Question: true}, []string{"EMAIL_CODE SNILS", "EMAIL_CODE CONTROL_QUESTION"}},
		{"confirmed, one contact", domain.RecoveryFacts{Level: confirmed, Login: domain.Phone, Contacts: one, Question: true}, []string{"SMS_CODE SNILS wait"}},
		{"confirmed, both contacts", domain.RecoveryFacts{Level: confirmed, Login: domain.Phone, Contacts: both}, []string{"SMS_CODE SNILS wait", "SMS_CODE EMAIL_CODE"}},
		{"confirmed, the other contact is new", domain.RecoveryFacts{Level: confirmed, Login: domain.Phone, Contacts: one}, []string{"SMS_CODE SNILS wait"}},
		{"confirmed, app and codes", domain.RecoveryFacts{Level: confirmed, Login: domain.Phone, Contacts: both, Factors: kinds{totp, backup}}, []string{"SMS_CODE TOTP", "SMS_CODE BACKUP_CODE", "BACKUP_CODE SNILS"}},
		{"standard, app", domain.RecoveryFacts{Level: standard, Login: domain.Email, Contacts: both, Factors: kinds{totp}, Question: true}, []string{"EMAIL_CODE TOTP"}},
		{"simplified, app and codes", domain.RecoveryFacts{Level: simplified, Login: domain.Phone, Contacts: both, Factors: kinds{totp, backup}}, []string{"SMS_CODE TOTP", "SMS_CODE BACKUP_CODE", "BACKUP_CODE wait"}},
		{"SMS and codes, by phone", domain.RecoveryFacts{Level: confirmed, Login: domain.Phone, Contacts: both, Factors: kinds{sms, backup}}, []string{"SMS_CODE BACKUP_CODE", "BACKUP_CODE SNILS"}},
		{"SMS, by email", domain.RecoveryFacts{Level: confirmed, Login: domain.Email, Contacts: both, Factors: kinds{sms}}, []string{"EMAIL_CODE SMS_CODE"}},
		{"SMS alone, by phone", domain.RecoveryFacts{Level: simplified, Login: domain.Phone, Contacts: both, Factors: kinds{sms}}, nil},
		{"passkey", domain.RecoveryFacts{Level: confirmed, Login: domain.Phone, Contacts: one, Factors: kinds{key}}, []string{"SMS_CODE PASSKEY", "PASSKEY"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			for _, p := range row.facts.Paths(policy()) {
				got = append(got, way(p))
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

// What must hold of every account, also of those that no row above is about.
func TestNoWayBackGoesAroundALock(t *testing.T) {
	all := kinds{sms, totp, key, backup}
	for n := range 1 << len(all) {
		var factors kinds
		for i, k := range all {
			if n>>i&1 == 1 {
				factors = append(factors, k)
			}
		}
		for _, level := range []accountv1.Level{simplified, standard, confirmed} {
			for _, login := range []domain.Kind{domain.Phone, domain.Email} {
				f := domain.RecoveryFacts{
					Level: level, Login: login, Contacts: []domain.Kind{domain.Phone, domain.Email}, Factors: factors, Question: true,
				}
				for _, p := range f.Paths(policy()) {
					checkWay(t, f, p)
				}
			}
		}
	}
}

func checkWay(t *testing.T, f domain.RecoveryFacts, p domain.Path) {
	t.Helper()
	what := fmt.Sprintf("%s with %v by %s: %s", f.Level, f.Factors, f.Login, way(p))
	steps := append(kinds{p.First}, p.Rest...)
	factor := slices.ContainsFunc(steps, func(k domain.StepKind) bool {
		return slices.Contains(f.Factors, k) && k != domain.CodeStep(f.Login)
	})
	if len(f.Factors) > 0 && !factor {
		t.Errorf("%s: no second factor", what)
	}
	if len(steps) == 1 && p.Wait == 0 && p.First != key {
		t.Errorf("%s: one step alone", what)
	}
	if f.Level == confirmed && len(steps) == 1 && p.First != key {
		t.Errorf("%s: one step opens a confirmed account", what)
	}
	if f.Level == confirmed && slices.Contains(steps, question) {
		t.Errorf("%s: a question opens a confirmed account", what)
	}
}

func TestRecoveryStates(t *testing.T) {
	now := time.Now()
	facts := domain.RecoveryFacts{Level: simplified, Login: domain.Phone, Contacts: []domain.Kind{domain.Phone, domain.Email}}
	paths := facts.Paths(policy())
	one := domain.Steps{{Kind: sms, Time: now}}
	both := one.With(domain.Step{Kind: email, Time: now})
	waits := domain.SignIn{Met: one, WaitTime: now}
	locked := domain.RecoveryFacts{Level: simplified, Login: domain.Phone, Factors: kinds{totp}}.Paths(policy())
	for name, row := range map[string]struct {
		in      domain.SignIn
		paths   domain.Paths
		at      time.Duration
		want    domain.RecoveryState
		canWait bool
	}{
		"nothing proven":          {domain.SignIn{}, paths, 0, accountv1.Recovery_STEP_REQUIRED, false},
		"one contact":             {domain.SignIn{Met: one}, paths, 0, accountv1.Recovery_STEP_REQUIRED, true},
		"much later":              {domain.SignIn{Met: one}, paths, 2 * recoveryWait, accountv1.Recovery_STEP_REQUIRED, true},
		"both contacts":           {domain.SignIn{Met: both}, paths, 0, accountv1.Recovery_READY, false},
		"waiting":                 {waits, paths, recoveryWait - 1, accountv1.Recovery_WAITING, false},
		"waited":                  {waits, paths, recoveryWait, accountv1.Recovery_READY, false},
		"nothing is left":         {domain.SignIn{Met: one}, nil, 0, accountv1.Recovery_IMPOSSIBLE, false},
		"a factor was bound then": {waits, locked, recoveryWait, accountv1.Recovery_STEP_REQUIRED, false},
	} {
		state, canWait := row.in.RecoveryState(row.paths, now.Add(row.at))
		if state != row.want || canWait != row.canWait {
			t.Errorf("%s: %s, %t", name, state, canWait)
		}
	}
}

// A passkey says whose it is only in a sign-in that was begun without a login.
func TestARecoveryIsOfItsLoginsAccount(t *testing.T) {
	in := domain.SignIn{Purpose: domain.Recover, AccountID: uuid.Nil, Needs: domain.FirstRecoverySteps(domain.Phone)}
	if in.ByPasskeyAlone() {
		t.Error("any passkey recovers whatever account it is of")
	}
}

func TestStartsAreLimitedByAddressOnly(t *testing.T) {
	now, starts := time.Now(), domain.StartsOf(5)
	counts := domain.FailureCounts{}
	for range 5 {
		if err := starts.CheckRecovery(counts, now); err != nil {
			t.Fatal(err)
		}
		counts = starts.AfterFailure(counts, now)
	}
	err := starts.CheckRecovery(counts, now.Add(time.Hour))
	if e, ok := errs.As(err); !ok || e.Reason != errorsv1.Reason_RECOVERY_LIMIT || e.RetryAfter != 23*time.Hour {
		t.Errorf("the sixth: %v", err)
	}
	if err := starts.CheckRecovery(counts, now.Add(24*time.Hour)); err != nil {
		t.Errorf("a day later: %v", err)
	}
	counts = domain.FailureCounts{Account: domain.FailureCount{Failures: 100_000, Since: now, Last: now}}
	if err := starts.CheckRecovery(counts, now); err != nil {
		t.Errorf("strangers elsewhere keep the person out: %v", err)
	}
}
