package allinone

import (
	"context"

	"github.com/propusk-id/propusk/pkg/boot"
)

type migrateCommand struct {
	Secrets string `help:"Directory that the command secrets filled." required:""`
}

// Run migrates as the administrator of DATABASE_ADMIN_URL or DATABASE_URL; DATABASE_PASSWORD may hold the password.
func (c migrateCommand) Run(ctx context.Context) error {
	shared, err := loadShared()
	if err != nil {
		return err
	}
	if shared, err = asAdministrator(shared); err != nil {
		return err
	}
	return boot.SetUp(ctx, shared, Services(), c.Secrets)
}
