package gateway

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/secret"
)

const (
	selfCheckTimeout = 10 * time.Second
	selfCheckBody    = 1 << 16
)

// checkPublicURL asks the public URL once for a path that nobody else knows: a wrong one is noticed by people only,
// in links that lead elsewhere and in forms that are refused.
func checkPublicURL(ctx context.Context, p *boot.Platform, after time.Duration) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(after):
	}
	log := p.Log.With("public_url", p.Env.PublicURL)
	itself, err := answersAsWe(ctx, p.Env.PublicURL)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		log.Warn("PUBLIC_URL could not be asked whether it leads here: check it, unless only browsers can reach it", "error", err)
	case !itself:
		log.Warn("PUBLIC_URL leads to something else: set it to the address under which browsers reach this gateway")
	default:
		log.Info("PUBLIC_URL leads here")
	}
}

// answersAsWe says whether a made-up path gets the problem document that we would give.
func answersAsWe(ctx context.Context, publicURL string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, selfCheckTimeout)
	defer cancel()
	path := "/v1/" + secret.NewRandomID()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, publicURL+path, http.NoBody)
	if err != nil {
		return false, err
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		return false, err
	}
	defer func() { _ = resp.Body.Close() }()
	var problem struct{ Code, Instance string }
	err = json.NewDecoder(io.LimitReader(resp.Body, selfCheckBody)).Decode(&problem)
	return err == nil && problem.Code == "NOT_FOUND" && problem.Instance == path, nil
}
