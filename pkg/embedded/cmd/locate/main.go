//go:build unix

// Command locate prints where the programs of PostgreSQL or Redis are,
// installing them where it may. The scripts in deploy/dev run it.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"

	"github.com/propusk-id/propusk/pkg/embedded/internal/locate"
	"github.com/propusk-id/propusk/pkg/embedded/internal/runas"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	path, err := find(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(path)
}

func find(ctx context.Context, args []string) (string, error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	switch {
	case len(args) == 1 && args[0] == "postgres":
		as, err := runas.ForPostgres()
		if err != nil {
			return "", err
		}
		binaries, err := locate.Postgres(ctx, as, 0, log)
		return binaries.Dir, err
	case len(args) == 1 && args[0] == "redis":
		return locate.Redis(ctx, log)
	}
	return "", errors.New("usage: locate postgres|redis")
}
