package allinone

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/embedded"
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

// cloneVars are a clone's with a PostgreSQL of its own, where the simulated outside is quick.
func cloneVars(t *testing.T) env.Vars {
	t.Helper()
	gateway := freeAddress(t)
	vars := env.Vars{
		"PROPUSK_GATEWAY_LISTEN": gateway, "PUBLIC_URL": "http://" + gateway, "PROPUSK_MANAGEMENT_LISTEN": freeAddress(t),
		"PROPUSK_POOL_SIZE":            "8",
		"PROPUSK_REGISTRY_PFR_LATENCY": "0s", "PROPUSK_REGISTRY_PFR_JITTER": "0s",
		"PROPUSK_REGISTRY_FMS_LATENCY": "0s", "PROPUSK_REGISTRY_FMS_JITTER": "0s",
	}
	useDataDir(t, vars)
	return vars
}

// useDataDir gives a clone an empty ./var; root's data, which lies elsewhere, goes with it.
func useDataDir(t *testing.T, vars env.Vars) {
	t.Helper()
	dir := t.TempDir()
	vars["PROPUSK_DATA_DIR"] = dir
	t.Cleanup(func() {
		home, err := os.ReadFile(filepath.Join(dir, "postgres-location"))
		if err != nil {
			return // an ordinary user's is in dir
		}
		if err := os.RemoveAll(strings.TrimSpace(string(home))); err != nil {
			t.Error(err)
		}
	})
}

// command runs the program as a person would, in the clone's environment.
func command(t *testing.T, vars env.Vars, args ...string) error {
	t.Helper()
	for name, value := range vars {
		t.Setenv(name, value)
	}
	return Main(t.Context(), args)
}

func citizen(vars env.Vars, n int) *journey.Story {
	return &journey.Story{
		Client: journey.Client{URL: vars["PUBLIC_URL"], HTTP: &http.Client{Timeout: time.Minute}}, N: n,
		Phone: fmt.Sprintf("+7900%07d", n), Wait: time.Minute,
	}
}

func browser(t *testing.T, vars env.Vars) *journey.Browser {
	t.Helper()
	b, err := journey.NewBrowser(vars["PUBLIC_URL"], http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestABackupIsRestoredIntoAnEmptyClone makes it under traffic. Afterwards the old password, the person and the
// partner's refresh token are what they were, and every event is on record once.
func TestABackupIsRestoredIntoAnEmptyClone(t *testing.T) {
	vars, dir := cloneVars(t), filepath.Join(t.TempDir(), "backup")
	run := start(t, vars)
	run.page(t)
	s := citizen(vars, 31)
	if err := s.Walk(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	partner := journey.Partner{
		URL: vars["PUBLIC_URL"], HTTP: http.DefaultClient, ACR: "confirmed", Scopes: []string{"profile", "offline_access"},
	}
	got, err := partner.Login(t.Context(), browser(t, vars), s.Phone)
	if err != nil {
		t.Fatal(err)
	}

	traffic, quiet := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 32; traffic.Err() == nil; n++ {
			_ = citizen(vars, n).Walk(traffic, nil) // cut short at any point
		}
	}()
	err = command(t, vars, "backup", dir)
	quiet()
	<-done
	if err != nil {
		t.Fatal(err)
	}
	if err := command(t, vars, "verify-backup", dir); err != nil {
		t.Error(err)
	}
	wantCommandRefused(t, command(t, vars, "restore", dir), "events of another installation")
	run.stop(t)

	useDataDir(t, vars)
	if err := command(t, vars, "restore", dir); err != nil {
		t.Fatal(err)
	}
	wantCommandRefused(t, command(t, vars, "restore", dir), "the database is not empty: it has account")
	again := start(t, vars)
	again.page(t)
	defer again.stop(t)
	if err := s.CheckDurability(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := partner.Refresh(t.Context(), got.Token); err != nil {
		t.Errorf("the partner's refresh token: %v", err)
	}
	wantEveryEventOnRecord(t, vars["PROPUSK_DATA_DIR"])
}

// wantEveryEventOnRecord waits until everything that any outbox has is in audit's record.
func wantEveryEventOnRecord(t *testing.T, dataDir string) {
	t.Helper()
	address, running, err := embedded.RunningPostgres(dataDir)
	if err != nil || !running {
		t.Fatal(running, err)
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	rows, err := conn.Query(t.Context(), `SELECT schemaname FROM pg_tables WHERE tablename = 'outbox'`)
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(schemas) < 5 {
		t.Fatal(schemas, err)
	}
	for _, schema := range schemas {
		var n int
		testkit.Eventually(t, "the events of "+schema+" are on record", func() bool {
			err := conn.QueryRow(t.Context(), fmt.Sprintf(`SELECT count(*) FROM %s.outbox o
				WHERE sent_at IS NULL OR NOT EXISTS (SELECT 1 FROM audit.records r WHERE r.event_id = o.id)`, schema)).Scan(&n)
			return err == nil && n == 0
		})
	}
}

func wantCommandRefused(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was not refused")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the refusal does not say %q: %v", w, err)
		}
	}
}

// TestABackupOfSeparateServices goes from one installation's secrets and database to another's, with the key sets
// encrypted on the way.
func TestABackupOfSeparateServices(t *testing.T) {
	events := startNATS(t)
	parent := t.TempDir()
	dir := filepath.Join(parent, "backup")
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	identityFile := filepath.Join(parent, "identity")
	if err := os.WriteFile(identityFile, []byte(identity.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	vars := func() env.Vars {
		address, installation := testkit.EmptyDatabase(t)
		return env.Vars{"DATABASE_URL": address, "PROPUSK_INSTALLATION": installation, "NATS_URL": events.url, "PROPUSK_KEK": ""}
	}
	first, second := vars(), vars()
	if err := command(t, first, "backup", dir, "--secrets", events.secrets); err == nil {
		t.Error("an empty database was backed up")
	}
	if err := command(t, first, "migrate", "--secrets", events.secrets); err != nil {
		t.Fatal(err)
	}
	if err := command(t, first, "backup", dir, "--secrets", events.secrets, "--recipient", identity.Recipient().String()); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(parent, "backup.*")); left != nil {
		t.Errorf("a backup that failed left %v", left)
	}
	wantCommandRefused(t, command(t, first, "backup", dir, "--secrets", events.secrets), "exists")
	wantCommandRefused(t, command(t, first, "verify-backup", dir), "is encrypted", "--identity")

	other := startNATS(t)
	second["NATS_URL"] = other.url
	fresh := read(t, other.secrets, "account", "keys.json")
	if err := command(t, second, "restore", dir, "--secrets", other.secrets, "--identity", identityFile); err != nil {
		t.Fatal(err)
	}
	if read(t, other.secrets, "account", "keys.json") != read(t, events.secrets, "account", "keys.json") {
		t.Error("the key set is not the backup's")
	}
	aside, _ := filepath.Glob(filepath.Join(other.secrets, "account", "keys.json.until-*"))
	if len(aside) != 1 || read(t, aside[0]) != fresh {
		t.Error("the key set that was there is gone")
	}
	if err := command(t, second, "migrate", "--secrets", other.secrets); err != nil {
		t.Error(err)
	}
}

// TestABackupOfNothingMakesNothing: a wrong directory must not become a new, empty installation.
func TestABackupOfNothingMakesNothing(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "var")
	vars := env.Vars{"PROPUSK_DATA_DIR": dir}
	wantCommandRefused(t, command(t, vars, "backup", filepath.Join(parent, "backup")), dir+" has no installation")
	if things, err := os.ReadDir(parent); err != nil || len(things) > 0 {
		t.Errorf("it made %v (%v)", things, err)
	}
}
