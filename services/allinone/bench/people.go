package bench

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const (
	password = journey.Password
	makers   = 4
	patience = time.Minute
)

// person has an account and is signed in.
type person struct {
	*journey.Story
	// address is one of their addresses, to edit.
	address string
	edits   int
	mu      sync.Mutex
}

// newStory is a new person with a phone of their own.
func (w *world) newStory(n int) *journey.Story {
	return &journey.Story{
		Client: journey.Client{URL: w.url, HTTP: w.http}, N: n, Phone: fmt.Sprintf("+7901%07d", n), Wait: patience,
	}
}

// signedIn are the steps of the main job up to a session.
const signedIn = 5

// populate makes the accounts through the public interface.
func (w *world) populate(ctx context.Context) error {
	accounts := w.options.pace.people
	w.people = make([]*person, accounts)
	var all sync.WaitGroup
	failed := make(chan error, makers)
	for m := range makers {
		all.Go(func() {
			for i := m; i < accounts; i += makers {
				p := &person{Story: w.newStory(i + 1)}
				if err := p.settle(ctx); err != nil {
					failed <- fmt.Errorf("person %d: %w", i+1, err)
					return
				}
				w.people[i] = p
			}
		})
	}
	all.Wait()
	w.next = accounts + 1
	select {
	case err := <-failed:
		return err
	default:
		return ctx.Err()
	}
}

// settle signs up, signs in and adds an address.
func (p *person) settle(ctx context.Context) error {
	for _, step := range journey.Steps()[:signedIn] {
		if err := step.Do(p.Story, ctx); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
	}
	var address struct{ ID string }
	err := p.Call(ctx, "POST", "/v1/me/addresses", p.Person.Address, &address)
	p.address = address.ID
	return err
}

// edit changes the address, which makes one event.
func (p *person) edit(ctx context.Context) error {
	p.mu.Lock()
	p.edits++
	flat := strconv.Itoa(p.edits)
	p.mu.Unlock()
	return p.Call(ctx, "PATCH", "/v1/me/addresses/"+p.address, map[string]string{"flat": flat}, nil)
}

// signIn signs a person in again, on the same device; the earlier session stays.
func (w *world) signIn(ctx context.Context, p *person) error {
	c := journey.Client{URL: w.url, HTTP: w.http}
	p.mu.Lock()
	in := map[string]string{"login": p.Phone, "password": password, "deviceToken": p.Device}
	p.mu.Unlock()
	var out struct{ State, DeviceToken string }
	err := c.Call(ctx, "POST", "/v1/sessions", in, &out)
	if out.DeviceToken != "" {
		p.mu.Lock()
		p.Device = out.DeviceToken
		p.mu.Unlock()
	}
	if err == nil && out.State != "ACTIVE" {
		err = fmt.Errorf("the session is %q", out.State)
	}
	return err
}
