// Command walk goes the whole main job against a running sandbox: by REST, through the pages, and to a partner.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
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
	citizen, err := c.citizen()
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
	if err := c.logIn(ctx, citizen); err != nil {
		return fmt.Errorf("to a partner: %w", err)
	}
	fmt.Println("partner logged in")
	return c.walkPages(ctx)
}

// logIn has the confirmed citizen sign in at a partner.
func (c command) logIn(ctx context.Context, s *journey.Story) error {
	browser, err := journey.NewBrowser(c.URL, http.DefaultTransport)
	if err != nil {
		return err
	}
	partner := journey.Partner{
		URL: c.URL, HTTP: http.DefaultClient, ACR: "confirmed", Scopes: []string{"profile", "snils", "offline_access"},
	}
	got, err := partner.Login(ctx, browser, s.Phone)
	if err != nil {
		return err
	}
	if name := got.Claims["family_name"]; got.ACR != "confirmed" || name != s.Person.Person.LastName {
		return fmt.Errorf("the partner learned acr %q, family name %v", got.ACR, name)
	}
	return nil
}

func (c command) walkPages(ctx context.Context) error {
	citizen, err := c.citizen()
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

// citizen is somebody of the population whom hardly anybody has been before.
func (c command) citizen() (*journey.Story, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(900_000))
	if err != nil {
		return nil, err
	}
	return &journey.Story{
		Client: journey.Client{URL: c.URL, HTTP: &http.Client{Timeout: time.Minute}, Patience: c.Wait},
		N:      int(n.Int64()) + 1, Phone: fmt.Sprintf("+7901%07d", n), Wait: c.Wait,
	}, nil
}
