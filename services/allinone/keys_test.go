package allinone

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/profile"
)

const someKEK = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// TestALostKeySetStopsTheStart: with new keys nobody's password fits, and the same phone signs up twice.
func TestALostKeySetStopsTheStart(t *testing.T) {
	vars := testVars(t)
	secrets := filepath.Join(vars["PROPUSK_DATA_DIR"], "secrets")
	restart := func() {
		t.Helper()
		p := start(t, vars)
		p.page(t)
		p.stop(t)
	}
	restart()

	own, aside := filepath.Join(secrets, "account"), filepath.Join(secrets, "account.lost")
	rename(t, own, aside)
	before := digest(t, secrets)
	wantRefusal(t, vars, "data of account", filepath.Join(own, "keys.json")+" is not there", "volume secrets-account")
	if digest(t, secrets) != before {
		t.Error("the refused start made secrets")
	}
	rename(t, aside, own)

	keys := filepath.Join(own, "keys.json")
	old := read(t, keys)
	vars["PROPUSK_KEK"] = someKEK
	wantRefusal(t, vars, "PROPUSK_KEK was set after", "keys.json", "unset it")
	delete(vars, "PROPUSK_KEK")

	kek, err := secret.LoadKEK(filepath.Join(own, "kek"))
	if err != nil {
		t.Fatal(err)
	}
	for _, rotate := range []func(string, *secret.KEK) error{secret.RotateData, secret.RotateIndex} {
		if err := rotate(keys, kek); err != nil {
			t.Fatal(err)
		}
	}
	restart() // a rotation adds keys, which are noted
	if err := os.WriteFile(keys, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, vars, keys+" has other ones", "data of account")
}

// TestMigrateRefusesKeysThatDoNotFit loses a volume of separate containers: the job secrets makes another key set, as
// it cannot know.
func TestMigrateRefusesKeysThatDoNotFit(t *testing.T) {
	nats := startNATS(t)
	address, installation := testkit.EmptyDatabase(t)
	t.Setenv("PROPUSK_INSTALLATION", installation)
	t.Setenv("DATABASE_URL", address)
	t.Setenv("NATS_URL", nats.url)
	migrate := func() error { return Main(t.Context(), []string{"migrate", "--secrets", nats.secrets}) }
	if err := migrate(); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(nats.secrets, "profile")
	password := read(t, own, "database-password")
	rename(t, filepath.Join(own, "keys.json"), filepath.Join(own, "keys.json.lost"))
	if err := os.Remove(filepath.Join(own, "database-password")); err != nil {
		t.Fatal(err)
	}
	makeSecrets(t, nats.secrets)
	err := migrate()
	if err == nil || !strings.Contains(err.Error(), filepath.Join(own, "keys.json")+" has other ones") ||
		strings.Contains(err.Error(), "data of account") {
		t.Errorf("got %v", err)
	}
	logIn(t, address, installation+"_profile", password) // nothing of the running stack was touched

	if err := os.WriteFile(filepath.Join(own, "database-password"), []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"PROPUSK_ENV": "sandbox", "PROPUSK_SECRETS_DIR": own, "PROPUSK_LISTEN": "127.0.0.1:0",
		"PROPUSK_MANAGEMENT_LISTEN": freeAddress(t),
	} {
		t.Setenv(name, value)
	}
	err = boot.Run(t.Context(), profile.Service())
	if err == nil || !strings.Contains(err.Error(), "data of profile that only its own keys open") {
		t.Errorf("the service by itself: %v", err)
	}
}

func TestAWrongKEKMakesNothing(t *testing.T) {
	root := t.TempDir()
	t.Setenv("PROPUSK_KEK", someKEK)
	makeSecrets(t, root)
	if err := os.RemoveAll(filepath.Join(root, "account")); err != nil { // a service that is new in an upgrade
		t.Fatal(err)
	}
	before := digest(t, root)
	for kek, want := range map[string]string{
		"B" + someKEK[1:]: "PROPUSK_KEK is not the one that wrapped",
		"":                "is missing: set PROPUSK_KEK as it was set when the keys were made",
	} {
		t.Setenv("PROPUSK_KEK", kek)
		err := Main(t.Context(), []string{"secrets", root})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if digest(t, root) != before {
			t.Error("something was made")
		}
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}
