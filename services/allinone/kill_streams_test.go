package allinone_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/testkit/cluster"
	"github.com/propusk-id/propusk/services/allinone"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

// healsWithin is how soon after NATS is usable again every event must be in its stream.
const healsWithin = 30 * time.Second

// breakStreams does to the event server what a kill does not: it runs out of disk, its streams are full, it loses its
// data. People sign up meanwhile; afterwards every event arrives, without anybody restarting a service.
func breakStreams(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	pool := c.Pool()
	fillDisk(t, c, pool)
	fillStreams(t, c, pool)
	loseStore(t, c, pool)
}

// fillDisk gives NATS a small disk and fills it. Only root can make one.
func fillDisk(t *testing.T, c *cluster.Cluster, pool *pgxpool.Pool) {
	t.Helper()
	store := c.NATSStore()
	before := store + ".before"
	if os.Geteuid() != 0 {
		t.Log("not root: NATS's disk is not filled")
		return
	}
	c.Kill(cluster.NATS)
	shell(t, "mv", store, before)
	shell(t, "mkdir", store)
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", store).CombinedOutput(); err != nil {
		t.Logf("nothing can be mounted here, NATS's disk is not filled: %s", out)
		shell(t, "rmdir", store)
		shell(t, "mv", before, store)
		restart(t, c, cluster.NATS)
		return
	}
	t.Cleanup(func() { _ = exec.Command("umount", "--lazy", store).Run() }) // if the test ends before its time
	shell(t, "cp", "-a", before+"/.", store)
	restart(t, c, cluster.NATS)
	awaitSent(t, pool)

	junk := filepath.Join(store, "junk")
	fillUp(t, junk)
	signUpOnly(t, c, 901)
	signUpOnly(t, c, 902)
	if n := unsentEvents(t, pool); n == 0 {
		t.Error("NATS has stored events on a full disk")
	}
	if err := os.Remove(junk); err != nil {
		t.Fatal(err)
	}
	// nats-server keeps a write that failed in mind: a stream takes nothing more until the server starts anew.
	c.Kill(cluster.NATS)
	restart(t, c, cluster.NATS)
	awaitSent(t, pool)

	c.Kill(cluster.NATS)
	shell(t, "rm", "-rf", before)
	shell(t, "cp", "-a", store, before)
	shell(t, "umount", store)
	shell(t, "rmdir", store)
	shell(t, "mv", before, store)
	restart(t, c, cluster.NATS)
}

func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for _, size := range []int{1 << 20, 4096, 1} {
		for block := make([]byte, size); err == nil; {
			_, err = f.Write(block)
		}
		err = nil
	}
}

// fillStreams lowers every stream's limit to what it holds, and raises it again as an operator does.
func fillStreams(t *testing.T, c *cluster.Cluster, pool *pgxpool.Pool) {
	t.Helper()
	awaitSent(t, pool)
	js, err := jetstream.New(c.NATS("migrate"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range events.StreamNames(boot.Producers(allinone.Services())...) {
		stream, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		config := stream.CachedInfo().Config
		config.MaxBytes = max(int64(stream.CachedInfo().State.Bytes), 1)
		if _, err := js.UpdateStream(t.Context(), config); err != nil {
			t.Fatal(err)
		}
	}
	signUpOnly(t, c, 903)
	if n := unsentEvents(t, pool); n == 0 {
		t.Error("full streams took events")
	}
	c.Migrate()
	awaitSent(t, pool)
}

// loseStore deletes NATS's data, and heals it as docs/operators.md says.
func loseStore(t *testing.T, c *cluster.Cluster, pool *pgxpool.Pool) {
	t.Helper()
	c.Kill(cluster.NATS)
	shell(t, "rm", "-rf", c.NATSStore())
	restart(t, c, cluster.NATS)
	signUpOnly(t, c, 904)
	c.Migrate()
	var schemas []string
	for _, s := range allinone.Services() {
		if s.Migrations != nil {
			schemas = append(schemas, s.Name)
		}
	}
	n, err := events.Admin{Pool: pool, Schemas: schemas}.Replay(t.Context(), time.Now().AddDate(0, 0, -1))
	if err != nil || n == 0 {
		t.Fatalf("%d events are replayed, %v", n, err)
	}
	awaitSent(t, pool)
}

var errSignedIn = errors.New("far enough")

// signUpOnly takes the way as far as the first session, which needs no events.
func signUpOnly(t *testing.T, c *cluster.Cluster, n int) {
	t.Helper()
	s := &journey.Story{
		Client: journey.Client{URL: c.URL(), HTTP: &http.Client{Timeout: 20 * time.Second}, Patience: 2 * time.Minute},
		N:      n, Phone: fmt.Sprintf("+7900%07d", n), Wait: 2 * time.Minute,
	}
	err := s.Walk(context.Background(), func(step string) error {
		if step == "sign in" {
			return errSignedIn
		}
		return nil
	})
	if !errors.Is(err, errSignedIn) {
		t.Fatalf("journey %d: %v", n, err)
	}
}

func unsentEvents(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	var all []string
	for _, p := range boot.Producers(allinone.Services()) {
		all = append(all, "SELECT id FROM "+p+".outbox WHERE sent_at IS NULL")
	}
	query := "SELECT count(*)::int FROM (" + strings.Join(all, " UNION ALL ") + ") unsent"
	if err := pool.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// awaitSent waits until every event is in its stream, but no longer than that may take.
func awaitSent(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	began := time.Now()
	for n := unsentEvents(t, pool); n > 0; n = unsentEvents(t, pool) {
		if time.Since(began) > healsWithin {
			t.Fatalf("%d events are still unsent after %v", n, healsWithin)
		}
		time.Sleep(away)
	}
}

func restart(t *testing.T, c *cluster.Cluster, name string) {
	t.Helper()
	if err := c.Start(name); err != nil {
		t.Fatal(err)
	}
}

func shell(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}
