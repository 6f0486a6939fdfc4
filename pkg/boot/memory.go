package boot

import (
	"context"
	"net"
	"sync"
)

// memory is a listener within the process, for HTTP. Not bufconn's, as gRPC has it: there a deadline that was lifted may
// still fire, and net/http, which sets one after every request, takes the caller of the next for gone.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func listenInMemory() *memory {
	return &memory{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// DialContext connects once the other end accepts.
func (m *memory) DialContext(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case m.conns <- there:
		return here, nil
	case <-m.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept waits for a caller.
func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

// Close lets nobody connect any more.
func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

// Addr names it.
func (m *memory) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

// Network names the way.
func (memoryAddr) Network() string { return "memory" }

// String has nothing to add.
func (memoryAddr) String() string { return "memory" }
