package bench

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const (
	callers  = 8
	caseTime = 5 * time.Second
)

// otp begins sign-ups and proves their phones: a code is issued, delivered and verified. The time
// until the code arrives is not part of the latency; its cost is.
func (w *world) otp(ctx context.Context, r *report) error {
	return w.ordinary(ctx, r, "sign-up: code issued, sent, verified", w.prove())
}

// ordinary measures an operation's CPU and statements.
func (w *world) ordinary(ctx context.Context, r *report, name string, do operation) error {
	o, err := w.measure(ctx, name, func(ctx context.Context) *load { return closed(ctx, callers, caseTime, do) })
	if err != nil {
		return err
	}
	if o.Statements, err = w.count(ctx, do); err != nil {
		return err
	}
	r.add(o)
	return nil
}

func (w *world) prove() operation {
	var mu sync.Mutex
	return func(ctx context.Context, _ int) (time.Duration, error) {
		mu.Lock()
		s := w.newStory(w.next)
		w.next++
		mu.Unlock()
		var started struct{ ID string }
		begin := time.Now()
		form := map[string]string{"lastName": "Гаврилова", "firstName": "Анна", "phone": s.Phone}
		if err := s.Call(ctx, "POST", "/v1/registrations", form, &started); err != nil {
			return 0, err
		}
		took := time.Since(begin)
		code, err := codeOf(ctx, s)
		if err != nil {
			return 0, err
		}
		begin = time.Now()
		err = s.Call(ctx, "POST", "/v1/registrations/"+started.ID+":verifyCode", map[string]string{"code": code}, nil)
		return took + time.Since(begin), err
	}
}

// codeOf waits for the SMS.
func codeOf(ctx context.Context, s *journey.Story) (string, error) {
	var all []journey.Message
	query := url.Values{"to": {s.Phone}, "channel": {"SMS"}, "wait": {"10s"}}
	if err := s.Call(ctx, "GET", "/sandbox/v1/messages?"+query.Encode(), nil, &all); err != nil {
		return "", err
	}
	if len(all) != 1 || all[0].Code == "" {
		return "", errors.New("the code did not come")
	}
	return all[0].Code, nil
}
