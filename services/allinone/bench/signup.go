package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// The goals of a sign-up up to the proven phone. The inbox of the sandbox, which is no part of it, is left out.
const (
	signUpGoal       = 5.0
	signUpStatements = 28
	signUpFlushes    = 11
)

// signUps are how what is proven by a code is begun and proven at one server.
type signUps struct {
	start  func(ctx context.Context, phone string) (id string, err error)
	code   func(ctx context.Context, phone string) (string, error)
	verify func(ctx context.Context, id, code string) error
}

// otp begins sign-ups and proves their phones: a code is issued, sent and verified.
func (w *world) otp(ctx context.Context, r *report) error {
	m, err := w.minimal(ctx)
	if err != nil {
		return err
	}
	const name = "sign-up: code issued, sent, verified"
	var hash, floor, ours sample
	for range w.options.pace.turns {
		h, err := w.sample(ctx, w.hashPart())
		if err != nil {
			return err
		}
		f, err := w.signUpBatch(ctx, m.signUps(), func(step string, run func(context.Context) *load) part {
			return m.part(name+step, run)
		})
		if err != nil {
			return err
		}
		o, err := w.platformSignUps(ctx, name)
		if err != nil {
			return err
		}
		hash, floor, ours = hash.plus(h), floor.plus(f), ours.plus(o)
	}
	o, base := ours.outcome(name), hash.outcome(hashName)
	bare := floor.outcome("minimal: " + name)
	o.compareWith(bare)
	r.add(bare, o)
	limit := allow(signUpGoal, base.CPU.Bench)
	r.goal(fmt.Sprintf("%s: at most %v", name, limit), fmt.Sprintf("%.2f ms", o.CPU.platform()), o.CPU.platform() <= limit.here, o)
	w.countLater(r, o, w.signUp(), func() { r.goalOfSQL(o, signUpStatements, signUpFlushes) })
	return nil
}

// platformSignUps are those of the platform, without the share of Postgres that its sandbox takes to receive the codes.
func (w *world) platformSignUps(ctx context.Context, name string) (sample, error) {
	s, err := w.signUpBatch(ctx, w.signUps(), func(step string, run func(context.Context) *load) part {
		return w.platform(name+step, run)
	})
	return s.withoutInbox(), err
}

func (s sample) withoutInbox() sample {
	s.used.postgres = time.Duration(float64(s.used.postgres) * s.busy.rest())
	return s
}

// signUpBatch begins many sign-ups, reads their codes, and proves them. Reading is the test's and is not measured.
func (w *world) signUpBatch(
	ctx context.Context, by signUps, measured func(step string, run func(context.Context) *load) part,
) (sample, error) {
	phones := make([]string, w.options.pace.batch)
	for i := range phones {
		phones[i] = newPhone(w.next + i)
	}
	w.next += len(phones)
	return w.batch(ctx, phones, by, measured)
}

// batch has something begun for many phones, reads the codes that were sent there, and proves them.
func (w *world) batch(
	ctx context.Context, phones []string, by signUps, measured func(step string, run func(context.Context) *load) part,
) (sample, error) {
	n := len(phones)
	ids, found := make([]string, n), make([]string, n)
	begun, err := w.sample(ctx, measured(", begun", func(ctx context.Context) *load {
		return each(ctx, callers, n, func(ctx context.Context, i int) (err error) {
			ids[i], err = by.start(ctx, phones[i])
			return err
		})
	}))
	if err != nil {
		return begun, err
	}
	reading := each(ctx, callers, n, func(ctx context.Context, i int) (err error) {
		found[i], err = by.code(ctx, phones[i])
		return err
	})
	if reading.Errors > 0 {
		return begun, fmt.Errorf("reading codes: %s", reading.Problem)
	}
	proven, err := w.sample(ctx, measured(", proven", func(ctx context.Context) *load {
		return each(ctx, callers, n, func(ctx context.Context, i int) error { return by.verify(ctx, ids[i], found[i]) })
	}))
	return begun.then(proven), err
}

// then is the sample of operations that both halves belong to.
func (s sample) then(second sample) sample {
	if second.load == nil || len(second.latencies) < len(s.latencies) {
		return s.plus(second) // it was not even begun
	}
	l := &load{
		Operations: min(s.Operations, second.Operations), Errors: s.Errors + second.Errors, Elapsed: s.Elapsed + second.Elapsed,
		Problem: s.Problem + second.Problem, latencies: make([]time.Duration, len(s.latencies)),
	}
	for i, first := range s.latencies {
		l.latencies[i] = first + second.latencies[i]
	}
	return sample{
		load: l, used: s.used.plus(second.used), elapsed: s.elapsed + second.elapsed,
		busy: busyTime{service: s.busy.service + second.busy.service, all: s.busy.all + second.busy.all},
	}
}

func (w *world) signUps() signUps {
	api := journey.Client{URL: w.url, HTTP: w.http}
	return signUps{
		start: func(ctx context.Context, phone string) (string, error) {
			var out struct{ ID string }
			form := map[string]string{"lastName": "Гаврилова", "firstName": "Анна", "phone": phone}
			err := api.Call(ctx, http.MethodPost, "/v1/registrations", form, &out)
			return out.ID, err
		},
		code: w.codeOf,
		verify: func(ctx context.Context, id, code string) error {
			return api.Call(ctx, http.MethodPost, "/v1/registrations/"+id+":verifyCode", map[string]string{"code": code}, nil)
		},
	}
}

// codeOf waits for the SMS.
func (w *world) codeOf(ctx context.Context, phone string) (string, error) {
	var all journey.Messages
	query := url.Values{"to": {phone}, "channel": {"SMS"}, "wait": {"10s"}}
	api := journey.Client{URL: w.url, HTTP: w.http}
	if err := api.Call(ctx, http.MethodGet, "/sandbox/v1/messages?"+query.Encode(), nil, &all); err != nil {
		return "", err
	}
	if len(all.Messages) != 1 || all.Messages[0].Code == "" {
		return "", errors.New("the code did not come")
	}
	return all.Messages[0].Code, nil
}

// signUp is one sign-up up to the proof, for counting; what reading the code has the sandbox do is not counted.
func (w *world) signUp() operation {
	by := w.signUps()
	return timed(func(ctx context.Context, _ int) error {
		phone := newPhone(w.next)
		w.next++
		id, err := by.start(ctx, phone)
		if err != nil {
			return err
		}
		code, err := by.code(ctx, phone)
		if err != nil {
			return err
		}
		return by.verify(ctx, id, code)
	})
}

// newPhone is the phone of the nth person who signs up.
func newPhone(n int) string { return fmt.Sprintf("+7901%07d", n) }
