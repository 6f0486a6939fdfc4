package allinone

import (
	"context"
	"errors"
	"net/url"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/secret"
)

type migrateCommand struct {
	Secrets string `help:"Directory that the command secrets filled." required:""`
}

// Run migrates as the administrator of DATABASE_URL; DATABASE_PASSWORD may hold the password.
func (c migrateCommand) Run(ctx context.Context) error {
	shared, err := loadShared()
	if err != nil {
		return err
	}
	u, err := url.Parse(shared.DatabaseURL.Reveal())
	if err != nil || u.Host == "" && u.Query().Get("host") == "" {
		return errors.New("DATABASE_URL is not an address: set it like postgres://postgres@postgres:5432/postgres")
	}
	if !shared.DatabasePassword.IsZero() {
		u.User = url.UserPassword(u.User.Username(), shared.DatabasePassword.Reveal())
		shared.DatabaseURL = secret.New(u.String())
	}
	return boot.SetUp(ctx, shared, Services(), c.Secrets)
}
