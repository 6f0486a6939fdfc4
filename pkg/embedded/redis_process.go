//go:build unix

package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/propusk-id/propusk/pkg/embedded/internal/locate"
)

// RedisProcess is a real redis-server on a private Unix socket. It keeps nothing
// on disk and ends with this process (on Linux, even if that is killed).
type RedisProcess struct {
	program string
	dir     string
	remove  bool // the directory is ours

	mu   sync.Mutex
	proc *process
}

// RealRedis starts redis-server with its socket in dir, which must have a short
// path and be this server's alone; an empty dir is a temporary one. The context
// bounds only the start.
func RealRedis(ctx context.Context, dir string) (*RedisProcess, error) {
	program, err := locate.Redis(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	r := &RedisProcess{program: program, dir: dir}
	if err := r.prepareDir(); err != nil {
		return nil, err
	}
	if err := r.Start(ctx); err != nil {
		return nil, errors.Join(err, r.Stop())
	}
	return r, nil
}

// URL returns the address as go-redis's ParseURL reads it.
func (r *RedisProcess) URL() string {
	u := url.URL{Scheme: "unix", Path: r.socket()}
	return u.String()
}

// Start starts the server again, empty and on the same socket, after Kill.
func (r *RedisProcess) Start(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.proc != nil && !r.proc.ended() {
		return errors.New("redis-server is running already")
	}
	proc, err := startProcess(r.command())
	if err != nil {
		return err
	}
	r.proc = proc
	if err := proc.poll(ctx, r.answers); err != nil {
		proc.signal(syscall.SIGKILL)
		<-proc.done
		return fmt.Errorf("redis-server did not start (it wrote: %s): %w", tail(r.logFile()), err)
	}
	return nil
}

// Kill ends the server as a power cut would: what it held is gone.
func (r *RedisProcess) Kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.proc != nil {
		r.proc.signal(syscall.SIGKILL)
		<-r.proc.done
	}
}

// Stop ends the server and removes what it left. It may be called twice.
func (r *RedisProcess) Stop() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.proc != nil {
		r.proc.signal(syscall.SIGTERM)
		if !r.proc.endedWithin(5 * time.Second) {
			r.proc.signal(syscall.SIGKILL)
			<-r.proc.done
		}
	}
	if r.remove {
		return os.RemoveAll(r.dir)
	}
	return errors.Join(removeIfThere(r.socket()), removeIfThere(r.logFile()))
}

func (r *RedisProcess) prepareDir() (err error) {
	if r.dir == "" {
		r.remove = true
		if r.dir, err = os.MkdirTemp("/tmp", "propusk-redis-"); err != nil {
			return err
		}
	}
	if r.dir, err = filepath.Abs(r.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return err
	}
	return checkSocketPath(r.socket())
}

func (r *RedisProcess) socket() string  { return filepath.Join(r.dir, "redis.sock") }
func (r *RedisProcess) logFile() string { return filepath.Join(r.dir, "redis.log") }

func (r *RedisProcess) command() *exec.Cmd {
	cmd := exec.Command(r.program,
		"--port", "0", // no TCP
		"--unixsocket", r.socket(), "--unixsocketperm", "700",
		"--dir", r.dir, "--logfile", r.logFile(),
		"--save", "", "--appendonly", "no", // nothing is kept: the design lets Redis lose all
		"--maxmemory", "256mb", "--maxmemory-policy", "noeviction", // as in an installation
		"--daemonize", "no")
	// Its own group: Ctrl-C must reach this process first, and it stops Redis.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr, syscall.SIGKILL)
	return cmd
}

// answers says whether the server is up: the socket appears before it serves.
func (r *RedisProcess) answers() bool {
	conn, err := net.DialTimeout("unix", r.socket(), time.Second)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Second)) // a lost deadline only waits longer
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	reply, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.HasPrefix(reply, "+PONG")
}
