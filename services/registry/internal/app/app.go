// Package app answers questions to the registries as their configuration and a persona's scenario say.
package app

import (
	"math/rand/v2"
	"time"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/services/registry/internal/domain"
)

// Conduct is how a registry handles every question.
type Conduct struct {
	// Enabled is the switch: when off, everything is refused as unavailable.
	Enabled bool `env:"ENABLED" envDefault:"true"`
	// Latency is the least time an answer takes; Jitter is how much more it may be.
	Latency time.Duration `env:"LATENCY" envDefault:"300ms" range:"0..5m"`
	Jitter  time.Duration `env:"JITTER" envDefault:"400ms" range:"0..5m"`
	// FailureRate is the share of questions that are refused as unavailable, 0 to 1.
	FailureRate float64 `env:"FAILURE_RATE" envDefault:"0" range:"0..1"`
}

// App is the two registries.
type App struct {
	registers domain.Registers
	conduct   map[domain.Registry]Conduct
	now       func() time.Time
	random    func() float64
	questions questionCounter
}

// New opens the registries.
func New(registers domain.Registers, pfr, fms Conduct, now func() time.Time) *App {
	return &App{
		registers: registers, now: now, random: rand.Float64,
		conduct: map[domain.Registry]Conduct{domain.PFR: pfr, domain.FMS: fms},
	}
}

func (a *App) today() identifiers.Date { return identifiers.TodayAt(a.now()).Moscow }
