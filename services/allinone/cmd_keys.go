package allinone

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/backup"
	"github.com/propusk-id/propusk/services/oidc"
)

// keysCommand is what an operator does about the keys that tokens are signed with.
type keysCommand struct {
	Rotate keysRotateCommand `cmd:"" help:"Have every signing key followed by a new one, before its time."`
}

type keysRotateCommand struct{}

// Run notes the wish; the service makes the keys within a minute, and needs no restart.
func (keysRotateCommand) Run(ctx context.Context) error {
	err := withDatabase(ctx, func(address string) error {
		conn, err := pgx.Connect(ctx, address)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
		if _, err := conn.Exec(ctx, `SET search_path = oidc`); err != nil {
			return err
		}
		return oidc.RotateKeys(ctx, conn, time.Now())
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, "New keys are published within a minute, and sign a day later; the old ones stay published for a day after that.")
	return err
}

// withDatabase gives a command the administrator's way to the database, of one process or of an installation.
func withDatabase(ctx context.Context, do func(address string) error) error {
	shared, err := loadShared()
	if err != nil {
		return err
	}
	if shared.DatabaseURL.IsZero() && shared.DatabaseAdminURL.IsZero() {
		return onOneProcess(ctx, whileItRuns, func(i backup.Installation, _ backup.Keys) error {
			return do(i.Database.AdminURL)
		})
	}
	if shared, err = asAdministrator(shared); err != nil {
		return err
	}
	return do(shared.AdminDatabase().AdminURL)
}
