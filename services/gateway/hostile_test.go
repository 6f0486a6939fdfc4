package gateway_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

func (n *neighbours) ListAddresses(
	ctx context.Context, _ *profilev1.ListAddressesRequest,
) (*profilev1.ListAddressesResponse, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.metadata, _ = metadata.FromIncomingContext(ctx)
	n.deadline, _ = ctx.Deadline()
	return &profilev1.ListAddressesResponse{}, nil
}

// The bearer token is account's to know and nobody else's, and how long a call may take is ours to say.
func TestServicesGetNothingOfTheCallersHeaders(t *testing.T) {
	s := start(t)
	a := s.call("GET", "/v1/me/addresses", "", append(bearer(),
		"Grpc-Timeout", "9H", "Grpc-Metadata-Propusk-User", "me", "X-Forwarded-Host", "evil.example")...)
	if a.StatusCode != http.StatusOK {
		t.Fatal(a.body)
	}
	s.back.mu.Lock()
	defer s.back.mu.Unlock()
	for name, values := range s.back.metadata {
		for _, v := range values {
			if strings.Contains(v, restToken) || strings.Contains(v, "evil.example") || v == "me" {
				t.Errorf("a service gets %s: %s", name, v)
			}
		}
	}
	if time.Until(s.back.deadline) > time.Minute {
		t.Errorf("the caller has the call last until %s", s.back.deadline)
	}
}

// What cannot travel between services is the caller's mistake, not ours.
func TestBytesThatAreNoText(t *testing.T) {
	s := start(t)
	for name, c := range map[string]struct {
		path, code string
		headers    []string
	}{
		"path":            {"/v1/me/addresses/%FF", "REQUEST_MALFORMED", nil},
		"query":           {"/v1/me/addresses?accountId=%FF", "REQUEST_MALFORMED", nil},
		"Idempotency-Key": {"/v1/me/addresses", "IDEMPOTENCY_KEY_INVALID", []string{"Idempotency-Key", "ключ-ключ"}},
	} {
		a := s.call("GET", c.path, "", append(bearer(), c.headers...)...)
		if a.StatusCode >= 500 || a.StatusCode < 400 || !strings.Contains(a.body, c.code) {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
}

// Some proxies add a header of their own behind the caller's instead of adding to it.
func TestTheLastForwardedAddressCounts(t *testing.T) {
	s := startWith(t, map[string]string{"PROPUSK_GATEWAY_PROXIES": "127.0.0.0/8", "PROPUSK_GATEWAY_REQUESTS_PER_MINUTE": "2"})
	throttled := 0
	for i := range 6 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"+
			"X-Forwarded-For: 198.51.100.%d\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n", i)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_, _ = resp.Body.Close(), conn.Close()
		if resp.StatusCode == http.StatusTooManyRequests {
			throttled++
		}
	}
	if throttled == 0 {
		t.Error("a caller passes for another address at every request")
	}
}
