package journey

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Client calls the REST API as a careful front end does: a request without a clear answer is sent again with the same
// idempotency key.
type Client struct {
	// URL is the installation's origin.
	URL  string
	HTTP *http.Client
	// Patience is how long a request is repeated while services are unavailable; zero: not at all.
	Patience time.Duration
	// Token is the bearer token once signed in.
	Token string
	// Device is the token of the device, which an app keeps once it was given one.
	Device string
}

// Problem is a problem document.
type Problem struct {
	Status     int
	Code       string
	Detail     string
	RetryAfter time.Duration
	Errors     []struct{ Pointer, Code string }
}

// Error names the problem.
func (p *Problem) Error() string { return fmt.Sprintf("%d %s %v", p.Status, p.Code, p.Errors) }

// IsProblem says whether err is the problem with this code.
func IsProblem(err error, code string) bool {
	var p *Problem
	return errors.As(err, &p) && p.Code == code
}

const retryPause = 200 * time.Millisecond

// Call sends in as JSON and reads the answer into out; either may be nil.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	return c.CallWithKey(ctx, uuid.NewString(), method, path, in, out)
}

// CallWithKey is Call with the caller's idempotency key.
func (c *Client) CallWithKey(ctx context.Context, key, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(c.Patience)
	for {
		err := c.once(ctx, key, method, path, body, in != nil, out)
		if err == nil || !isTransient(err) || time.Now().After(deadline) {
			return err
		}
		if err := pause(ctx, retryPause); err != nil {
			return err
		}
	}
}

// isTransient says whether the same request may succeed later.
func isTransient(err error) bool {
	var p *Problem
	if errors.As(err, &p) {
		return p.Status >= http.StatusInternalServerError
	}
	var u *url.Error
	return errors.As(err, &u) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

func (c *Client) once(ctx context.Context, key, method, path string, body []byte, hasBody bool, out any) error {
	var content io.Reader = http.NoBody
	if hasBody {
		content = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, content)
	if err != nil {
		return err
	}
	req.Header.Set("Idempotency-Key", key)
	req.Header.Set("Accept-Language", "en")
	if hasBody {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return problemOf(resp, answer)
	}
	if out == nil || len(answer) == 0 {
		return nil
	}
	return json.Unmarshal(answer, out)
}

func problemOf(resp *http.Response, answer []byte) error {
	p := &Problem{}
	if err := json.Unmarshal(answer, p); err != nil {
		p.Detail = string(answer)
	}
	p.Status = resp.StatusCode
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		p.RetryAfter = time.Duration(s) * time.Second
	}
	return p
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
