// Package registry is the simulated state registries: the pension fund and the passport register.
package registry

import (
	"context"

	"github.com/propusk-id/propusk/pkg/boot"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	"github.com/propusk-id/propusk/services/registry/internal/api"
	"github.com/propusk-id/propusk/services/registry/internal/app"
)

// Config is the PROPUSK_REGISTRY_* variables.
type Config struct {
	// Seed decides who everybody in the population is.
	Seed uint64 `env:"SEED" envDefault:"1" range:"0..18446744073709551615"`
	// Population is how many people there are, up to 50 million.
	Population int64 `env:"POPULATION" envDefault:"1000000" range:"1..50000000"`
	// PFR and FMS are how each registry behaves.
	PFR app.Conduct `envPrefix:"PFR_"`
	FMS app.Conduct `envPrefix:"FMS_"`
}

// Service is the registries. They keep nothing: no database, no events.
func Service() boot.Service {
	return boot.Service{
		Name: "registry", Config: Config{}, Run: run,
		Owns:        "nothing stored: people are computed",
		SandboxOnly: "it invents people, where production asks the real registries",
		Simulation:  true,
	}
}

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	a, err := newApp(p, cfg)
	if err != nil {
		return err
	}
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	registryv1.RegisterRegistryServiceServer(server, api.New(a))
	return p.Serve(ctx)
}

func newApp(p *boot.Platform, cfg Config) (*app.App, error) {
	registers, err := cfg.registers()
	if err != nil {
		return nil, err
	}
	return app.New(registers, cfg.PFR, cfg.FMS, p.Now), nil
}
