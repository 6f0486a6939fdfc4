package boot

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/pg"
)

// Service is what a service says of itself. What it uses without having declared it, it does not get: then it does not
// start. Whatever lists services (containers, rights at the event server, routes, tables in the docs) is generated from
// these declarations by `make gen`.
type Service struct {
	// Name is the service's name everywhere: schema, role, stream, certificate, network name. One lower-case word.
	Name string
	// Owns is the data that is its own, in a few words.
	Owns string
	// Migrations are the goose files of its schema; nil: the service has no database.
	Migrations fs.FS
	// Jobs says that it has River jobs.
	Jobs bool
	// Config is the zero value of its configuration: it tells which PROPUSK_<SERVICE>_* variables exist.
	Config any
	// SandboxOnly says why it must not run in production; empty: it may.
	SandboxOnly string
	// Simulation says that it plays the outside world: production has the real one, and leaves it out.
	Simulation bool
	// Emits is the contract of the service's events, propusk/<service>/events/v1/events.proto; nil: it emits none.
	Emits protoreflect.FileDescriptor
	// Consumes are the events that it handles, an empty message of each.
	Consumes []proto.Message
	// ConsumesAll says that it handles every event of every service.
	ConsumesAll bool
	// Calls are the services whose RPCs it calls, by name.
	Calls []string
	// REST are the contracts, of one Go package, whose methods with google.api.http the gateway offers under /v1: see
	// [Contracts].
	REST []protoreflect.ServiceDescriptor
	// HTTP are the paths that the gateway forwards to the handler of [Platform.ServeHTTP].
	HTTP []Route
	// Redis says that it keeps something in Redis.
	Redis bool
	// Run serves until the context ends.
	Run func(ctx context.Context, p *Platform) error
}

// Route is a path on the public port that a service answers by HTTP itself.
type Route struct {
	// Pattern is as [http.ServeMux] has it, without a host: "/oauth2/", "POST /oauth2/token".
	Pattern string
	// Refusals says who puts the service's problem documents into the form that the caller expects.
	Refusals Refusals
	// OwnLimits says that the service itself limits requests, by what it learns of the caller: the gateway, which knows only
	// an address, does not count them.
	OwnLimits bool
	// Uploads says that the route takes forms with files (multipart/form-data), and larger ones than any other.
	Uploads bool
}

// Refusals is the form that refusals take on a route.
type Refusals int

// The forms of refusals.
const (
	// AsSent: they are the protocol's own and pass unchanged.
	AsSent Refusals = iota
	// AsProblems: a localised problem document, for programs (RFC 9457).
	AsProblems
	// AsPages: the hosted error page, for people.
	AsPages
	// AsOAuth: the errors of OAuth, for programs that speak it (RFC 6749 §5.2); the service's own pass unchanged.
	AsOAuth
)

// checkEnvironment keeps what is simulated out of production.
func (s Service) checkEnvironment(e Environment) error {
	if s.SandboxOnly == "" || e == Sandbox {
		return nil
	}
	return errors.New(s.SandboxOnly + ": set PROPUSK_ENV=sandbox, or leave the service out")
}

func (s Service) prefix() string { return "PROPUSK_" + strings.ToUpper(s.Name) + "_" }

// Section is the service's own configuration.
func (s Service) Section() env.Section { return env.Section{Prefix: s.prefix(), Config: s.Config} }

// Schemas are what the services need migrated; password gives the login of each role, or "".
func Schemas(services []Service, password func(service string) (string, error)) ([]pg.Schema, error) {
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

// Contracts are the gRPC services of some files, for [Service.REST].
func Contracts(files ...protoreflect.FileDescriptor) []protoreflect.ServiceDescriptor {
	var out []protoreflect.ServiceDescriptor
	for _, f := range files {
		for i := range f.Services().Len() {
			out = append(out, f.Services().Get(i))
		}
	}
	return out
}
