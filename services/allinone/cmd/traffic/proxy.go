package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
)

const (
	gatewayPort    = "8080"
	managementPort = "9090"

	checkInterval = 300 * time.Millisecond
	checkTimeout  = time.Second
	dialTimeout   = time.Second
)

var errNoGateway = errors.New("no gateway is ready")

// proxy is what operators have in front of two gateways: it asks each whether it is ready, and hands what it could not
// connect for to another. It repeats nothing that a gateway may have seen.
type proxy struct {
	name     string
	client   *http.Client
	listener net.Listener

	mu    sync.Mutex
	ready []string
	turn  int
}

// newProxy stands where the installation's URL leads to.
func newProxy(ctx context.Context, name, public string) (*proxy, error) {
	u, err := url.Parse(public)
	if err != nil {
		return nil, err
	}
	p := &proxy{name: name, client: &http.Client{Timeout: checkTimeout}}
	if p.check(ctx); len(p.ready) == 0 {
		return nil, errNoGateway
	}
	p.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", ":"+u.Port())
	return p, err
}

func (p *proxy) serve(ctx context.Context) error {
	var checking sync.WaitGroup
	checking.Go(func() {
		for pause(ctx, checkInterval) == nil {
			p.check(ctx)
		}
	})
	defer checking.Wait()
	handler := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: p.name})
			r.Out.Host = r.In.Host
		},
		Transport:     &http.Transport{DialContext: p.dial, DisableKeepAlives: true},
		FlushInterval: -1,
	}
	server := boot.NewHTTPServer(handler, boot.StallTimeout)
	return boot.ServeListener(ctx, server, func() error { return server.Serve(p.listener) })
}

// check finds the gateways that say that they are ready.
func (p *proxy) check(ctx context.Context) {
	addresses, err := net.DefaultResolver.LookupHost(ctx, p.name)
	if err != nil {
		return
	}
	ready := slices.DeleteFunc(addresses, func(a string) bool {
		req, err := http.NewRequestWithContext(
			ctx, http.MethodGet, "http://"+net.JoinHostPort(a, managementPort)+"/readyz", nil)
		if err != nil {
			return true
		}
		resp, err := p.client.Do(req)
		if err != nil {
			return true
		}
		_ = resp.Body.Close()
		return resp.StatusCode != http.StatusOK
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready = ready
}

// dial connects to the gateway whose turn it is, or else to the next.
func (p *proxy) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	p.mu.Lock()
	p.turn++
	ready, turn := p.ready, p.turn
	p.mu.Unlock()
	err := errNoGateway
	dialer := net.Dialer{Timeout: dialTimeout}
	for i := range ready {
		var conn net.Conn
		conn, err = dialer.DialContext(ctx, network, net.JoinHostPort(ready[(turn+i)%len(ready)], gatewayPort))
		if err == nil {
			return conn, nil
		}
	}
	return nil, err
}
