package allinone

import (
	"context"
	"os"

	"github.com/propusk-id/propusk/pkg/env"
)

type serveCommand struct{}

// Run serves.
func (serveCommand) Run(ctx context.Context) error {
	vars, err := env.Environ()
	if err != nil {
		return err
	}
	return Run(ctx, vars, os.Stdout, os.Stderr)
}
