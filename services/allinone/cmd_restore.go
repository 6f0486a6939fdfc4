package allinone

import (
	"context"
	"fmt"
	"os"

	"github.com/propusk-id/propusk/pkg/backup"
)

type restoreCommand struct {
	Dir      string `arg:"" help:"The backup." type:"existingdir"`
	Secrets  string `help:"Directory that the command secrets filled; without it: the one process's own." type:"path"`
	Identity string `help:"File with the identity that opens encrypted key sets." type:"existingfile"`
}

// Run restores into an installation whose services do not run and which has no data yet.
func (c restoreCommand) Run(ctx context.Context) error {
	keys, err := backupKeys(c.Identity)
	if err != nil {
		return err
	}
	return onInstallation(ctx, c.Secrets, whileItRests, func(i backup.Installation, _ backup.Keys) error {
		m, err := i.Restore(ctx, c.Dir, keys)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stdout, "Restored %s of installation %s. Start it: events that are not handled yet are published again.\n",
			sizeOf(m), m.Installation)
		return nil
	})
}
