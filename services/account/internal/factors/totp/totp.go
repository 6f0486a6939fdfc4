// Package totp is the second factor of an authenticator app (RFC 6238): SHA-1, six digits, 30 seconds, which is what all apps know.
package totp

import (
	"cmp"
	"context"
	"time"

	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
	"github.com/propusk-id/propusk/services/internal/qr"
)

const (
	digits = 6
	period = 30 * time.Second
	// skew is by how many periods the app's clock may be wrong.
	skew = 1
)

// Kind is TOTP.
type Kind struct {
	factors.Local
	// Issuer is what apps call us: the host that people sign in at.
	Issuer string
}

// Kind implements [factors.Kind].
func (Kind) Kind() domain.StepKind { return accountv1.StepKind_TOTP }

// Enrol makes the key that the app and we share. Its label is the contact, which the app shows beside the codes.
func (k Kind) Enrol(_ context.Context, who factors.Person, f domain.Factor) (factors.Enrolled, error) {
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: k.Issuer, AccountName: cmp.Or(who.Email, who.Phone, who.AccountID.String()), Period: uint(period / time.Second),
	})
	if err != nil {
		return factors.Enrolled{}, err
	}
	picture, err := qr.SVG(key.URL())
	if err != nil {
		return factors.Enrolled{}, err
	}
	f.Data = []byte(key.Secret())
	return factors.Enrolled{Factor: f, Shown: factors.Shown{OTPAuthURI: key.URL(), QRCode: picture}}, nil
}

// Activate takes the app's first code.
func (k Kind) Activate(f domain.Factor, p factors.Proof, now time.Time) (domain.Factor, error) {
	return use(f, p.Code, now)
}

// Check takes a code that was not used yet.
func (k Kind) Check(
	_ context.Context, _ factors.Tx, f domain.Factor, p factors.Proof, now time.Time,
) (factors.Checked, error) {
	f, err := use(f, p.Code, now)
	return factors.Checked{Factor: f}, err
}

// use finds the time step whose code it is, and uses it up with those before. All are compared, whichever it is.
func use(f domain.Factor, typed string, now time.Time) (domain.Factor, error) {
	code, err := identifiers.ParseCode(typed, digits)
	var malformed errs.Fields
	malformed.Check("code", err)
	if err := malformed.Err(); err != nil {
		return f, err
	}
	current, found := now.Unix()/int64(period/time.Second), int64(0)
	for step := current - skew; step <= current+skew; step++ {
		right, err := hotp.GenerateCode(string(f.Data), uint64(step))
		if err != nil {
			return f, err
		}
		if secret.Equal([]byte(right), []byte(code)) && step > f.LastStep {
			found = step
		}
	}
	if found == 0 {
		return f, errs.New(errorsv1.Reason_CODE_WRONG, "the code is wrong, or was used")
	}
	f.LastStep = found
	return f, nil
}
