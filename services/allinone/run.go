package allinone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"syscall"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/env"
)

// Run serves everything until the context ends: the services stop first, then the stores. The page for the person
// at the terminal goes to stdout, progress and warnings to stderr.
func Run(ctx context.Context, vars env.Vars, stdout, stderr io.Writer) (err error) {
	s, err := load(vars)
	if err != nil {
		return err
	}
	progress := slog.New(terminalHandler{w: stderr, level: slog.LevelInfo})
	progress.Info("Starting PostgreSQL, Redis and NATS…")
	stores, err := s.openStores(ctx, progress)
	defer func() {
		err = errors.Join(err, stores.close())
		progress.Info("Stopped.")
	}()
	if err != nil {
		return err
	}
	if err := s.checkPorts(ctx); err != nil {
		return err
	}
	log, closeLog, err := s.openLog(stderr)
	if err != nil {
		return err
	}
	defer closeLog()
	progress.Info("Starting the services…")
	ctx, stop := stores.whileUp(ctx)
	defer stop(nil)
	defer context.AfterFunc(ctx, func() { progress.Info("Stopping… (Ctrl-C again stops at once)") })()
	process := &boot.InProcess{
		Services: s.services, Vars: s.vars, Env: s.shared, Log: log, NATS: stores.connect, Manage: true,
		Ready: func() { s.printPage(stdout) },
	}
	stopTracing, err := boot.StartTracing(ctx, "propusk")
	if err != nil {
		return err
	}
	err = errors.Join(process.Run(ctx), stopTracing(context.WithoutCancel(ctx)))
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(err, cause) // a store that is gone for good
	}
	return err
}

// checkPorts says in words which port is taken, before anything is migrated or served.
func (s *settings) checkPorts(ctx context.Context) error {
	for _, p := range []struct{ addr, variable, advice string }{
		{s.gateway, "PROPUSK_GATEWAY_LISTEN", "PROPUSK_GATEWAY_LISTEN=127.0.0.1:8081"},
		{s.shared.ManagementListen, "PROPUSK_MANAGEMENT_LISTEN", "PROPUSK_MANAGEMENT_LISTEN=127.0.0.1:9091"},
	} {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.addr)
		if errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("%s is taken by another program: stop that, or choose another address, like %s make run",
				p.addr, p.advice)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.variable, err)
		}
		if err := l.Close(); err != nil {
			return err
		}
	}
	return nil
}
