package journey

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// TwoFactors binds the phone of who is signed in as a second factor, signs in by two factors, once with a code by SMS and once with a
// backup code, and unbinds the phone. between is called after each step.
func (s *Story) TwoFactors(ctx context.Context, between func(step string) error) error {
	var factor, pending string
	var backup []string
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"bind the phone", func() (err error) { factor, backup, err = s.bindPhone(ctx); return err }},
		{"type the password", func() (err error) { pending, err = s.typePassword(ctx); return err }},
		{"type the code", func() error { return s.typeCode(ctx, pending) }},
		{"sign in with a backup code", func() error { return s.signInByBackupCode(ctx, backup[0]) }},
		{"try the backup code again", func() error {
			if err := s.signInByBackupCode(ctx, backup[0]); !IsProblem(err, "CODE_WRONG") {
				return errors.Join(errors.New("I2: a backup code is used twice"), err)
			}
			return s.signInByBackupCode(ctx, backup[1])
		}},
		{"unbind the phone", func() error { return s.Call(ctx, "DELETE", "/v1/me/secondFactors/"+factor, nil, nil) }},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if err := between(step.name); err != nil {
			return err
		}
	}
	return s.SignIn(ctx)
}

func (s *Story) bindPhone(ctx context.Context) (id string, backup []string, err error) {
	var out struct {
		ID, State   string
		BackupCodes []string
	}
	err = s.withCode(ctx, "code for signing in", func() error {
		return s.Call(ctx, "POST", "/v1/me/secondFactors", map[string]string{"kind": "SMS_CODE"}, &out)
	}, func(code string) error {
		id = out.ID
		return s.Call(ctx, "POST", "/v1/me/secondFactors/"+id+":activate", map[string]string{"code": code}, &out)
	})
	if err != nil {
		return "", nil, err
	}
	if len(out.BackupCodes) < 2 {
		return "", nil, fmt.Errorf("%d backup codes", len(out.BackupCodes))
	}
	return id, out.BackupCodes, expect("state", out.State, "ACTIVE")
}

// typePassword begins a sign-in and gives its token.
func (s *Story) typePassword(ctx context.Context) (token string, err error) {
	s.Token = ""
	var out struct{ State, SignInToken string }
	if err := s.Call(ctx, "POST", "/v1/sessions", s.credentials(s.contact()), &out); err != nil {
		return "", err
	}
	return out.SignInToken, expect("state", out.State, "STEP_REQUIRED")
}

func (s *Story) typeCode(ctx context.Context, token string) error {
	return s.withCode(ctx, "code for signing in", func() error {
		return s.Call(ctx, "POST", "/v1/sessions:sendCode", map[string]string{"signInToken": token, "stepId": "SMS_CODE"}, nil)
	}, func(code string) error { return s.completeStep(ctx, token, "SMS_CODE", code) })
}

func (s *Story) signInByBackupCode(ctx context.Context, code string) error {
	token, err := s.typePassword(ctx)
	if err != nil {
		return err
	}
	return s.completeStep(ctx, token, "BACKUP_CODE", code)
}

func (s *Story) completeStep(ctx context.Context, token, step, code string) error {
	var out struct{ State, Token string }
	in := map[string]string{"signInToken": token, "stepId": step, "code": code}
	if err := s.Call(ctx, "POST", "/v1/sessions:completeStep", in, &out); err != nil {
		return err
	}
	s.Token = out.Token
	return expect("state", out.State, "ACTIVE")
}

// withCode has codes sent to the phone, in messages with the words, until one that is presented is not lost: Redis may lose them, at the
// price of asking again.
func (s *Story) withCode(ctx context.Context, words string, send func() error, present func(code string) error) error {
	last, err := s.newest(ctx, words)
	if err != nil {
		return err
	}
	for {
		if err := asSoonAsAllowed(ctx, send); err != nil {
			return err
		}
		m, err := s.message(ctx, "SMS", func(m Message) bool {
			return strings.Contains(m.Text, words) && len(m.Code) == 6 && m.ID != last
		})
		if err != nil {
			return err
		}
		last = m.ID
		if err := present(m.Code); !IsProblem(err, "CODE_EXPIRED") {
			return err
		}
	}
}

// newest is the id of the last message with the words; empty: none came yet.
func (s *Story) newest(ctx context.Context, words string) (string, error) {
	var all Messages
	query := url.Values{"to": {s.contact()}, "channel": {"SMS"}}
	if err := s.Call(ctx, "GET", "/sandbox/v1/messages?"+query.Encode(), nil, &all); err != nil {
		return "", err
	}
	for _, m := range all.Messages {
		if strings.Contains(m.Text, words) {
			return m.ID, nil
		}
	}
	return "", nil
}

// asSoonAsAllowed has a code sent, after the pause between two.
func asSoonAsAllowed(ctx context.Context, send func() error) error {
	for {
		err := send()
		var p *Problem
		if !errors.As(err, &p) || p.Code != "CODE_RESEND_TOO_EARLY" {
			return err
		}
		if err := pause(ctx, p.RetryAfter); err != nil {
			return err
		}
	}
}
