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

	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

var rounds = flag.Int("kill.rounds", 1, "how often everything is killed in turn")

// TestKill walks the journey while each service and each store is killed (-9) in its middle and started again, the
// citizen's client repeating what got no answer. The journey ends, and then the invariants are proven from tables
// and streams.
func TestKill(t *testing.T) {
	vars := quick()
	// A killed Redis loses the codes: their owners ask again, and the test does not wait a minute for that.
	vars["PROPUSK_OTP_RESEND_AFTER"] = "1s"
	c := testkit.StartCluster(t, testkit.ClusterOptions{Services: allinone.Services(), Vars: vars})
	victims := testkit.Stores()
	for _, s := range allinone.Services() {
		victims = append(victims, s.Name)
	}
	steps := journey.Steps()
	n := 100
	for round := range *rounds {
		// Each journey kills one victim after each of its steps, so that in a round every victim dies once and over
		// rounds at different steps.
		for first := 0; first < len(victims); first += len(steps) {
			n++
			walkKilling(t, c, n, victims, first, round)
		}
	}
	sweep(t, c)
}

// away is how long a victim is dead before it is started again.
const away = 300 * time.Millisecond

// walkKilling is one journey; after step k dies victim first+k, moved on by the round.
func walkKilling(t *testing.T, c *testkit.Cluster, n int, victims []string, first, round int) {
	t.Helper()
	s := &journey.Story{
		Client: journey.Client{URL: c.URL(), HTTP: &http.Client{Timeout: 20 * time.Second}, Patience: 2 * time.Minute},
		N:      n, Phone: fmt.Sprintf("+7900%07d", n), Wait: 2 * time.Minute,
	}
	var back sync.WaitGroup
	defer back.Wait()
	k := 0
	err := s.Walk(context.Background(), func(step string) error {
		if at := first + k; at < len(victims) {
			victim := victims[(at+round)%len(victims)]
			t.Logf("journey %d: %s dies after %q", n, victim, step)
			c.Kill(victim)
			// The next step begins while the victim is away.
			back.Go(func() {
				time.Sleep(away)
				if err := c.Start(victim); err != nil {
					t.Error(err)
				}
			})
		}
		k++
		return nil
	})
	if err != nil {
		t.Fatalf("journey %d: %v", n, err)
	}
}

func sweep(t *testing.T, c *testkit.Cluster) {
	t.Helper()
	for _, s := range allinone.Services() {
		c.AwaitReady(s.Name)
	}
	js, err := jetstream.New(c.NATS("migrate")) // no service reads messages by their numbers
	if err != nil {
		t.Fatal(err)
	}
	if err := (journey.Sweep{Pool: c.Pool(), JS: js, Patience: 2 * time.Minute}).Check(context.Background()); err != nil {
		t.Error(err)
	}
}
