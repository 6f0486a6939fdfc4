//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// Start starts the server again, on the same data and socket, after Kill.
func (s *PostgresServer) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.start(ctx)
}

// Kill ends the server and all its processes as a power cut would.
func (s *PostgresServer) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endWatch()
	if s.proc != nil && !s.proc.ended() {
		s.proc.killTree()
	}
}

// Stop ends the server in order and frees what it held; a server without a Dir
// is removed. Call it last, when nothing uses the server. It may be called twice.
func (s *PostgresServer) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endWatch()
	s.shutDown()
	var err error
	switch {
	case s.place.home == "": // it never got so far
	case s.o.Dir == "":
		err = removeThrowaway(s.place)
	default:
		_ = os.Remove(s.place.sockets) // stays if another server's socket is in it
	}
	err = errors.Join(err, s.lock.release())
	s.lock = nil
	return err
}

func (s *PostgresServer) start(ctx context.Context) error {
	if s.proc != nil && !s.proc.ended() {
		return errors.New("the server is running already")
	}
	if err := checkSocketPath(s.place.socket()); err != nil {
		return err
	}
	if err := privateDir(s.place.sockets, s.place.owner, 0o700); err != nil {
		return err
	}
	// What an ended server wrote last is kept for who asks why it ended.
	if err := os.Rename(s.place.log(), s.place.log()+".last"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	log, err := os.OpenFile(s.place.log(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the server has its own
	cmd := s.command()
	cmd.Stdout, cmd.Stderr = log, log
	if s.proc, err = startProcess(cmd); err != nil {
		return err
	}
	if err := s.proc.poll(ctx, s.ready); err != nil {
		s.shutDown()
		return fmt.Errorf("the server did not start (it wrote: %s): %w", tail(s.place.log()), err)
	}
	s.o.Log.InfoContext(ctx, "PostgreSQL is up", "version", s.binaries.Version, "socket", s.place.sockets)
	s.keepUp()
	return nil
}

// ready does not take the file of a dead predecessor for this server's.
func (s *PostgresServer) ready() bool {
	pm, ok := readPostmaster(s.place.data())
	return ok && pm.pid == s.proc.pid && pm.ready
}

func (s *PostgresServer) command() *exec.Cmd {
	args := []string{"-D", s.place.data(), "-k", s.place.sockets, "-p", strconv.Itoa(postgresPort)}
	for _, setting := range s.settings() {
		args = append(args, "-c", setting)
	}
	cmd := s.place.owner.Command(context.Background(), s.binaries.Program("postgres"), args...)
	cmd.SysProcAttr.Setpgid = true
	if s.o.Dir == "" {
		// Not SIGKILL, which would leave a shared memory segment behind each time.
		dieWithParent(cmd.SysProcAttr, syscall.SIGQUIT)
	}
	return cmd
}

func (s *PostgresServer) settings() []string {
	settings := []string{
		"listen_addresses=",
		"unix_socket_permissions=0700",
		"max_connections=" + strconv.Itoa(s.o.MaxConnections),
		"cluster_name=" + s.o.Purpose,
		"timezone=UTC",
		"log_timezone=UTC",
	}
	if s.o.Dir == "" {
		settings = append(settings, "shared_buffers=64MB", "max_wal_size=256MB")
	}
	if s.o.FastUnsafe {
		settings = append(settings, "fsync=off", "full_page_writes=off", "synchronous_commit=off",
			"wal_level=minimal", "max_wal_senders=0", "jit=off")
	}
	return settings
}

// shutDown asks in ever firmer words. What is thrown away is not asked to write
// its memory to disk first.
func (s *PostgresServer) shutDown() {
	if s.proc == nil || s.proc.ended() {
		return
	}
	if s.o.Dir != "" {
		s.proc.signal(syscall.SIGINT) // fast: ends sessions, then a checkpoint
		if s.proc.endedWithin(time.Minute) {
			return
		}
	}
	s.proc.signal(syscall.SIGQUIT) // immediate: the next start recovers from the log
	if !s.proc.endedWithin(10 * time.Second) {
		s.proc.killTree()
	}
}
