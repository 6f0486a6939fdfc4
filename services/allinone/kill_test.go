package allinone_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/testkit/cluster"
	auditv1 "github.com/propusk-id/propusk/proto/gen/propusk/audit/v1"
	"github.com/propusk-id/propusk/services/allinone"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

var rounds = flag.Int("kill.rounds", 1, "how often everything is killed in turn")

// TestKill walks the journey while each service and each store is killed (-9) in its middle and started again, the
// citizen's client repeating what got no answer. The journey ends; then NATS is broken in other ways; and then the
// invariants are proven from tables and streams.
func TestKill(t *testing.T) {
	vars := quick()
	// A killed Redis loses the codes: their owners ask again, and the test does not wait a minute for that.
	vars["PROPUSK_OTP_RESEND_AFTER"] = "1s"
	c := cluster.Start(t, cluster.Options{Services: allinone.Services(), Vars: vars})
	victims := cluster.Stores()
	for _, s := range allinone.Services() {
		victims = append(victims, s.Name)
	}
	steps := journey.Steps()
	n := 100
	var told []*journey.Story
	for round := range *rounds {
		// Each journey kills one victim after each of its steps, so that in a round every victim dies once and over
		// rounds at different steps.
		for first := 0; first < len(victims); first += len(steps) {
			n++
			s := walkKilling(t, c, n, victims, first, round)
			logInKilling(t, c, s, n)
			told = append(told, s)
		}
	}
	breakStreams(t, c)
	sweep(t, c, told)
}

// away is how long a victim is dead before it is started again.
const away = 300 * time.Millisecond

// recoveredAfter is the step after which the citizen loses the password: a standard account is recovered without a wait.
const recoveredAfter = "be verified"

// needed are those without whom nobody gets back into an account, or in by two factors.
func needed() []string {
	return []string{"account", "otp", "notification", cluster.Postgres, cluster.Redis, "gateway"}
}

// walkKilling is one journey; after step k dies victim first+k, moved on by the round. In its middle the account is recovered, and signed
// in to by two factors.
func walkKilling(t *testing.T, c *cluster.Cluster, n int, victims []string, first, round int) *journey.Story {
	t.Helper()
	s := &journey.Story{
		Client: journey.Client{URL: c.URL(), HTTP: &http.Client{Timeout: 20 * time.Second}, Patience: 2 * time.Minute},
		N:      n, Phone: fmt.Sprintf("+7900%07d", n), Wait: 2 * time.Minute,
	}
	out := newOutages(t, c)
	defer out.wait()
	k := 0
	err := s.Walk(context.Background(), func(step string) error {
		if at := first + k; at < len(victims) {
			victim := victims[(at+round)%len(victims)]
			t.Logf("journey %d: %s dies after %q", n, victim, step)
			out.kill(victim)
		}
		k++
		if step != recoveredAfter {
			return nil
		}
		died := n + round
		killing := func(step string) error {
			victim := needed()[died%len(needed())]
			died++
			t.Logf("journey %d: %s dies after %q", n, victim, step)
			out.kill(victim)
			return nil
		}
		if err := s.Recover(context.Background(), killing); err != nil {
			return err
		}
		return s.TwoFactors(context.Background(), killing)
	})
	if err != nil {
		t.Fatalf("journey %d: %v", n, err)
	}
	return s
}

// outages are of the victims that are away.
type outages struct {
	t *testing.T
	c *cluster.Cluster
	// of has the victims' outages, the last of each.
	of map[string]*sync.WaitGroup
}

func newOutages(t *testing.T, c *cluster.Cluster) *outages {
	return &outages{t: t, c: c, of: map[string]*sync.WaitGroup{}}
}

// kill goes on after it: what comes next begins while the victim is away. Who is still away from before is waited for.
func (o *outages) kill(victim string) {
	o.t.Helper()
	if o.of[victim] == nil {
		o.of[victim] = &sync.WaitGroup{}
	}
	o.of[victim].Wait()
	o.c.Kill(victim)
	o.of[victim].Go(func() {
		time.Sleep(away)
		if err := o.c.Start(victim); err != nil {
			o.t.Error(err)
		}
	})
}

// wait until nobody is away.
func (o *outages) wait() {
	for _, outage := range o.of {
		outage.Wait()
	}
}

// logInKilling has the citizen log in to a partner, and the partner refresh its token, while one of those that are
// needed for it is away.
func logInKilling(t *testing.T, c *cluster.Cluster, s *journey.Story, n int) {
	t.Helper()
	needed := []string{"oidc", "account", "gateway", cluster.Postgres, cluster.Redis}
	partner := journey.Partner{
		URL: c.URL(), HTTP: http.DefaultClient, ACR: "confirmed", Scopes: []string{"profile", "offline_access"},
	}
	out := newOutages(t, c)
	defer out.wait()
	var got *journey.Received
	attempt(t, "the login", func() (err error) {
		browser, err := journey.NewBrowser(c.URL(), http.DefaultTransport)
		if err != nil {
			return err
		}
		got, err = partner.Login(t.Context(), browser, s.Phone)
		return err
	}, func() { out.kill(needed[n%len(needed)]) })
	out.wait()
	attempt(t, "the refresh", func() error {
		_, err := partner.Refresh(t.Context(), got.Token)
		return err
	}, func() { out.kill("oidc") })
	if got.ACR != "confirmed" {
		t.Errorf("acr is %q", got.ACR)
	}
}

// attempt does again from the beginning what failed after the kill, as people do.
func attempt(t *testing.T, what string, do func() error, kill func()) {
	t.Helper()
	kill()
	deadline := time.Now().Add(time.Minute)
	for {
		err := do()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(away)
	}
}

func sweep(t *testing.T, c *cluster.Cluster, told []*journey.Story) {
	t.Helper()
	for _, s := range allinone.Services() {
		c.AwaitReady(s.Name)
	}
	for _, s := range told {
		if err := s.CheckDurability(t.Context()); err != nil {
			t.Error(err)
		}
	}
	js, err := jetstream.New(c.NATS("migrate")) // no service reads messages by their numbers
	if err != nil {
		t.Fatal(err)
	}
	if err := (journey.Sweep{
		Pool: c.Pool(), JS: js, Patience: 2 * time.Minute, Producers: allinone.Producers(),
		Audit: auditv1.NewAuditServiceClient(c.Dial("audit", "audit")),
	}).Check(context.Background()); err != nil {
		t.Error(err)
	}
}
