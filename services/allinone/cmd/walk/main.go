// Command walk goes the whole main job against a running sandbox: by REST, through the pages, and to a partner.
package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/alecthomas/kong"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

type command struct {
	URL  string        `arg:"" default:"http://localhost:8080" help:"PUBLIC_URL of the installation."`
	Wait time.Duration `default:"2m" help:"The longest wait for what happens by itself: messages, verification, post."`
}

func main() {
	boot.Exit(func(ctx context.Context, args []string) error {
		var c command
		parser, err := kong.New(&c, kong.Name("walk"), kong.Description("Walks the main job as its users do."))
		if err != nil {
			return err
		}
		if _, err := parser.Parse(args); err != nil {
			return err
		}
		return c.run(ctx)
	})
}

func (c command) run(ctx context.Context) error {
	citizen, err := journey.NewStranger(c.URL, c.Wait, c.Wait)
	if err != nil {
		return err
	}
	begin := time.Now()
	err = citizen.Walk(ctx, func(step string) error {
		fmt.Printf("REST    %-22s %v\n", step, time.Since(begin).Round(time.Millisecond))
		return nil
	})
	if err != nil {
		return fmt.Errorf("by REST: %w", err)
	}
	if err := citizen.LogIn(ctx); err != nil {
		return fmt.Errorf("to a partner: %w", err)
	}
	fmt.Println("partner logged in")
	return c.walkPages(ctx)
}

func (c command) walkPages(ctx context.Context) error {
	citizen, err := journey.NewStranger(c.URL, c.Wait, c.Wait)
	if err != nil {
		return err
	}
	browser, err := journey.NewBrowser(c.URL, http.DefaultTransport)
	if err != nil {
		return err
	}
	if err := citizen.WalkPages(ctx, browser); err != nil {
		return fmt.Errorf("through the pages: %w", err)
	}
	fmt.Println("pages   walked")
	return nil
}
