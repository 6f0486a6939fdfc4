// Command traffic has citizens sign up, be confirmed and log in at a partner, one after another, until it is told to
// stop. Then it says what was refused meanwhile, and proves that what was acknowledged is kept. It is what runs while
// an installation is upgraded.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/sync/errgroup"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

type command struct {
	URL      string        `arg:"" default:"http://localhost:8080" help:"PUBLIC_URL of the installation."`
	Proxy    string        `help:"Stand at PUBLIC_URL as a proxy in front of all gateways of this name; then nothing may fail."`
	Citizens int           `default:"2" help:"How many are on their way at once."`
	Think    time.Duration `default:"1s" help:"How long they take between two steps: who never pauses fills the machine, and a full one starts containers slowly."`
	Away     time.Duration `default:"2s" help:"How long the public port may be away."`
	Wait     time.Duration `default:"2m" help:"The longest wait for what happens by itself."`
}

func main() {
	boot.Exit(func(ctx context.Context, args []string) error {
		var c command
		parser, err := kong.New(&c, kong.Name("traffic"), kong.Description("Keeps an installation busy while it is upgraded."))
		if err != nil {
			return err
		}
		if _, err := parser.Parse(args); err != nil {
			return err
		}
		return c.run(ctx)
	})
}

// run keeps going until ctx ends, and then uses a context of its own: whoever is on his way arrives.
func (c command) run(ctx context.Context) error {
	last := context.WithoutCancel(ctx)
	behind, stop := context.WithCancel(last)
	defer stop()
	var serving errgroup.Group
	if c.Proxy != "" {
		front, err := newProxy(behind, c.Proxy, c.URL)
		if err != nil {
			return err
		}
		serving.Go(func() error { return front.serve(behind) })
	}
	err := c.drive(ctx, last)
	stop()
	return errors.Join(err, serving.Wait())
}

func (c command) drive(ctx, last context.Context) error {
	p, err := newProbe(c.URL)
	if err != nil {
		return err
	}
	var probing errgroup.Group
	probing.Go(func() error { return p.run(ctx) })
	arrived, err := c.walkAll(ctx, last)
	err = errors.Join(err, probing.Wait())
	fmt.Printf("traffic: %d citizens confirmed and logged in; %s\n", len(arrived), p)
	err = errors.Join(err, p.judge(c.limit()))
	for _, s := range arrived {
		err = errors.Join(err, s.CheckDurability(last))
	}
	if len(arrived) == 0 {
		err = errors.Join(err, errors.New("nobody arrived"))
	}
	return err
}

// limit is how long the port may be away: behind a proxy not at all.
func (c command) limit() time.Duration {
	if c.Proxy != "" {
		return 0
	}
	return c.Away
}

// walkAll has citizens on their way until ctx ends.
func (c command) walkAll(ctx, last context.Context) ([]*journey.Story, error) {
	var mu sync.Mutex
	var arrived []*journey.Story
	var walking errgroup.Group
	for range c.Citizens {
		walking.Go(func() error {
			for ctx.Err() == nil {
				s, err := c.walk(last)
				if err != nil {
					return err
				}
				mu.Lock()
				arrived = append(arrived, s)
				mu.Unlock()
			}
			return nil
		})
	}
	err := walking.Wait()
	return arrived, err
}

// patience is how long requests are repeated: behind a proxy none may need it.
func (c command) patience() time.Duration {
	if c.Proxy != "" {
		return 0
	}
	return c.Wait
}

func (c command) walk(ctx context.Context) (*journey.Story, error) {
	s, err := journey.NewStranger(c.URL, c.patience(), c.Wait)
	if err != nil {
		return nil, err
	}
	step := "beginning"
	err = s.Walk(ctx, func(done string) error {
		step = done
		return pause(ctx, c.Think)
	})
	if err != nil {
		return nil, fmt.Errorf("after %q: %w", step, err)
	}
	return s, c.logIn(ctx, s)
}

// logIn does again from the beginning what failed, as people do, unless nothing may fail.
func (c command) logIn(ctx context.Context, s *journey.Story) error {
	deadline := time.Now().Add(c.patience())
	for {
		err := s.LogIn(ctx)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("at a partner: %w", err)
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
