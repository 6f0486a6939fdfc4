package boot

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"
)

// TestAProcessSaysThatItStopsBeforeItDoes asks between the two.
func TestAProcessSaysThatItStopsBeforeItDoes(t *testing.T) {
	const delay = time.Second
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := newHealth()
	told, tell := context.WithCancel(t.Context())
	ctx := delayShutdown(told, delay, h)
	server := &http.Server{
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: time.Second,
	}
	stopped := make(chan error, 1)
	go func() { stopped <- ServeListener(ctx, server, func() error { return server.Serve(l) }) }()
	get := func() (*http.Response, error) {
		resp, err := http.Get("http://" + l.Addr().String())
		if err == nil {
			_ = resp.Body.Close()
		}
		return resp, err
	}
	if resp, err := get(); err != nil || resp.Close || h.problem(t.Context()) != nil {
		t.Fatalf("before: %v, %v", err, h.problem(t.Context()))
	}
	begin := time.Now()
	tell()
	select {
	case <-h.stopping:
	case <-time.After(delay):
		t.Fatal("it does not say that it stops")
	}
	if h.problem(t.Context()) == nil {
		t.Error("it calls itself ready though it stops")
	}
	if resp, err := get(); err != nil || !resp.Close {
		t.Errorf("it serves no more, or keeps connections: %v", err)
	}
	if err := <-stopped; err != nil || time.Since(begin) < delay {
		t.Errorf("it stopped after %v: %v", time.Since(begin), err)
	}
	if _, err := get(); err == nil {
		t.Error("it never stopped")
	}
}
