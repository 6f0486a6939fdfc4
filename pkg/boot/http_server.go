package boot

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"github.com/propusk-id/propusk/pkg/rpc"
)

const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	// answerTimeout bounds a whole answer, from the request's header on; events have no end.
	answerTimeout = 2 * time.Minute
	// StallTimeout is how long an answer waits for a reader that takes nothing.
	StallTimeout = 15 * time.Second
	// idleTimeout is longer than proxies keep a connection (60 s is usual), and than our own calls do: who sends
	// requests should be the one who closes.
	idleTimeout     = 75 * time.Second
	idleCallTimeout = time.Minute
	maxHeaderBytes  = 128 << 10
)

// NewHTTPServer is a server that nobody keeps busy by being slow: header, body, answer and the pause between requests
// have their times, and an answer that its reader takes nothing of is given up after stall.
func NewHTTPServer(h http.Handler, stall time.Duration) *http.Server {
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(&impatient{
				ResponseWriter: w, control: http.NewResponseController(w), stall: stall, end: time.Now().Add(answerTimeout),
			}, r)
		}),
		ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: answerTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
	}
}

// impatient is an answer that moves its deadline on with every write. Between the events of a stream there is none.
type impatient struct {
	http.ResponseWriter
	control *http.ResponseController
	stall   time.Duration
	end     time.Time
	wrote   bool
	stream  bool
}

// WriteHeader begins the answer.
func (i *impatient) WriteHeader(status int) {
	i.wrote = i.wrote || status >= http.StatusOK
	if i.stream = strings.HasPrefix(i.Header().Get("Content-Type"), "text/event-stream"); i.stream {
		// The server goes on reading, to notice that the client has gone: that has no end either.
		_ = i.control.SetReadDeadline(time.Time{})
		i.rest()
	}
	i.ResponseWriter.WriteHeader(status)
}

// Write waits for the reader, for a while.
func (i *impatient) Write(data []byte) (int, error) {
	if !i.wrote {
		i.WriteHeader(http.StatusOK)
	}
	i.hurry()
	defer i.rest()
	return i.ResponseWriter.Write(data)
}

// FlushError waits for the reader, for a while.
func (i *impatient) FlushError() error {
	i.hurry()
	defer i.rest()
	return i.control.Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (i *impatient) Unwrap() http.ResponseWriter { return i.ResponseWriter }

// hurry begins a wait. A connection without deadlines has none to set.
func (i *impatient) hurry() {
	until := time.Now().Add(i.stall)
	if !i.stream && until.After(i.end) {
		until = i.end
	}
	_ = i.control.SetWriteDeadline(until)
}

// rest ends a wait of a stream. What else is written last is sent only once the handler has returned.
func (i *impatient) rest() {
	if i.stream {
		_ = i.control.SetWriteDeadline(time.Time{})
	}
}

// Connections bounds how many a listener has at once.
type Connections struct {
	// InAll is for everybody together: more wait.
	InAll int
	// PerAddress is for one address, or the /64 of an IPv6 subscriber: more are closed, so that one alone cannot take all.
	PerAddress int
	// Proxies carry other people's connections: for them there is only the first bound.
	Proxies []netip.Prefix
}

// Bound puts the bounds before a listener.
func (c Connections) Bound(l net.Listener) net.Listener {
	return netutil.LimitListener(&perAddress{Listener: l, limits: c, open: map[string]int{}}, c.InAll)
}

// perAddress closes what an address has too many of.
type perAddress struct {
	net.Listener
	limits Connections
	mu     sync.Mutex
	open   map[string]int
}

// Accept waits for a connection of an address that may have one more.
func (p *perAddress) Accept() (net.Conn, error) {
	for {
		conn, err := p.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address, counted := p.limits.address(conn)
		if !counted {
			return conn, nil
		}
		if p.take(address) {
			return &countedConn{Conn: conn, release: sync.OnceFunc(func() { p.release(address) })}, nil
		}
		_ = conn.Close()
	}
}

// address is what a connection is counted by; false: it is a proxy's.
func (c Connections) address(conn net.Conn) (string, bool) {
	host, _, err := net.SplitHostPort(conn.RemoteAddr().String())
	if err != nil {
		return "", false
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return "", false
	}
	for _, proxy := range c.Proxies {
		if proxy.Contains(ip.Unmap()) {
			return "", false
		}
	}
	return rpc.Request{ClientIP: host}.Network(), true
}

func (p *perAddress) take(address string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[address] >= p.limits.PerAddress {
		return false
	}
	p.open[address]++
	return true
}

func (p *perAddress) release(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[address]--; p.open[address] == 0 {
		delete(p.open, address)
	}
}

type countedConn struct {
	net.Conn
	release func()
}

// Close makes room for another.
func (c *countedConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}
