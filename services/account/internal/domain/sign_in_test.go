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

const (
	pass   = accountv1.StepKind_PASSWORD
	sms    = accountv1.StepKind_SMS_CODE
	totp   = accountv1.StepKind_TOTP
	key    = accountv1.StepKind_PASSKEY
	backup = accountv1.StepKind_BACKUP_CODE
	email  = accountv1.StepKind_EMAIL_CODE
	snils  = accountv1.StepKind_SNILS
)

type kinds = []domain.StepKind

// met are steps of these kinds, each a minute after the one before.
func met(of ...domain.StepKind) domain.Steps {
	var out domain.Steps
	for i, k := range of {
		out = append(out, domain.Step{Kind: k, Time: start().Add(time.Duration(i) * time.Minute)})
	}
	return out
}

func TestPaths(t *testing.T) {
	recovery := domain.Paths{{First: sms, Rest: kinds{email}}, {First: sms, Rest: kinds{snils, totp}, Wait: 24 * time.Hour}}
	for name, c := range map[string]struct {
		paths   domain.Paths
		met     domain.Steps
		offered kinds
		done    bool
	}{
		"no second factor, at first":       {domain.SignInPaths(nil, false), nil, kinds{pass, key}, false},
		"two second factors, at first":     {domain.SignInPaths(kinds{totp, backup}, false), nil, kinds{pass, key}, false},
		"a passkey, at first":              {domain.SignInPaths(kinds{key}, false), nil, kinds{pass, key}, false},
		"a remembered device, at first":    {domain.SignInPaths(kinds{totp, backup}, true), nil, kinds{pass, key}, false},
		"no second factor, password":       {domain.SignInPaths(nil, false), met(pass), nil, true},
		"two second factors, password":     {domain.SignInPaths(kinds{totp, backup}, false), met(pass), kinds{totp, backup}, false},
		"a passkey, password":              {domain.SignInPaths(kinds{key}, false), met(pass), kinds{key}, false},
		"a remembered device, password":    {domain.SignInPaths(kinds{totp, backup}, true), met(pass), kinds{backup}, true},
		"password and one":                 {domain.SignInPaths(kinds{totp, backup}, false), met(pass, backup), kinds{totp}, true},
		"one without the password":         {domain.SignInPaths(kinds{totp, backup}, false), met(totp), kinds{pass, key}, false},
		"a passkey alone":                  {domain.SignInPaths(kinds{totp}, false), met(key), nil, true},
		"a missing factor":                 {domain.MissingFactor(kinds{totp, sms}), nil, kinds{totp, sms}, false},
		"a missing factor, proven":         {domain.MissingFactor(kinds{totp, sms}), met(sms), nil, true},
		"a missing factor of none":         {domain.MissingFactor(nil), nil, nil, false},
		"in any order":                     {recovery, met(sms, totp), kinds{email, snils}, false},
		"whole, before the wait is over":   {recovery, met(sms, totp, snils), kinds{email}, false},
		"whole, on the one without a wait": {recovery, met(sms, email), kinds{snils, totp}, true},
	} {
		if got := c.paths.Offered(c.met); !slices.Equal(got, c.offered) {
			t.Errorf("%s: offered are %v, want %v", name, got, c.offered)
		}
		if got := c.paths.Done(c.met, start().Add(time.Hour)); got != c.done {
			t.Errorf("%s: done is %t", name, got)
		}
	}
	if whole := met(sms, totp, snils); !recovery.Done(whole, start().Add(24*time.Hour+2*time.Minute)) ||
		recovery.Done(whole, start().Add(24*time.Hour+2*time.Minute-time.Second)) {
		t.Error("the wait does not begin with the last step")
	}
}

func TestASignInIsOpenForItsSteps(t *testing.T) {
	s := domain.SignIn{Needs: domain.SignInPaths(kinds{totp}, false), ExpireTime: start().Add(15 * time.Minute)}
	done := s
	done.Done = true
	for name, c := range map[string]struct {
		s    domain.SignIn
		k    domain.StepKind
		at   time.Duration
		want errorsv1.Reason
	}{
		"offered":     {s, pass, 0, errorsv1.Reason_REASON_UNSPECIFIED},
		"too early":   {s, totp, 0, errorsv1.Reason_STEP_NOT_OPEN},
		"no such one": {s, sms, 0, errorsv1.Reason_STEP_NOT_OPEN},
		"too late":    {s, pass, 15 * time.Minute, errorsv1.Reason_SIGN_IN_EXPIRED},
		"done":        {done, pass, 0, errorsv1.Reason_SIGN_IN_EXPIRED},
	} {
		err := c.s.CheckOpen(c.k, start().Add(c.at))
		if c.want == 0 && err != nil || c.want != 0 && !errs.Is(err, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if s.ByPasskeyAlone() || !(domain.SignIn{Needs: domain.PasskeyPaths()}).ByPasskeyAlone() ||
		(domain.SignIn{Needs: domain.PasskeyPaths(), AccountID: uuid.New()}).ByPasskeyAlone() {
		t.Error("a passkey says whose a sign-in is only where it was begun without a login")
	}
}

func TestWhatStepsAreCalled(t *testing.T) {
	synced := domain.Steps{{Kind: key, Synced: true}}
	for name, c := range map[string]struct {
		met       domain.Steps
		amr       []string
		assurance accountv1.Assurance
	}{
		"password":        {met(pass), []string{"pwd"}, accountv1.Assurance_ONE_FACTOR},
		"sms":             {met(pass, sms), []string{"pwd", "sms", "mfa"}, accountv1.Assurance_TWO_FACTORS},
		"totp":            {met(pass, totp), []string{"pwd", "otp", "mfa"}, accountv1.Assurance_TWO_FACTORS},
		"backup code":     {met(pass, backup), []string{"pwd", "rc", "mfa"}, accountv1.Assurance_TWO_FACTORS},
		"passkey":         {met(key), []string{"hwk", "user", "mfa"}, accountv1.Assurance_PHISHING_RESISTANT},
		"synced passkey":  {synced, []string{"swk", "user", "mfa"}, accountv1.Assurance_PHISHING_RESISTANT},
		"totp alone":      {met(totp), []string{"otp"}, accountv1.Assurance_ONE_FACTOR},
		"email and SNILS": {met(email, snils), nil, accountv1.Assurance_ONE_FACTOR},
	} {
		if !slices.Equal(c.met.AMR(), c.amr) || c.met.Assurance() != c.assurance {
			t.Errorf("%s: %v, %s", name, c.met.AMR(), c.met.Assurance())
		}
	}
}

func TestAProofIsAsOldAsItsOldestStep(t *testing.T) {
	for name, c := range map[string]struct {
		factors kinds
		met     domain.Steps
		want    time.Duration
	}{
		"password":                     {nil, met(pass), 0},
		"password and code":            {kinds{totp}, met(pass, totp), 0},
		"code, and the password again": {kinds{totp}, met(totp, pass), 0},
		"a passkey later":              {kinds{totp, key}, met(pass, totp, key), 2 * time.Minute},
		"a remembered device":          {kinds{totp}, met(pass), -1},
	} {
		want := start().Add(c.want)
		if c.want < 0 {
			want = time.Time{}
		}
		if got := domain.ProofPaths(c.factors).ProvenAt(c.met); !got.Equal(want) {
			t.Errorf("%s: proven at %s, want %s", name, got, want)
		}
	}
}

func TestAStepTakesThePlaceOfAnEarlierOne(t *testing.T) {
	before := met(pass, totp)
	later := domain.Step{Kind: pass, Time: start().Add(time.Hour), Proof: []byte("mac")}
	after := before.With(later).Public()
	if len(after) != 2 || !after[1].Time.Equal(later.Time) || after[1].Proof != nil || before[0].Kind != pass || !before[0].Time.Equal(start()) {
		t.Errorf("%v after %v", after, before)
	}
}
