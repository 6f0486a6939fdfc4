package allinone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/propusk-id/propusk/pkg/backup"
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/embedded"
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/secret"
)

// use is what a command asks of an installation.
type use int

const (
	// whileItRuns works on a running installation too.
	whileItRuns use = iota
	// whileItRests wants one whose services do not run and whose streams are empty.
	whileItRests
)

// onInstallation finds the installation that the environment means: services in processes of their own, whose secrets
// lie below a directory, or else the one process.
func onInstallation(
	ctx context.Context, secretsRoot string, how use, do func(i backup.Installation, keys backup.Keys) error,
) error {
	if secretsRoot == "" {
		return onOneProcess(ctx, how, do)
	}
	shared, err := loadShared()
	if err != nil {
		return err
	}
	if shared, err = asAdministrator(shared); err != nil {
		return err
	}
	if how == whileItRests {
		if err := boot.CheckStreamsEmpty(ctx, shared, secretsRoot); err != nil {
			return err
		}
	}
	return doOn(shared, Services(), secretsRoot, do)
}

func doOn(
	c boot.Config, services []boot.Service, secretsRoot string, do func(i backup.Installation, keys backup.Keys) error,
) error {
	// The next start, or migrate, gives roles their passwords.
	schemas, err := boot.Schemas(services, func(string) (string, error) { return "", nil })
	if err != nil {
		return err
	}
	return do(backup.Installation{
		Database: c.AdminDatabase(), Schemas: schemas, SecretsRoot: secretsRoot, Now: time.Now,
	}, backup.Keys{KEK: c.KEK})
}

// onOneProcess uses the database of a run that is up, or starts it meanwhile.
func onOneProcess(ctx context.Context, how use, do func(i backup.Installation, keys backup.Keys) error) (err error) {
	vars, err := env.Environ()
	if err != nil {
		return err
	}
	s, err := load(vars)
	if err != nil {
		return err
	}
	if how == whileItRests {
		if err := s.checkNoEvents(); err != nil {
			return err
		}
	}
	address, running := "", false
	if how == whileItRuns {
		address, running, err = embedded.RunningPostgres(s.own.DataDir)
	}
	if err != nil {
		return err
	}
	switch {
	case s.isSet("DATABASE_URL"):
	case running:
		s.shared.DatabaseURL = secret.New(address)
	case how == whileItRuns && !embedded.HasPostgres(s.own.DataDir):
		return fmt.Errorf("%s has no installation: set PROPUSK_DATA_DIR to the directory of one, or DATABASE_URL", s.own.DataDir)
	default:
		progress := slog.New(terminalHandler{w: os.Stderr, level: slog.LevelInfo})
		server, err := embedded.Postgres(ctx, embedded.PostgresOptions{Dir: s.own.DataDir, Log: progress})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		s.shared.DatabaseURL = secret.New(server.URL())
	}
	return doOn(s.shared, s.services, s.shared.SecretsDir, do)
}

// checkNoEvents refuses streams of another installation: they tell of what the restored one never had.
func (s *settings) checkNoEvents() error {
	if s.isSet("NATS_URL") {
		return nil
	}
	things, err := os.ReadDir(s.path("nats"))
	if len(things) > 0 {
		err = fmt.Errorf("%s has events of another installation: move it away, or restore with another PROPUSK_DATA_DIR",
			s.path("nats"))
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
