package allinone

import (
	"context"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/env"
)

type healthcheckCommand struct{}

// Run asks the management port of `propusk serve` on this machine.
func (healthcheckCommand) Run(ctx context.Context) error {
	vars, err := env.Environ()
	if err != nil {
		return err
	}
	s, err := load(vars)
	if err != nil {
		return err
	}
	return boot.CheckHealth(ctx, s.shared.ManagementListen)
}
