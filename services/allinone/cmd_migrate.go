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
	if shared.DatabaseURL, err = adminURL(shared); err != nil {
		return err
	}
	return boot.SetUp(ctx, shared, Services(), c.Secrets)
}

// adminURL is the database's address with the administrator's password, which DATABASE_PASSWORD may hold.
func adminURL(shared boot.Config) (secret.String, error) {
	u, err := url.Parse(shared.DatabaseURL.Reveal())
	if err != nil || u.Host == "" && u.Query().Get("host") == "" {
		return secret.String{}, errors.New("DATABASE_URL is not an address: set it like postgres://postgres@postgres:5432/postgres")
	}
	if !shared.DatabasePassword.IsZero() {
		u.User = url.UserPassword(u.User.Username(), shared.DatabasePassword.Reveal())
	}
	return secret.New(u.String()), nil
}
