package allinone

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

// TestTheMainJobThroughAPooler walks it with PgBouncer in transaction mode before the database: a session is somebody
// else's after every transaction.
func TestTheMainJobThroughAPooler(t *testing.T) {
	vars := testVars(t)
	admin := vars["DATABASE_URL"]
	pooler := testkit.StartPooler(t, admin, rolePasswords(t, vars))
	vars["DATABASE_URL"], vars["PROPUSK_DATABASE_POOLER"] = pooler.URL(admin), "transaction"
	for _, registry := range []string{"PFR", "FMS"} {
		vars["PROPUSK_REGISTRY_"+registry+"_LATENCY"], vars["PROPUSK_REGISTRY_"+registry+"_JITTER"] = "0s", "0s"
	}
	wantRefusal(t, vars, "DATABASE_ADMIN_URL is not set")
	vars["DATABASE_ADMIN_URL"] = admin

	run := start(t, vars)
	run.page(t)
	defer run.stop(t)
	s := citizen(vars, 41)
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
	if _, err := partner.Refresh(t.Context(), got.Token); err != nil {
		t.Error(err)
	}
	if err := s.CheckDurability(t.Context()); err != nil {
		t.Error(err)
	}
	if shown := run.stderr.String(); strings.Contains(shown, "prepared statement") {
		t.Errorf("the terminal shows\n%s", shown)
	}
}

// rolePasswords are made before the first start, for an operator to give them to the pooler.
func rolePasswords(t *testing.T, vars env.Vars) map[string]string {
	t.Helper()
	secrets := filepath.Join(vars["PROPUSK_DATA_DIR"], "secrets")
	if err := keyring.Prepare(secrets, names(Services()), false, secret.String{}); err != nil {
		t.Fatal(err)
	}
	passwords := map[string]string{}
	for _, s := range Services() {
		password, err := keyring.DatabasePassword(filepath.Join(secrets, s.Name))
		if err != nil {
			t.Fatal(err)
		}
		passwords[pg.Role(vars["PROPUSK_INSTALLATION"], s.Name)] = password
	}
	return passwords
}
