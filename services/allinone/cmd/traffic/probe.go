package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	probeInterval = 50 * time.Millisecond
	probeTimeout  = 10 * time.Second
	// probePath is answered by the gateway alone.
	probePath = "/openapi.json"
)

// probe asks for one page again and again, each time on a new connection.
type probe struct {
	url  string
	http *http.Client

	requests, refused, failed int
	answered                  time.Time
	away                      time.Duration
	problem                   error
}

func newProbe(url string) (*probe, error) {
	if url == "" {
		return nil, errors.New("the installation's URL is missing")
	}
	return &probe{
		url:  url + probePath,
		http: &http.Client{Timeout: probeTimeout, Transport: &http.Transport{DisableKeepAlives: true}},
	}, nil
}

// run asks until the context ends.
func (p *probe) run(ctx context.Context) error {
	for ctx.Err() == nil {
		p.ask(context.WithoutCancel(ctx))
		if err := pause(ctx, probeInterval); err != nil {
			break
		}
	}
	return nil
}

// ask counts from the first answer on: before it the installation may be starting.
func (p *probe) ask(ctx context.Context) {
	status, err := p.get(ctx)
	if p.answered.IsZero() && err != nil {
		return
	}
	now := time.Now()
	p.requests++
	switch {
	case err != nil:
		p.refused++
		p.problem = err
		return
	case status != http.StatusOK:
		p.failed++
		p.problem = fmt.Errorf("answered %d", status)
	}
	if !p.answered.IsZero() {
		p.away = max(p.away, now.Sub(p.answered))
	}
	p.answered = now
}

func (p *probe) get(ctx context.Context) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := p.http.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}

// String says what was measured.
func (p *probe) String() string {
	return fmt.Sprintf("of %d probes %d were refused and %d failed; the longest time without an answer was %v",
		p.requests, p.refused, p.failed, p.away.Round(time.Millisecond))
}

// judge wants the port away no longer than the limit; with a limit of nothing, no request may have been lost.
func (p *probe) judge(limit time.Duration) error {
	switch {
	case p.requests == 0:
		return errors.New("nothing ever answered")
	case limit == 0 && p.refused+p.failed > 0:
		return fmt.Errorf("%d requests were lost behind the proxy, the last: %w", p.refused+p.failed, p.problem)
	case limit > 0 && p.refused > 0 && p.away > limit:
		return fmt.Errorf("the public port was away for %v, allowed are %v", p.away.Round(time.Millisecond), limit)
	}
	return nil
}
