package journey

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Password satisfies every policy.
const Password = "Vesna-7-Gory_utro!"

// Story is one citizen from the sign-up to a confirmed account. Its steps are the REST part of the main job.
type Story struct {
	Client
	// N is the person's number in the simulated population, unless Persona is the SNILS of a person with a fixed
	// scenario.
	N       int
	Persona string
	// Phone or Email is the contact to prove; the phone when both are given.
	Phone, Email string

	Person       Human
	registration string
	completion   string
	AccountID    string
	addressID    string
	letterID     string
	verification string
	confirmed    confirmation
	// Wait bounds what happens in the background: messages, verification, the post.
	Wait time.Duration
}

// Human is a person to sign up as, from the sandbox.
type Human struct {
	Person struct {
		LastName    string `json:"lastName"`
		FirstName   string `json:"firstName"`
		MiddleName  string `json:"middleName"`
		Gender      string `json:"gender"`
		BirthDate   string `json:"birthDate"`
		BirthPlace  string `json:"birthPlace"`
		Citizenship string `json:"citizenship"`
		SNILS       string `json:"snils"`
	} `json:"person"`
	Passport struct {
		Type      string `json:"type"`
		Series    string `json:"series"`
		Number    string `json:"number"`
		IssueDate string `json:"issueDate"`
		IssuedBy  string `json:"issuedBy"`
		IssueCode string `json:"issueCode"`
	} `json:"passport"`
	Address map[string]string `json:"address"`
}

// Step is one step of the story.
type Step struct {
	Name string
	Do   func(s *Story, ctx context.Context) error
}

// Steps are the whole story through REST, in order.
func Steps() []Step {
	return []Step{
		{"choose a person", (*Story).choose},
		{"start the sign-up", (*Story).start},
		{"prove the contact", (*Story).prove},
		{"set the password", (*Story).setPassword},
		{"sign in", (*Story).SignIn},
		{"fill in the person", (*Story).fillIn},
		{"add the passport", (*Story).addPassport},
		{"be verified", (*Story).beVerified},
		{"order the letter", (*Story).orderLetter},
		{"get the letter", (*Story).getLetter},
		{"be confirmed", (*Story).beConfirmed},
	}
}

// Walk takes all steps; between is called after each.
func (s *Story) Walk(ctx context.Context, between func(step string) error) error {
	for _, step := range Steps() {
		if err := step.Do(s, ctx); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
		if between == nil {
			continue
		}
		if err := between(step.Name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Story) choose(ctx context.Context) error {
	if s.Persona != "" {
		return s.choosePersona(ctx)
	}
	return s.Call(ctx, "GET", fmt.Sprintf("/sandbox/v1/population/%d", s.N), nil, &s.Person)
}

func (s *Story) choosePersona(ctx context.Context) error {
	var all struct{ Personas []Human }
	if err := s.Call(ctx, "GET", "/sandbox/v1/personas", nil, &all); err != nil {
		return err
	}
	for _, h := range all.Personas {
		if digitsOf(h.Person.SNILS) == digitsOf(s.Persona) {
			s.Person = h
			return nil
		}
	}
	return errors.New("there is no persona " + s.Persona)
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func (s *Story) start(ctx context.Context) error {
	in := map[string]string{
		"lastName": s.Person.Person.LastName, "firstName": s.Person.Person.FirstName,
		"middleName": s.Person.Person.MiddleName,
	}
	for name, contact := range map[string]string{"phone": s.Phone, "email": s.Email} {
		if contact != "" {
			in[name] = contact
		}
	}
	var out struct{ ID, State string }
	if err := s.Call(ctx, "POST", "/v1/registrations", in, &out); err != nil {
		return err
	}
	s.registration = out.ID
	return expect("state", out.State, "CODE_SENT")
}

// Message is a message on the virtual phone.
type Message struct {
	ID, Channel, To, Subject, Text, Code string
	Attachments                          []struct{ Name, ContentType, URL string }
}

// Messages is a page of them, newest first.
type Messages struct{ Messages []Message }

func (s *Story) contact() string {
	if s.Phone != "" {
		return s.Phone
	}
	return s.Email
}

// message waits for a message that matches.
func (s *Story) message(ctx context.Context, channel string, matches func(Message) bool) (Message, error) {
	deadline := time.Now().Add(s.Wait)
	for time.Now().Before(deadline) {
		var all Messages
		query := url.Values{"to": {s.contact()}, "channel": {channel}, "wait": {"2s"}}
		if err := s.Call(ctx, "GET", "/sandbox/v1/messages?"+query.Encode(), nil, &all); err != nil {
			return Message{}, err
		}
		for _, m := range all.Messages {
			if matches(m) {
				return m, nil
			}
		}
		if err := pause(ctx, retryPause); err != nil {
			return Message{}, err
		}
	}
	return Message{}, errors.New("no such message arrived for " + s.contact())
}

var linkToken = regexp.MustCompile(`/sign-up/\w+/link\?token=([\w-]+)`)

// prove presents the code or the link's token; one that was lost (Redis may lose it, at the price of asking again) is
// requested again.
func (s *Story) prove(ctx context.Context) error {
	last := ""
	for {
		m, err := s.proof(ctx, last)
		if err != nil {
			return err
		}
		in := map[string]string{"code": m.Code}
		if s.Phone == "" {
			in = map[string]string{"token": linkToken.FindStringSubmatch(m.Text)[1]}
		}
		var out struct{ State, CompletionToken string }
		err = s.Call(ctx, "POST", "/v1/registrations/"+s.registration+":verifyCode", in, &out)
		lost := IsProblem(err, "CODE_EXPIRED") || IsProblem(err, "LINK_INVALID")
		if !lost || last != "" {
			s.completion = out.CompletionToken
			return err
		}
		last = m.ID
		if err := s.resend(ctx); err != nil {
			return err
		}
	}
}

// proof waits for a message with the proof other than the last one.
func (s *Story) proof(ctx context.Context, last string) (Message, error) {
	if s.Phone != "" {
		return s.message(ctx, "SMS", func(m Message) bool { return len(m.Code) == 6 && m.ID != last })
	}
	return s.message(ctx, "EMAIL", func(m Message) bool { return linkToken.MatchString(m.Text) && m.ID != last })
}

// resend requests another code as soon as that is allowed.
func (s *Story) resend(ctx context.Context) error {
	return asSoonAsAllowed(ctx, func() error {
		return s.Call(ctx, "POST", "/v1/registrations/"+s.registration+":resendCode", map[string]string{}, nil)
	})
}

func (s *Story) setPassword(ctx context.Context) error {
	in := map[string]string{"completionToken": s.completion, "password": Password}
	var out struct{ AccountID, Level string }
	if err := s.Call(ctx, "POST", "/v1/registrations/"+s.registration+":complete", in, &out); err != nil {
		return err
	}
	s.AccountID = out.AccountID
	return expect("level", out.Level, "SIMPLIFIED")
}

// SignIn signs in with the contact.
func (s *Story) SignIn(ctx context.Context) error { return s.signInAs(ctx, s.contact()) }

func (s *Story) signInAs(ctx context.Context, login string) error {
	s.Token = ""
	var out struct{ State, Token, DeviceToken string }
	in := s.credentials(login)
	if err := s.Call(ctx, "POST", "/v1/sessions", in, &out); err != nil {
		return err
	}
	s.Token, s.Device = out.Token, cmp.Or(out.DeviceToken, s.Device)
	return expect("state", out.State, "ACTIVE")
}

// credentials are what is sent to sign in. A device that has no token says nothing of it, as the version before did not know of them.
func (s *Story) credentials(login string) map[string]string {
	in := map[string]string{"login": login, "password": Password}
	if s.Device != "" {
		in["deviceToken"] = s.Device
	}
	return in
}

func (s *Story) fillIn(ctx context.Context) error {
	p := s.Person.Person
	return s.Call(ctx, "PATCH", "/v1/me/person", map[string]string{
		"gender": p.Gender, "birthDate": p.BirthDate, "birthPlace": p.BirthPlace, "citizenship": p.Citizenship, "snils": p.SNILS,
	}, nil)
}

func (s *Story) addPassport(ctx context.Context) error {
	return s.Call(ctx, "POST", "/v1/me/documents", s.Person.Passport, nil)
}

// Verification is the registries' answers.
type Verification struct {
	ID, State string
	Checks    []struct {
		Registry, State string
		Reasons         []string
	}
}

func (s *Story) beVerified(ctx context.Context) error {
	v, err := s.Verify(ctx)
	if err != nil {
		return err
	}
	s.verification = v.ID
	if err := expect("verification", v.State, "MATCHED"); err != nil {
		return fmt.Errorf("%w: %+v", err, v.Checks)
	}
	if err := s.expectLevel(ctx, "STANDARD"); err != nil {
		return err
	}
	return s.signInAs(ctx, s.Person.Person.SNILS)
}

// Verify submits the data and waits for the result.
func (s *Story) Verify(ctx context.Context) (Verification, error) {
	var v Verification
	if err := s.Call(ctx, "POST", "/v1/me/verifications", map[string]string{}, &v); err != nil {
		return v, err
	}
	deadline := time.Now().Add(s.Wait)
	for v.State == "PENDING" && time.Now().Before(deadline) {
		if err := pause(ctx, retryPause); err != nil {
			return v, err
		}
		if err := s.Call(ctx, "GET", "/v1/me/verifications/"+v.ID, nil, &v); err != nil {
			return v, err
		}
	}
	return v, nil
}

func (s *Story) expectLevel(ctx context.Context, want string) error {
	var me struct{ Level string }
	if err := s.Call(ctx, "GET", "/v1/me", nil, &me); err != nil {
		return err
	}
	return expect("level", me.Level, want)
}

func (s *Story) orderLetter(ctx context.Context) error {
	var address struct{ ID string }
	if err := s.Call(ctx, "POST", "/v1/me/addresses", s.Person.Address, &address); err != nil {
		return err
	}
	s.addressID = address.ID
	var letter struct{ ID, State string }
	err := s.Call(ctx, "POST", "/v1/me/letterOrders", map[string]string{"addressId": s.addressID}, &letter)
	s.letterID = letter.ID
	return err
}

func (s *Story) getLetter(ctx context.Context) error {
	return s.Call(ctx, "POST", "/sandbox/v1/letters/"+s.letterID+":deliver", nil, nil)
}

func (s *Story) beConfirmed(ctx context.Context) error {
	m, err := s.message(ctx, "LETTER", func(m Message) bool { return m.Code != "" })
	if err != nil {
		return err
	}
	var out status
	if err := s.Call(ctx, "POST", "/v1/me/confirmations:redeemCode", map[string]string{"code": m.Code}, &out); err != nil {
		return err
	}
	s.confirmed = out.Confirmation
	if err := errors.Join(expect("level", out.Level, "CONFIRMED"), expect("method", out.Confirmation.Method, "LETTER")); err != nil {
		return err
	}
	return s.expectLevel(ctx, "CONFIRMED")
}

func expect(what, got, want string) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("%s is %q, want %q", what, got, want)
}
