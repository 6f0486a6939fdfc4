package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// What one installation on one machine may take. They are explicit because the
// server's own limits are shares of the machine's memory and disk.
const (
	defaultNATSMemory  = 64 << 20
	defaultNATSStore   = 64 << 30
	defaultNATSPayload = 1 << 20
	natsStart          = 30 * time.Second
)

// NATSOptions configure an embedded nats-server.
type NATSOptions struct {
	StoreDir   string       // where streams are kept; it must be this server's alone
	MaxMemory  int64        // bytes for streams kept in memory; 64 MiB if 0
	MaxStore   int64        // bytes for streams kept in files; 64 GiB if 0
	MaxPayload int32        // bytes in a message; 1 MiB if 0
	Log        *slog.Logger // nothing is logged if nil
}

// NATSServer is a nats-server with JetStream inside this process. It listens on
// no port: only this process can connect. When its disk was full and has room
// again, it starts anew, and what [NATSServer.Connect] opened reconnects.
type NATSServer struct {
	o    NATSOptions
	lock *fileLock
	// unwatch ends the watch over the server, which closes unwatched.
	unwatch   context.CancelFunc
	unwatched chan struct{}

	mu     sync.Mutex
	server *server.Server
}

// NATS starts a nats-server inside this process. Every stored message is synced
// to disk before it is acknowledged. The context bounds only the start.
func NATS(ctx context.Context, o NATSOptions) (*NATSServer, error) {
	if o.StoreDir == "" {
		return nil, errors.New("NATSOptions.StoreDir is empty: name the directory where streams are kept")
	}
	if err := os.MkdirAll(o.StoreDir, 0o700); err != nil {
		return nil, fmt.Errorf("making the directory of NATS's streams: %w", err)
	}
	lock, err := lockRun(filepath.Join(o.StoreDir, "nats.lock"))
	if err != nil {
		return nil, err
	}
	s, err := startNATS(ctx, o)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	out := &NATSServer{o: o, lock: lock, server: s, unwatched: make(chan struct{})}
	watching, unwatch := context.WithCancel(context.WithoutCancel(ctx))
	out.unwatch = unwatch
	go out.watch(watching)
	return out, nil
}

// Connect opens a connection that goes through memory.
func (s *NATSServer) Connect(opts ...nats.Option) (*nats.Conn, error) {
	return nats.Connect(nats.DefaultURL, append(opts, nats.InProcessServer(s))...)
}

// InProcessConn is one end of a pipe to the server that runs now. Connections ask
// for it whenever they connect again.
func (s *NATSServer) InProcessConn() (net.Conn, error) { return s.running().InProcessConn() }

func (s *NATSServer) running() *server.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.server
}

// Shutdown closes every connection, flushes the streams and returns when all is
// done. It may be called twice.
func (s *NATSServer) Shutdown() {
	s.unwatch()
	<-s.unwatched
	s.running().Shutdown()
	s.running().WaitForShutdown()
	_ = s.lock.release() // the second time it is free already
}

func startNATS(ctx context.Context, o NATSOptions) (*server.Server, error) {
	s, err := server.NewServer(natsServerOptions(o))
	if err != nil {
		return nil, fmt.Errorf("configuring the embedded NATS: %w", err)
	}
	log := newNATSLog(o.Log)
	s.SetLoggerV2(log, false, false, false)
	started, ready := make(chan struct{}), make(chan bool, 1)
	go func() {
		s.Start()
		close(started)
		ready <- s.ReadyForConnections(natsStart) && s.JetStreamEnabled()
	}()
	select {
	case ok := <-ready:
		if ok {
			return s, nil
		}
		err = fmt.Errorf("the embedded NATS did not start in %v", natsStart)
	case reason := <-log.fatal:
		err = fmt.Errorf("the embedded NATS cannot keep its streams in %s: %s", o.StoreDir, reason)
	case <-ctx.Done():
		err = ctx.Err()
	}
	<-started // a server that is still starting would go on after Shutdown
	s.Shutdown()
	s.WaitForShutdown()
	return nil, err
}

func natsServerOptions(o NATSOptions) *server.Options {
	return &server.Options{
		ServerName:         "propusk",
		DontListen:         true,
		NoSigs:             true, // signals are the host process's business
		MaxPayload:         cmp.Or(o.MaxPayload, defaultNATSPayload),
		JetStream:          true,
		StoreDir:           o.StoreDir,
		JetStreamMaxMemory: cmp.Or(o.MaxMemory, defaultNATSMemory),
		JetStreamMaxStore:  cmp.Or(o.MaxStore, defaultNATSStore),
		SyncAlways:         true,
	}
}
