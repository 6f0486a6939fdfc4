package boot

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/pg"
)

// Service is what a process needs to know of a service to run it.
type Service struct {
	// Name is the service's name everywhere: schema, role, stream, certificate, network name.
	Name string
	// Migrations are the goose files of its schema; nil: the service has no database.
	Migrations fs.FS
	// Jobs says that it has River jobs.
	Jobs bool
	// Config is the zero value of its configuration: it tells which PROPUSK_<SERVICE>_* variables exist.
	Config any
	// SandboxOnly says why it must not run in production; empty: it may.
	SandboxOnly string
	// Run serves until the context ends.
	Run func(ctx context.Context, p *Platform) error
}

// checkEnvironment keeps what is simulated out of production.
func (s Service) checkEnvironment(e Environment) error {
	if s.SandboxOnly == "" || e == Sandbox {
		return nil
	}
	return errors.New(s.SandboxOnly + ": set PROPUSK_ENV=sandbox, or leave the service out")
}

func (s Service) prefix() string { return "PROPUSK_" + strings.ToUpper(s.Name) + "_" }

func (s Service) section() env.Section { return env.Section{Prefix: s.prefix(), Config: s.Config} }

// schemas are what the services need migrated; password gives the login of each role, or "".
func schemas(services []Service, password func(service string) (string, error)) ([]pg.Schema, error) {
	var out []pg.Schema
	for _, s := range services {
		if s.Migrations == nil {
			continue
		}
		pw, err := password(s.Name)
		if err != nil {
			return nil, err
		}
		out = append(out, pg.Schema{Service: s.Name, Migrations: s.Migrations, Jobs: s.Jobs, Password: pw})
	}
	return out, nil
}
