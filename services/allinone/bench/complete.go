package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const hashesMetric = "propusk_account_password_hashes_total"

// complete has people set their passwords on the last page of the sign-up, which makes the account and signs them in.
func (w *world) complete(ctx context.Context, r *report) error {
	const name = "completing a sign-up by pages"
	var hash, sum sample
	hashes := 0.0
	for range w.options.pace.turns {
		h, err := w.sample(ctx, w.hashPart())
		if err != nil {
			return err
		}
		s, hashed, err := w.completions(ctx, name)
		if err != nil {
			return err
		}
		hash, sum, hashes = hash.plus(h), sum.plus(s), hashes+hashed
	}
	o := sum.outcome(name)
	o.Hashes = hashes / float64(max(1, o.Operations))
	r.add(o)
	r.goal(name+": the password is hashed once", fmt.Sprintf("%.2f hashes, the CPU of %.1f", o.Hashes,
		o.CPU.platform()/hash.outcome(hashName).CPU.Bench), o.Hashes <= 1+tolerance, o)
	return nil
}

// completions brings some people to the last page and measures what they do there, in hashes too.
func (w *world) completions(ctx context.Context, name string) (sample, float64, error) {
	n := w.options.pace.completions
	browsers, first := make([]*journey.Browser, n), w.next
	w.next += n
	arrived := each(ctx, callers, n, func(ctx context.Context, i int) (err error) {
		browsers[i], err = w.browserAtPassword(ctx, newPhone(first+i))
		return err
	})
	if arrived.Errors > 0 {
		return sample{}, 0, errors.New("on the way to the password: " + arrived.Problem)
	}
	before, err := w.metric(ctx, hashesMetric)
	if err != nil {
		return sample{}, 0, err
	}
	s, err := w.sample(ctx, w.platform(name, func(ctx context.Context) *load {
		return each(ctx, callers, n, func(ctx context.Context, i int) error { return setPassword(ctx, browsers[i]) })
	}))
	if err != nil {
		return s, 0, err
	}
	after, err := w.metric(ctx, hashesMetric)
	return s, after - before, err
}

func (w *world) browserAtPassword(ctx context.Context, phone string) (*journey.Browser, error) {
	b, err := journey.NewBrowser(w.url, w.http.Transport)
	if err != nil {
		return nil, err
	}
	if err := b.Open(ctx, "/sign-up"); err != nil {
		return nil, err
	}
	if err := b.Submit(ctx, map[string]string{"last_name": "Гаврилова", "first_name": "Анна", "phone": phone}); err != nil {
		return nil, err
	}
	code, err := w.codeOf(ctx, phone)
	if err != nil {
		return nil, err
	}
	return b, b.Submit(ctx, map[string]string{"code": code})
}

// setPassword ends where the person would see that the account is made.
func setPassword(ctx context.Context, b *journey.Browser) error {
	b.StopAt = b.URL + "/signed-up"
	if err := b.Submit(ctx, map[string]string{"password": password, "password_repeat": password}); err != nil {
		return err
	}
	if b.Left == nil {
		return errors.New("the password did not lead to the account: " + b.Page.Text())
	}
	return nil
}
