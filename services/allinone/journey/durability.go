package journey

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// status is the state of an account.
type status struct {
	AccountID    string
	Level        string
	Confirmation confirmation
}

type confirmation struct {
	Method string
	Time   time.Time
}

// CheckDurability proves I7 for a completed story: everything that its citizen was told still holds.
func (s *Story) CheckDurability(ctx context.Context) error {
	if err := s.SignIn(ctx); err != nil {
		return fmt.Errorf("I7: the password: %w", err)
	}
	var me status
	var person struct{ LastName, SNILS string }
	var v Verification
	var letters struct {
		LetterOrders []struct{ ID, State string }
	}
	for path, out := range map[string]any{
		"/v1/me": &me, "/v1/me/person": &person, "/v1/me/verifications/" + s.verification: &v, "/v1/me/letterOrders": &letters,
	} {
		if err := s.Call(ctx, "GET", path, nil, out); err != nil {
			return fmt.Errorf("I7: %s: %w", path, err)
		}
	}
	letter := ""
	for _, l := range letters.LetterOrders {
		letter += l.ID + " " + l.State + " "
	}
	err := errors.Join(
		expect("account", me.AccountID, s.AccountID),
		expect("level", me.Level, "CONFIRMED"),
		expect("method", me.Confirmation.Method, s.confirmed.Method),
		expect("time of the confirmation", me.Confirmation.Time.String(), s.confirmed.Time.String()),
		expect("last name", person.LastName, s.Person.Person.LastName),
		expect("SNILS", digitsOf(person.SNILS), digitsOf(s.Person.Person.SNILS)),
		expect("verification", v.State, "MATCHED"),
		expect("letters", letter, s.letterID+" REDEEMED "),
	)
	if err != nil {
		return fmt.Errorf("I7: %w", err)
	}
	return nil
}
