package boot

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

func TestStoppingEndsStreamsAndLetsRequestsFinish(t *testing.T) {
	var served atomic.Bool
	began, finish := make(chan struct{}, 2), make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/stream", func(_ http.ResponseWriter, r *http.Request) {
		began <- struct{}{}
		<-r.Context().Done()
		close(finish) // the request below may only now
	})
	mux.HandleFunc("/request", func(w http.ResponseWriter, _ *http.Request) {
		began <- struct{}{}
		<-finish
		served.Store(true)
		w.WriteHeader(http.StatusTeapot)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	stopped := make(chan error, 1)
	go func() { stopped <- ServeListener(ctx, server, func() error { return server.Serve(l) }) }()

	answers := make(chan int, 1)
	go fetch(t, "http://"+l.Addr().String()+"/request", "", answers)
	go fetch(t, "http://"+l.Addr().String()+"/stream", "text/event-stream", nil)
	<-began
	<-began
	stop()
	select {
	case err := <-stopped:
		if err != nil || !served.Load() {
			t.Errorf("stopped with %v; the request under way was served: %v", err, served.Load())
		}
	case <-time.After(drainTime / 2):
		t.Fatal("the stream kept the server up")
	}
	if code := <-answers; code != http.StatusTeapot {
		t.Errorf("the request under way got %d", code)
	}
}

func fetch(t *testing.T, url, accept string, answer chan<- int) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || answer == nil {
		return
	}
	_ = resp.Body.Close()
	answer <- resp.StatusCode
}
