package allinone

import (
	"context"
	"io/fs"
	"os"

	"github.com/alecthomas/kong"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/env"
)

type commands struct {
	Run          runCommand          `cmd:"" default:"1" help:"Serve everything in this process (the default)."`
	Secrets      secretsCommand      `cmd:"" help:"Make what is missing of the services' keys, passwords and certificates."`
	Migrate      migrateCommand      `cmd:"" help:"Make or update roles, schemas and tables in DATABASE_URL, and event streams in NATS_URL."`
	Backup       backupCommand       `cmd:"" help:"Copy the database and the key sets into a new directory."`
	Restore      restoreCommand      `cmd:"" help:"Make an empty installation what a backup is."`
	VerifyBackup verifyBackupCommand `cmd:"" help:"Check that a backup is whole and that its keys open its data."`
	Healthcheck  healthcheckCommand  `cmd:"" help:"Ask the running process whether it is ready."`
}

// Main reads the command line and does what it says.
func Main(ctx context.Context, args []string) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("allinone"), kong.UsageOnError(),
		kong.Description("Propusk in one process. Everything is configured by environment variables."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return command.Run()
}

type runCommand struct{}

// Run serves.
func (runCommand) Run(ctx context.Context) error {
	vars, err := env.Environ()
	if err != nil {
		return err
	}
	return Run(ctx, vars, os.Stdout, os.Stderr)
}

type secretsCommand struct {
	Root  string `arg:"" help:"Directory with one directory for each service."`
	Owner int    `help:"User and group id that the files are given to; only root may." default:"-1"`
}

// Run makes the secrets. Those that exist are never replaced.
func (c secretsCommand) Run() error {
	shared, err := loadShared()
	if err != nil {
		return err
	}
	if err := keyring.Prepare(c.Root, names(Services()), true, shared.KEK); err != nil {
		return err
	}
	root, err := os.OpenRoot(c.Root)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err // the directory itself stays whose it was
		}
		return root.Lchown(path, c.Owner, c.Owner)
	})
}

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

type healthcheckCommand struct{}

// Run asks the management port of `allinone run` on this machine.
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

// loadShared reads the configuration that all services share.
func loadShared() (boot.Config, error) {
	vars, err := env.Environ()
	if err != nil {
		return boot.Config{}, err
	}
	return boot.LoadInProcess(vars, Services())
}
