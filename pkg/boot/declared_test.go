package boot

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/events"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
)

func platformOf(s Service) *Platform {
	return &Platform{Service: s.Name, declared: s, network: newPipes(), health: newHealth(s.Name)}
}

// TestWhatIsNotDeclaredIsRefused has a service use what its declaration lacks.
func TestWhatIsNotDeclaredIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		use  func(p *Platform) error
		want string
	}{
		"a call":     {func(p *Platform) error { _, err := p.Dial("account"); return err }, `add "account" to Calls`},
		"an outbox":  {func(p *Platform) error { _, err := p.Outbox(nil); return err }, "add Emits"},
		"Redis":      {func(p *Platform) error { _, err := p.Redis(); return err }, "add Redis: true"},
		"Postgres":   {func(p *Platform) error { _, err := p.Postgres(t.Context()); return err }, "add Migrations"},
		"jobs":       {func(p *Platform) error { _, err := p.Jobs(nil, nil, backoff.Exponential{}); return err }, "add Jobs: true"},
		"HTTP":       {func(p *Platform) error { p.ServeHTTP(http.NotFoundHandler()); return p.Serve(t.Context()) }, "its paths as HTTP"},
		"an event":   {func(p *Platform) error { p.used.consumer = handling(); return p.Serve(t.Context()) }, "add the event to Consumes"},
		"all events": {func(p *Platform) error { p.used.consumer = handlingAll(); return p.Serve(t.Context()) }, "ConsumesAll: false"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.use(platformOf(Service{Name: "otp"}))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "otp") {
				t.Errorf("got %v, want a sentence with %q", err, c.want)
			}
		})
	}
}

// TestWhatIsDeclaredIsUsed has declarations promise what the service does not do.
func TestWhatIsDeclaredIsUsed(t *testing.T) {
	for want, s := range map[string]Service{
		"Calls of account": {Name: "otp", Calls: []string{"account"}},
		"Emits":            {Name: "otp", Emits: eventsv1.File_propusk_otp_events_v1_events_proto},
		"Redis":            {Name: "otp", Redis: true},
		"Jobs":             {Name: "otp", Jobs: true},
		"HTTP":             {Name: "otp", HTTP: []Route{{Pattern: "/"}}},
		"Migrations":       {Name: "otp", Migrations: fstest.MapFS{}},
		"consumes propusk.otp.records.v1.code_verified": {
			Name: "otp", Consumes: []proto.Message{&eventsv1.CodeVerified{}},
		},
		"ConsumesAll: true": {Name: "otp", ConsumesAll: true},
	} {
		if err := platformOf(s).Serve(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want a sentence with %q", err, want)
		}
	}
}

func TestADeclarationThatIsKeptServes(t *testing.T) {
	p := platformOf(Service{
		Name: "web", Calls: []string{"account"}, Consumes: []proto.Message{&eventsv1.CodeVerified{}},
		HTTP: []Route{{Pattern: "/", Refusals: AsPages}},
	})
	if _, err := p.Dial("account"); err != nil {
		t.Fatal(err)
	}
	p.ServeHTTP(http.NotFoundHandler())
	p.used.consumer = handling()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := p.Serve(ctx); err != nil {
		t.Error(err)
	}
}

func TestDeclarationsThatCannotBeMeant(t *testing.T) {
	for want, s := range map[string]Service{
		"one lower-case word":       {Name: "Two-Words"},
		"propusk.account.events.v1": {Name: "account", Emits: eventsv1.File_propusk_otp_events_v1_events_proto},
	} {
		if err := runService(t.Context(), s, platformOf(s)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want a sentence with %q", err, want)
		}
	}
}

func TestProducersAreThoseThatEmitAndThoseWhoseEventsAreConsumed(t *testing.T) {
	got := Producers([]Service{
		{Name: "account", Emits: eventsv1.File_propusk_otp_events_v1_events_proto},
		{Name: "registry"},
		{Name: "counting", Consumes: []proto.Message{&eventsv1.CodeVerified{}}},
	})
	if strings.Join(got, " ") != "account otp" {
		t.Errorf("producers are %v", got)
	}
}

func handling() *events.Consumer {
	c := events.NewConsumer(events.ConsumerOptions{Service: "otp"})
	events.On(c, func(context.Context, *eventsv1.CodeVerified) error { return nil })
	return c
}

func handlingAll() *events.Consumer {
	c := events.NewConsumer(events.ConsumerOptions{Service: "otp"})
	events.OnAll(c, func(context.Context, events.Delivery) error { return nil })
	return c
}
