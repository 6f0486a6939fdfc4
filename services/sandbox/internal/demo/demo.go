// Package demo is the demo partner: an ordinary relying party that has a client at the authorization server and uses
// a stock OpenID Connect library. It reaches the server at INTERNAL_URL and expects PUBLIC_URL as the issuer.
package demo

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/propusk-id/propusk/services/sandbox/internal/app"
	"github.com/propusk-id/propusk/services/sandbox/internal/pages"
)

const (
	// retryAfter is how long a failed registration waits.
	retryAfter = 2 * time.Second
	// serverTimeout bounds a call to the authorization server.
	serverTimeout = 10 * time.Second
)

// Demo is the partner.
type Demo struct {
	Pages *pages.Pages
	App   *app.App
	Log   *slog.Logger
	Now   func() time.Time

	// publicURL is the installation's, site where the partner's own pages are.
	publicURL, site string
	client          *http.Client

	mu       sync.Mutex
	provider *oidc.Provider
}

// New is a partner of the installation at publicURL, which other servers reach at internalURL.
func New(publicURL, internalURL string) (*Demo, error) {
	public, err := url.Parse(publicURL)
	if err != nil {
		return nil, err
	}
	internal, err := url.Parse(internalURL)
	if err != nil {
		return nil, err
	}
	return &Demo{publicURL: publicURL, site: Site(publicURL), client: &http.Client{
		Timeout: serverTimeout, Transport: internalTransport{public: public, internal: internal},
	}}, nil
}

// Site is where the partner's pages are: another host than the installation's wherever this machine has one to give. A partner
// is another organisation, and browsers keep its cookies and its address apart.
func Site(publicURL string) string {
	u, err := url.Parse(publicURL)
	if err != nil || u.Scheme != "http" || u.Hostname() != "localhost" {
		return publicURL
	}
	u.Host = strings.Replace(u.Host, "localhost", "127.0.0.1", 1)
	return u.String()
}

// internalTransport sends requests for the public address to the internal one, with the public host.
type internalTransport struct{ public, internal *url.URL }

// RoundTrip sends one request.
func (t internalTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == t.public.Host {
		r = r.Clone(r.Context())
		r.Host = t.public.Host
		r.URL.Scheme, r.URL.Host = t.internal.Scheme, t.internal.Host
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Register registers the partner's client with the authorization server. Services start in any order, so it tries until
// it succeeds.
func (d *Demo) Register(ctx context.Context) error {
	for {
		err := d.App.RegisterDemo(ctx, d.site)
		if err == nil {
			return nil
		}
		d.Log.Info("the demo partner is not registered yet", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retryAfter):
		}
	}
}

// server discovers the authorization server and caches its metadata.
func (d *Demo) server(ctx context.Context) (*oidc.Provider, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.provider != nil {
		return d.provider, nil
	}
	// The provider keeps the context for fetching keys later.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), d.client), d.publicURL)
	d.provider = p
	return p, err
}

// relyingParty is the partner's client configuration, and the server.
func (d *Demo) relyingParty(ctx context.Context, scopes []string) (*oauth2.Config, *oidc.Provider, error) {
	server, err := d.server(ctx)
	if err != nil {
		return nil, nil, err
	}
	clientSecret, err := d.App.DemoSecret(ctx)
	return &oauth2.Config{
		ClientID: app.DemoClient, ClientSecret: clientSecret.Reveal(), Endpoint: server.Endpoint(),
		RedirectURL: d.site + "/demo/callback", Scopes: scopes,
	}, server, err
}

func (d *Demo) secure() bool { return strings.HasPrefix(d.site, "https://") }
