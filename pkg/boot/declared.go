package boot

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/propusk-id/propusk/pkg/events"
)

// used is what a service has asked its platform for.
type used struct {
	calls               []string
	outbox, redis, jobs bool
	http                bool
	consumer            *events.Consumer
}

// check refuses a declaration that cannot be meant.
func (s Service) check() error {
	if !regexp.MustCompile(`^[a-z][a-z0-9]*$`).MatchString(s.Name) {
		return fmt.Errorf("a service cannot be called %q: its name is one lower-case word", s.Name)
	}
	if want := "propusk." + s.Name + ".events.v1"; s.Emits != nil && string(s.Emits.Package()) != want {
		return fmt.Errorf("%s declares that it emits %s: a service emits the events of %s", s.Name, s.Emits.Package(), want)
	}
	return nil
}

// use refuses what the service's declaration does not have; add says what would declare it.
func (p *Platform) use(what string, declared bool, add string) error {
	if declared || p.standIn {
		return nil
	}
	return fmt.Errorf("%s uses %s and does not say so: add %s to its Service()", p.Service, what, add)
}

// checkDeclared compares what the service declares with what it has asked for by the time it serves: what is generated
// from declarations must neither lack anything nor grant what nobody uses.
func (p *Platform) checkDeclared() error {
	d, u := p.declared, &p.used
	if err := p.use("HTTP", len(d.HTTP) > 0 || !u.http, "its paths as HTTP"); err != nil {
		return err
	}
	for _, x := range []struct {
		declared, used bool
		field          string
	}{
		{d.Emits != nil, u.outbox, "Emits"},
		{d.Redis, u.redis, "Redis"},
		{d.Jobs, u.jobs, "Jobs"},
		{len(d.HTTP) > 0, u.http, "HTTP"},
		{d.Migrations != nil, p.pool != nil, "Migrations"},
	} {
		if x.declared && !x.used {
			return fmt.Errorf("%s declares %s and does not use it: remove it from its Service()", p.Service, x.field)
		}
	}
	for _, service := range d.Calls {
		if !slices.Contains(u.calls, service) {
			return fmt.Errorf("%s declares Calls of %s and never dials it: remove it from its Service()", p.Service, service)
		}
	}
	return p.checkConsumer()
}

// checkConsumer compares the events that have handlers with those declared.
func (p *Platform) checkConsumer() error {
	var handled []string
	all := false
	if p.used.consumer != nil {
		handled, all = p.used.consumer.Handled()
	}
	if all != p.declared.ConsumesAll {
		return fmt.Errorf("%s handles all events: %t, and declares ConsumesAll: %t: make them one", p.Service, all,
			p.declared.ConsumesAll)
	}
	var declared []string
	for _, event := range p.declared.Consumes {
		declared = append(declared, events.Subject(event.ProtoReflect().Descriptor()))
	}
	for _, subject := range handled {
		if !slices.Contains(declared, subject) {
			return fmt.Errorf("%s handles %s: add the event to Consumes in its Service()", p.Service, subject)
		}
	}
	for _, subject := range declared {
		if !slices.Contains(handled, subject) {
			return fmt.Errorf("%s declares that it consumes %s: register a handler, or remove it from its Service()",
				p.Service, subject)
		}
	}
	return nil
}
