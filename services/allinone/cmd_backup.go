package allinone

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"filippo.io/age"

	"github.com/propusk-id/propusk/pkg/backup"
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/secret"
)

type backupCommand struct {
	Dir       string   `arg:"" help:"Directory to make." type:"path"`
	Secrets   string   `help:"Directory that the command secrets filled; without it: the one process's own." type:"path"`
	Recipient []string `help:"Public key (age1…) to encrypt the key sets for; may be given several times."`
}

// Run copies the installation; it may be serving.
func (c backupCommand) Run(ctx context.Context) error {
	recipients := make([]age.Recipient, len(c.Recipient))
	for i, text := range c.Recipient {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return fmt.Errorf("--recipient %s: %w: age-keygen makes one", text, err)
		}
		recipients[i] = r
	}
	return onInstallation(ctx, c.Secrets, whileItRuns, func(i backup.Installation, keys backup.Keys) error {
		m, err := i.Create(ctx, c.Dir, keys, recipients)
		if err != nil {
			return err
		}
		tellBackup(os.Stdout, c.Dir, m)
		return nil
	})
}

// tellBackup says what was copied, and what was not.
func tellBackup(w io.Writer, dir string, m *backup.Manifest) {
	fmt.Fprintf(w, "%s holds %s of installation %s, as it was at %s.\n", dir, sizeOf(m), m.Installation, m.Time.Format(time.RFC3339))
	switch {
	case !m.Keys.KEKInside:
		fmt.Fprintln(w, "PROPUSK_KEK, which opens its key sets, is not in it: keep it elsewhere, and keep it.")
	case !m.Keys.Encrypted:
		fmt.Fprintf(w, "%s in it opens all of it: keep that file apart, or encrypt it (--recipient).\n", m.Keys.Name)
	}
	fmt.Fprintln(w, "Event streams are not in it: a restore publishes them again from the outboxes.")
}

func sizeOf(m *backup.Manifest) string {
	tables, rows := 0, int64(0)
	for _, s := range m.Schemas {
		for _, t := range s.Tables {
			tables++
			rows += t.Rows
		}
	}
	return fmt.Sprintf("%d rows in %d tables of %d services", rows, tables, len(m.Schemas))
}

type verifyBackupCommand struct {
	Dir      string `arg:"" help:"The backup." type:"existingdir"`
	Identity string `help:"File with the identity that opens encrypted key sets." type:"existingfile"`
}

// Run reads all of the backup; it needs no installation, only PROPUSK_KEK where that was in use.
func (c verifyBackupCommand) Run() error {
	keys, err := backupKeys(c.Identity)
	if err != nil {
		return err
	}
	m, err := backup.Verify(c.Dir, keys)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "%s is whole: %s, and its keys open them.\n", c.Dir, sizeOf(m))
	return nil
}

// backupKeys are what opens the key sets of a backup.
func backupKeys(identityFile string) (backup.Keys, error) {
	vars, err := env.Environ()
	if err != nil {
		return backup.Keys{}, err
	}
	var c struct {
		KEK secret.String `env:"PROPUSK_KEK"`
	}
	if err := vars.Fill("", &c); err != nil {
		return backup.Keys{}, err
	}
	keys := backup.Keys{KEK: c.KEK}
	if identityFile == "" {
		return keys, nil
	}
	f, err := os.Open(identityFile)
	if err != nil {
		return keys, err
	}
	defer func() { _ = f.Close() }()
	if keys.Identities, err = age.ParseIdentities(f); err != nil {
		return keys, fmt.Errorf("%s: %w", identityFile, err)
	}
	return keys, nil
}
