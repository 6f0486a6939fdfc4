package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// What a sign-in with a second factor may cost beside its hash, in milliseconds of the reference machine.
const (
	ownCodeGoal = 3.5
	smsCodeGoal = 6.0
)

// The kinds of steps that are measured.
const (
	authenticator = "TOTP"
	backupCode    = "BACKUP_CODE"
	smsCode       = "SMS_CODE"
)

// guarded is somebody whose account asks for a second factor.
type guarded struct {
	*journey.Story
	// key is that of the authenticator app, backup are the codes that are left.
	key    string
	backup []string
	// seen are the messages that were read.
	seen map[string]bool
}

// secondFactors measures signing in with each kind of code, and takes the hash off it.
func (w *world) secondFactors(ctx context.Context, r *report) error {
	m, err := w.minimal(ctx)
	if err != nil {
		return err
	}
	apps, err := w.guard(ctx, authenticator)
	if err != nil {
		return err
	}
	phones, err := w.guard(ctx, smsCode)
	if err != nil {
		return err
	}
	sums := map[string]sample{}
	turns := w.options.pace.turns + 1
	for turn := range turns {
		for _, c := range w.factorCases(m, apps, apps.turn(turn, turns), phones) {
			s, err := c.measure(ctx)
			if err != nil {
				return err
			}
			if turn > 0 { // in the first one PostgreSQL plans each statement on each connection
				sums[c.name] = sums[c.name].plus(s)
			}
		}
	}
	w.judgeFactors(r, sums)
	return nil
}

const floorSignIn = "sign-in"

// factorCase is what is measured in one turn.
type factorCase struct {
	name    string
	measure func(ctx context.Context) (sample, error)
}

// factorCases are the hash, the floor, and a sign-in by each kind of code; of the apps those whose turn it is.
func (w *world) factorCases(m *minimalServer, apps, now, phones guards) []factorCase {
	signIns := func(kind string, people guards, code func(*guarded) string) factorCase {
		return factorCase{kind, func(ctx context.Context) (sample, error) {
			return w.withoutInbox(ctx, w.platform(nameOfStep(kind), w.once(people, func(ctx context.Context, p *guarded) error {
				return w.signInBy(ctx, p, kind, code(p))
			})))
		}}
	}
	return []factorCase{
		{hashName, func(ctx context.Context) (sample, error) { return w.sample(ctx, w.hashPart()) }},
		{floorSignIn, func(ctx context.Context) (sample, error) {
			return w.sample(ctx, m.part(floorSignIn, w.steady(callers, m.signIn())))
		}},
		signIns(authenticator, now, (*guarded).appCode),
		signIns(backupCode, apps, (*guarded).spare),
		{smsCode, func(ctx context.Context) (sample, error) { return w.signInsBySMS(ctx, phones) }},
	}
}

func (w *world) judgeFactors(r *report, sums map[string]sample) {
	least := sums[floorSignIn].outcome("minimal: " + floorSignIn)
	r.add(least)
	price := priceOfAHash(sums[hashName].outcome(hashName), least)
	for _, kind := range []string{authenticator, backupCode, smsCode} {
		goal := ownCodeGoal
		if kind == smsCode {
			goal = smsCodeGoal
		}
		o := sums[kind].outcome(nameOfStep(kind))
		r.add(o)
		limit, beside := allow(goal, price), o.CPU.platform()-price
		r.goal(fmt.Sprintf("%s: the hash and at most %v", o.Name, limit),
			fmt.Sprintf("hash %.1f ms and %.2f ms", price, beside), beside <= limit.here, o)
	}
}

func nameOfStep(kind string) string {
	return map[string]string{
		authenticator: "sign-in with an authenticator app", backupCode: "sign-in with a backup code", smsCode: "sign-in with an SMS code",
	}[kind]
}

// once has each of the people do something, several at a time.
func (w *world) once(people guards, do func(ctx context.Context, p *guarded) error) func(context.Context) *load {
	return func(ctx context.Context) *load {
		return each(ctx, callers, len(people), func(ctx context.Context, i int) error { return do(ctx, people[i]) })
	}
}

// guards are people with a second factor.
type guards []*guarded

// turn is the share of the people whose turn it is: a code of an authenticator app works once, and the next comes late.
func (g guards) turn(n, of int) guards {
	var out guards
	for i := n; i < len(g); i += of {
		out = append(out, g[i])
	}
	return out
}

// guard makes people with a second factor of a kind.
func (w *world) guard(ctx context.Context, kind string) (guards, error) {
	people, first := make(guards, w.options.pace.guarded), w.next
	w.next += len(people)
	made := each(ctx, makers, len(people), func(ctx context.Context, i int) error {
		p := &guarded{Story: w.newStory(first + i), seen: map[string]bool{}}
		people[i] = p
		if err := w.signUpAndIn(ctx, p); err != nil {
			return err
		}
		return w.bind(ctx, p, kind)
	})
	if made.Errors > 0 {
		return nil, errors.New("people with a second factor: " + made.Problem)
	}
	return people, nil
}

func (w *world) signUpAndIn(ctx context.Context, p *guarded) error {
	for _, step := range journey.Steps()[:signedIn] {
		if err := step.Do(p.Story, ctx); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
	}
	_, err := w.newCode(ctx, p) // that of the sign-up
	return err
}

// bind binds the factor, as its person would.
func (w *world) bind(ctx context.Context, p *guarded, kind string) error {
	var begun struct{ ID, OTPAuthURI string }
	if err := p.Call(ctx, http.MethodPost, "/v1/me/secondFactors", map[string]string{"kind": kind}, &begun); err != nil {
		return err
	}
	code, err := p.firstCode(ctx, w, begun.OTPAuthURI)
	if err != nil {
		return err
	}
	var active struct{ BackupCodes []string }
	path := "/v1/me/secondFactors/" + begun.ID + ":activate"
	if err := p.Call(ctx, http.MethodPost, path, map[string]string{"code": code}, &active); err != nil {
		return err
	}
	p.backup = active.BackupCodes
	return nil
}

// firstCode is what the factor is activated with: the app's code before the present one, which is left for the sign-in.
func (p *guarded) firstCode(ctx context.Context, w *world, uri string) (string, error) {
	if uri == "" {
		return w.newCode(ctx, p)
	}
	u, err := url.Parse(uri)
	if err != nil {
		return "", err
	}
	p.key = u.Query().Get("secret")
	return totp.GenerateCode(p.key, time.Now().Add(-appStep))
}

// appStep is how long an authenticator app shows a code.
const appStep = 30 * time.Second

// appCode is what the app shows now.
func (p *guarded) appCode() string {
	code, err := totp.GenerateCode(p.key, time.Now())
	if err != nil {
		return ""
	}
	return code
}

// spare is a backup code that was not used.
func (p *guarded) spare() string {
	if len(p.backup) == 0 {
		return ""
	}
	code := p.backup[0]
	p.backup = p.backup[1:]
	return code
}

// signInBy signs in by the password and a code.
func (w *world) signInBy(ctx context.Context, p *guarded, kind, code string) error {
	token, err := w.passwordOf(ctx, p)
	if err != nil {
		return err
	}
	return w.completeBy(ctx, token, kind, code)
}

// passwordOf is the first step, which leads to the second.
func (w *world) passwordOf(ctx context.Context, p *guarded) (string, error) {
	api := journey.Client{URL: w.url, HTTP: w.http}
	var half struct{ State, SignInToken string }
	in := map[string]string{"login": p.Phone, "password": password, "deviceToken": p.Device}
	err := api.Call(ctx, http.MethodPost, "/v1/sessions", in, &half)
	if err == nil && half.State != "STEP_REQUIRED" {
		err = fmt.Errorf("after the password the sign-in is %q", half.State)
	}
	return half.SignInToken, err
}

func (w *world) completeBy(ctx context.Context, token, kind, code string) error {
	api := journey.Client{URL: w.url, HTTP: w.http}
	var out struct{ State string }
	step := map[string]string{"signInToken": token, "stepId": kind, "code": code}
	err := api.Call(ctx, http.MethodPost, "/v1/sessions:completeStep", step, &out)
	if err == nil && out.State != "ACTIVE" {
		err = fmt.Errorf("the session is %q", out.State)
	}
	return err
}

// signInsBySMS has each of the people sign in with a code that is sent to them. Reading it is the test's and is not measured.
func (w *world) signInsBySMS(ctx context.Context, people guards) (sample, error) {
	index := map[string]*guarded{}
	phones := make([]string, len(people))
	for i, p := range people {
		phones[i], index[p.Phone] = p.Phone, p
	}
	by := signUps{
		start: func(ctx context.Context, phone string) (string, error) {
			token, err := w.passwordOf(ctx, index[phone])
			if err != nil {
				return "", err
			}
			api := journey.Client{URL: w.url, HTTP: w.http}
			send := map[string]string{"signInToken": token, "stepId": smsCode}
			return token, api.Call(ctx, http.MethodPost, "/v1/sessions:sendCode", send, nil)
		},
		code: func(ctx context.Context, phone string) (string, error) { return w.newCode(ctx, index[phone]) },
		verify: func(ctx context.Context, token, code string) error {
			return w.completeBy(ctx, token, smsCode, code)
		},
	}
	s, err := w.batch(ctx, phones, by, func(step string, run func(context.Context) *load) part {
		return w.platform(nameOfStep(smsCode)+step, run)
	})
	return s.withoutInbox(), err
}

// withoutInbox is a sample without the share of Postgres that the sandbox takes to receive messages: those with codes, and those
// that tell of backup codes.
func (w *world) withoutInbox(ctx context.Context, p part) (sample, error) {
	s, err := w.sample(ctx, p)
	return s.withoutInbox(), err
}

// newCode waits for an SMS with a code that was not read before.
func (w *world) newCode(ctx context.Context, p *guarded) (string, error) {
	api := journey.Client{URL: w.url, HTTP: w.http}
	query := url.Values{"to": {p.Phone}, "channel": {"SMS"}, "wait": {"2s"}}
	for end := time.Now().Add(patience); time.Now().Before(end); {
		var all struct{ Messages []struct{ ID, Code string } }
		if err := api.Call(ctx, http.MethodGet, "/sandbox/v1/messages?"+query.Encode(), nil, &all); err != nil {
			return "", err
		}
		for _, m := range all.Messages {
			if m.Code != "" && !p.seen[m.ID] {
				p.seen[m.ID] = true
				return m.Code, nil
			}
		}
	}
	return "", errors.New("the code did not come")
}
