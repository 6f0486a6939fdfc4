package allinone

import (
	"fmt"
	"net/url"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/secret"
)

// asAdministrator is the configuration of a job: DATABASE_PASSWORD is the administrator's unless the address has one,
// which is DATABASE_ADMIN_URL, or DATABASE_URL where no pooler stands before the database.
func asAdministrator(c boot.Config) (boot.Config, error) {
	name, address := "DATABASE_URL", c.DatabaseURL
	if !c.DatabaseAdminURL.IsZero() {
		name, address = "DATABASE_ADMIN_URL", c.DatabaseAdminURL
	}
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Host == "" && u.Query().Get("host") == "" {
		return c, fmt.Errorf("%s is not an address: set it like postgres://postgres@postgres:5432/postgres", name)
	}
	if _, own := u.User.Password(); !own && !c.DatabasePassword.IsZero() {
		u.User = url.UserPassword(u.User.Username(), c.DatabasePassword.Reveal())
	}
	c.DatabaseAdminURL = secret.New(u.String())
	return c, nil
}
