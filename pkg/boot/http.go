package boot

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"runtime/debug"
	"slices"
	"time"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	// unavailableRetry is when to ask again for a service that cannot be reached: after a restart it is back in seconds.
	unavailableRetry = 3 * time.Second
	// responseHeaderTimeout bounds the wait for the beginning of an answer.
	responseHeaderTimeout = time.Minute
	idleHTTPConnections   = 64
)

// ServeHTTP offers a handler to the gateway, which forwards this service's public paths to it. What the gateway knows of
// a request is in its context: [rpc.RequestOf], [rpc.UserOf], the trace.
func (p *Platform) ServeHTTP(h http.Handler) {
	p.used.http = true
	p.Go(func(ctx context.Context) error { return p.network.serveHTTP(ctx, p.Service, p.receive(h)) })
}

// Withheld are cookies that are not for the service that a request goes on to.
type Withheld struct {
	// Cookies stay here altogether.
	Cookies []string
	// Values stay here; that there is a cookie of the name goes along.
	Values []string
}

// HTTPTo is the handler that another service offers by ServeHTTP. What it gets is the caller's request, less what is
// withheld, and what the request's context says, whether it runs in this process or in another.
func (p *Platform) HTTPTo(service string, withheld Withheld) (http.Handler, error) {
	transport := &http.Transport{
		MaxIdleConnsPerHost: idleHTTPConnections, ResponseHeaderTimeout: responseHeaderTimeout, DisableCompression: true,
		IdleConnTimeout: idleCallTimeout,
	}
	target, way, err := p.network.httpTo(p.Service, service, transport)
	if err != nil {
		return nil, err
	}
	p.stops = append(p.stops, transport.CloseIdleConnections)
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { send(r, target, withheld) },
		Transport: way,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			p.unreachable(w, r, service, err)
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxy.ServeHTTP(&overriding{ResponseWriter: w, header: http.Header{}}, r)
	}), nil
}

// send turns the caller's request into the one that goes on.
func send(r *httputil.ProxyRequest, target *url.URL, withheld Withheld) {
	r.SetURL(target)
	r.Out.Host, r.Out.URL.RawQuery = r.In.Host, r.In.URL.RawQuery
	rpc.ToHTTP(r.In.Context(), r.Out.Header)
	withheld.takeFrom(r.Out)
}

// takeFrom takes the cookies out of a request.
func (w Withheld) takeFrom(r *http.Request) {
	cookies := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range cookies {
		if slices.Contains(w.Cookies, c.Name) {
			continue
		}
		if slices.Contains(w.Values, c.Name) {
			c.Value = ""
		}
		r.AddCookie(c)
	}
}

// receive admits only the gateway, and puts what it says of the request into the context.
func (p *Platform) receive(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rpc.CallerOf(r.Context()) != keyring.Minter {
			http.Error(w, "only "+keyring.Minter+" may call", http.StatusForbidden)
			return
		}
		ctx, err := rpc.FromHTTP(r.Context(), r.Header, p.verifier)
		if err != nil {
			errs.WriteProblem(w, r, errs.Refusal(err, nil))
			return
		}
		r = r.WithContext(ctx)
		req := rpc.RequestOf(ctx)
		r.RemoteAddr, r.TLS = net.JoinHostPort(req.ClientIP, "0"), nil
		answer := &overriding{ResponseWriter: w, header: w.Header()}
		defer p.served(answer, r)
		h.ServeHTTP(answer, r)
	})
}

// served logs the request and turns a panic into a refusal.
func (p *Platform) served(w *overriding, r *http.Request) {
	cause := recover()
	if cause == http.ErrAbortHandler { //nolint:errorlint,err113 // net/http compares it this way
		panic(cause)
	}
	id := rpc.RequestOf(r.Context()).ID
	if cause != nil {
		p.Log.Error("panic", "panic", cause, "stack", string(debug.Stack()), "request_id", id)
		if w.wrote {
			panic(http.ErrAbortHandler)
		}
		errs.WriteProblem(w, r, errs.New(errorsv1.Reason_INTERNAL, "internal error"))
	}
	p.Log.Info("request", "method", r.Method, "route", r.Pattern, "request_id", id)
}

// unreachable answers in place of a service that did not.
func (p *Platform) unreachable(w http.ResponseWriter, r *http.Request, service string, cause error) {
	var tooLarge *http.MaxBytesError
	if errors.As(cause, &tooLarge) {
		errs.WriteProblem(w, r, errs.Wrap(cause, errorsv1.Reason_PAYLOAD_TOO_LARGE, "the body is too large"))
		return
	}
	if !errors.Is(cause, context.Canceled) {
		p.Log.WarnContext(r.Context(), "a service cannot be reached", "to", service, "error", cause)
	}
	e := errs.Wrap(cause, errorsv1.Reason_UNAVAILABLE, service+" cannot be reached").After(unavailableRetry)
	errs.WriteProblem(w, r, e)
}

// overriding has an answer's headers replace those of the same name that stand already: httputil adds them.
type overriding struct {
	http.ResponseWriter
	header http.Header
	wrote  bool
}

// Header is the answer's own.
func (o *overriding) Header() http.Header { return o.header }

// WriteHeader begins the answer.
func (o *overriding) WriteHeader(status int) {
	maps.Copy(o.ResponseWriter.Header(), o.header)
	o.wrote = o.wrote || status >= http.StatusOK
	o.ResponseWriter.WriteHeader(status)
}

// Write begins the answer when nothing else has.
func (o *overriding) Write(data []byte) (int, error) {
	if !o.wrote {
		o.WriteHeader(http.StatusOK)
	}
	return o.ResponseWriter.Write(data)
}

// Unwrap lets what streams reach the connection.
func (o *overriding) Unwrap() http.ResponseWriter { return o.ResponseWriter }
