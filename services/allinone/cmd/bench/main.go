// Command bench measures the platform: see docs/performance.md.
package main

import (
	"context"
	"os"

	"github.com/alecthomas/kong"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/allinone/bench"
	"github.com/propusk-id/propusk/services/allinone/bench/minimal"
)

type command struct {
	Server   string   `default:"out/propusk" help:"The program to measure." type:"existingfile"`
	JSON     string   `default:"out/bench.json" help:"Where the numbers are written." type:"path"`
	Profiles string   `help:"Directory for a CPU profile of the server in each case." type:"path"`
	Only     []string `help:"Cases to run, of idle, sign-in, factors, events, code, refresh, userinfo, otp, complete, overload and growth; default: all but growth."`
	People   int      `default:"1000000" help:"How many people the larger installation of the case growth has."`
}

func main() {
	boot.Exit(func(ctx context.Context, args []string) error {
		if minimal.Wanted() {
			return minimal.Run(ctx)
		}
		var c command
		parser, err := kong.New(&c, kong.Name("bench"), kong.Description("Measures the platform, as ratios within one run."))
		if err != nil {
			return err
		}
		if _, err := parser.Parse(args); err != nil {
			return err
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		return bench.Run(ctx, bench.Options{
			Server: c.Server, Minimal: []string{self}, JSON: c.JSON, Profiles: c.Profiles, Only: c.Only, People: c.People,
		}, os.Stdout)
	})
}
