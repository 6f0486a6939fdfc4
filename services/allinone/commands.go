package allinone

import (
	"context"

	"github.com/alecthomas/kong"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/env"
)

// commands are what the program can do: a line here and a file cmd_<name>.go each.
type commands struct {
	Serve        serveCommand        `cmd:"" default:"1" help:"Serve everything in this process (the default)."`
	Secrets      secretsCommand      `cmd:"" help:"Make what is missing of the services' keys, passwords and certificates."`
	Migrate      migrateCommand      `cmd:"" help:"Make or update roles, schemas and tables in DATABASE_URL, and event streams in NATS_URL."`
	Backup       backupCommand       `cmd:"" help:"Copy the database and the key sets into a new directory."`
	Restore      restoreCommand      `cmd:"" help:"Make an empty installation what a backup is."`
	VerifyBackup verifyBackupCommand `cmd:"" help:"Check that a backup is whole and that its keys open its data."`
	Healthcheck  healthcheckCommand  `cmd:"" help:"Ask the running process whether it is ready."`
	Client       clientCommand       `cmd:"" help:"Register partners' clients, and look after their secrets."`
	Keys         keysCommand         `cmd:"" help:"Have signing keys followed by new ones."`
	Events       eventsCommand       `cmd:"" help:"Publish events again, and deal with those that could not be handled."`
}

// Main reads the command line and does what it says.
func Main(ctx context.Context, args []string) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("propusk"), kong.UsageOnError(),
		kong.Description("Propusk: everything in one process, and the tools of an installation. It is configured by environment variables."),
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

// loadShared reads the configuration that all services share; what only the one process reads may be there too.
func loadShared() (boot.Config, error) {
	vars, err := env.Environ()
	if err != nil {
		return boot.Config{}, err
	}
	return boot.LoadInProcess(vars, Services(), env.Section{Config: Config{}})
}
