package journey

import (
	"context"
	"errors"
)

// Recover loses the password of a standard account that has a phone, gets the account back by a code and the SNILS, and signs in again.
// between is called after each step. What Redis has lost of a code is asked for again.
func (s *Story) Recover(ctx context.Context, between func(step string) error) error {
	before := s.Client
	s.Token = ""
	var begun struct{ RecoveryToken string }
	if err := s.Call(ctx, "POST", "/v1/recoveries", map[string]string{"login": s.Phone}, &begun); err != nil {
		return err
	}
	token := begun.RecoveryToken
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"prove the phone again", func() error { return s.provePhone(ctx, token) }},
		{"prove the SNILS", func() error {
			return s.recoveryStep(ctx, map[string]string{"recoveryToken": token, "stepId": "SNILS", "snils": s.Person.Person.SNILS}, "READY")
		}},
		{"set another password", func() error { return s.endRecovery(ctx, token) }},
	} {
		if err := step.do(); err != nil {
			return err
		}
		if err := between(step.name); err != nil {
			return err
		}
	}
	if err := before.Call(ctx, "GET", "/v1/me", nil, nil); !IsProblem(err, "SESSION_ENDED") {
		return errors.Join(errors.New("the session outlives the recovery"), err)
	}
	return s.signInAs(ctx, s.Person.Person.SNILS)
}

// provePhone has codes sent until one is not lost.
func (s *Story) provePhone(ctx context.Context, token string) error {
	step := map[string]string{"recoveryToken": token, "stepId": "SMS_CODE"}
	return s.withCode(ctx, "recover your account", func() error {
		return s.Call(ctx, "POST", "/v1/recoveries:sendCode", step, nil)
	}, func(code string) error {
		step := map[string]string{"recoveryToken": token, "stepId": "SMS_CODE", "code": code}
		return s.recoveryStep(ctx, step, "STEP_REQUIRED")
	})
}

func (s *Story) recoveryStep(ctx context.Context, in map[string]string, state string) error {
	var out struct{ State string }
	if err := s.Call(ctx, "POST", "/v1/recoveries:completeStep", in, &out); err != nil {
		return err
	}
	return expect("state", out.State, state)
}

func (s *Story) endRecovery(ctx context.Context, token string) error {
	var out struct{ State string }
	in := map[string]string{"recoveryToken": token, "newPassword": Password}
	if err := s.Call(ctx, "POST", "/v1/recoveries:complete", in, &out); err != nil {
		return err
	}
	return expect("state", out.State, "COMPLETED")
}
