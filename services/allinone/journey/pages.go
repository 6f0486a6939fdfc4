package journey

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// WalkPages does the whole story through the pages, with JavaScript off.
func (s *Story) WalkPages(ctx context.Context, b *Browser) error {
	for _, step := range []struct {
		name string
		do   func(context.Context, *Browser) error
	}{
		{"choose a person", func(ctx context.Context, _ *Browser) error { return s.choose(ctx) }},
		{"sign up", s.pageSignUp},
		{"prove the contact", s.pageProve},
		{"set the password", s.pagePassword},
		{"fill in the person", s.pagePerson},
		{"be verified", s.pageVerification},
		{"order the letter", s.pageLetter},
		{"be confirmed", s.pageCode},
		{"sign out", s.pageSignOut},
	} {
		if err := step.do(ctx, b); err != nil {
			return fmt.Errorf("%s: %w; the page: %s", step.name, err, b.Page.Text())
		}
	}
	return nil
}

func (s *Story) pageSignUp(ctx context.Context, b *Browser) error {
	if err := b.Open(ctx, "/sign-up"); err != nil {
		return err
	}
	p := s.Person.Person
	values := map[string]string{"last_name": p.LastName, "first_name": p.FirstName, "middle_name": p.MiddleName}
	if s.Phone != "" {
		values["phone"] = s.Phone
	} else {
		values["email"], values["no_phone"] = s.Email, "on"
	}
	return b.Submit(ctx, values)
}

func (s *Story) pageProve(ctx context.Context, b *Browser) error {
	if s.Phone != "" {
		m, err := s.message(ctx, "SMS", func(m Message) bool { return len(m.Code) == 6 })
		if err != nil {
			return err
		}
		return b.Submit(ctx, map[string]string{"code": m.Code})
	}
	m, err := s.message(ctx, "EMAIL", func(m Message) bool { return linkToken.MatchString(m.Text) })
	if err != nil {
		return err
	}
	if err := b.Open(ctx, linkToken.FindString(m.Text)); err != nil {
		return err
	}
	return b.Send(ctx)
}

func (s *Story) pagePassword(ctx context.Context, b *Browser) error {
	if err := b.Submit(ctx, map[string]string{"password": "weak", "password_repeat": "weak"}); err != nil {
		return err
	}
	if !b.Page.Refused() {
		return errors.New("a weak password was accepted")
	}
	if err := b.Submit(ctx, map[string]string{"password": Password, "password_repeat": Password}); err != nil {
		return err
	}
	if err := expect("the page after sign-up", b.Page.URL.Path, "/signed-up"); err != nil {
		return err
	}
	return b.Open(ctx, "/cabinet/person")
}

// pagePerson fills in page after page, as each leads to the next, and submits the summary.
func (s *Story) pagePerson(ctx context.Context, b *Browser) error {
	p, d := s.Person.Person, s.Person.Passport
	if err := b.Open(ctx, "/cabinet/person/birth"); err != nil {
		return err
	}
	for _, values := range []map[string]string{
		{"gender": p.Gender, "birth_date": p.BirthDate, "birth_place": p.BirthPlace},
		{"citizenship": p.Citizenship},
		{"snils": p.SNILS},
		{
			"passport_number": d.Series + " " + d.Number, "issue_date": d.IssueDate, "issued_by": d.IssuedBy, "issue_code": d.IssueCode,
		},
		{"action": "submit"},
	} {
		if err := b.Submit(ctx, values); err != nil {
			return err
		}
	}
	return nil
}

func (s *Story) pageVerification(ctx context.Context, b *Browser) error {
	if !strings.HasPrefix(b.Page.URL.Path, "/cabinet/verification/") {
		return errors.New("the form did not lead to the verification")
	}
	here := b.Page.URL.Path
	deadline := time.Now().Add(s.Wait)
	for strings.Contains(b.Page.Body, "<propusk-poll") && time.Now().Before(deadline) {
		if err := pause(ctx, retryPause); err != nil {
			return err
		}
		if err := b.Open(ctx, here); err != nil {
			return err
		}
	}
	return b.Open(ctx, "/cabinet/letter/address")
}

func (s *Story) pageLetter(ctx context.Context, b *Browser) error {
	a := s.Person.Address
	err := b.Submit(ctx, map[string]string{
		"type": a["type"], "postal_code": a["postalCode"], "region": a["region"], "city": a["city"],
		"street": a["street"], "house": a["house"], "flat": a["flat"],
	})
	if err != nil {
		return err
	}
	if err := expect("the page after the address", b.Page.URL.Path, "/cabinet/letter/check"); err != nil {
		return err
	}
	if err := b.Send(ctx); err != nil {
		return err
	}
	var letters struct{ LetterOrders []struct{ ID string } }
	if err := s.SignIn(ctx); err != nil {
		return err
	}
	if err := s.Call(ctx, "GET", "/v1/me/letterOrders", nil, &letters); err != nil {
		return err
	}
	if len(letters.LetterOrders) != 1 {
		return fmt.Errorf("%d letters were ordered", len(letters.LetterOrders))
	}
	s.letterID = letters.LetterOrders[0].ID
	return s.getLetter(ctx)
}

func (s *Story) pageCode(ctx context.Context, b *Browser) error {
	m, err := s.message(ctx, "LETTER", func(m Message) bool { return m.Code != "" })
	if err != nil {
		return err
	}
	if err := b.Open(ctx, "/cabinet/letter/code"); err != nil {
		return err
	}
	if err := b.Submit(ctx, map[string]string{"code": strings.ToLower(m.Code)}); err != nil {
		return err
	}
	return expect("the page after the code", b.Page.URL.Path, "/cabinet/confirmed")
}

func (s *Story) pageSignOut(ctx context.Context, b *Browser) error {
	if err := b.Open(ctx, "/sign-out"); err != nil {
		return err
	}
	if err := b.Send(ctx); err != nil {
		return err
	}
	if err := b.Open(ctx, "/cabinet"); err != nil {
		return err
	}
	return expect("the cabinet after signing out", b.Page.URL.Path, "/sign-in")
}
