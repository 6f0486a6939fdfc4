package allinone

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/testkit"
)

func TestSecretsAreMadeOnceAndNeverReplaced(t *testing.T) {
	root := t.TempDir()
	makeSecrets(t, root)
	before := digest(t, root)
	makeSecrets(t, root)
	if digest(t, root) != before {
		t.Error("the second run changed something")
	}
	if err := os.Remove(filepath.Join(root, "otp", "tls.crt")); err != nil {
		t.Fatal(err)
	}
	keys := read(t, root, "otp", "keys.json")
	makeSecrets(t, root)
	if read(t, root, "otp", "keys.json") != keys {
		t.Error("a lost certificate cost the keys")
	}
}

func TestSecretsAreFilesOfOneOwner(t *testing.T) {
	root := t.TempDir()
	makeSecrets(t, root)
	for _, s := range append(names(Services()), "nats") {
		dir := filepath.Join(root, s)
		cert, err := tls.LoadX509KeyPair(filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key"))
		if err != nil {
			t.Fatal(err)
		}
		ca := x509.NewCertPool()
		if !ca.AppendCertsFromPEM([]byte(read(t, root, s, "ca.crt"))) {
			t.Fatal("no authority")
		}
		if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: ca, DNSName: s}); err != nil {
			t.Errorf("certificate of %s: %v", s, err)
		}
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && path != root && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMigratedServicesLogInAndSeeTheirSchemaOnly(t *testing.T) {
	nats := startNATS(t)
	root := nats.secrets
	address, installation := testkit.EmptyDatabase(t)
	t.Setenv("PROPUSK_INSTALLATION", installation)
	t.Setenv("DATABASE_URL", address)
	t.Setenv("NATS_URL", nats.url)
	for range 2 { // the second time there is nothing to do
		if err := Main(t.Context(), []string{"migrate", "--secrets", root}); err != nil {
			t.Fatal(err)
		}
	}
	conn := logIn(t, address, installation+"_otp", read(t, root, "otp", "database-password"))
	var n int
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM otp.destinations`).Scan(&n); err != nil {
		t.Errorf("its own table: %v", err)
	}
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM registration.outbox`).Scan(&n); err == nil {
		t.Error("another service's table can be read")
	}
	js, err := jetstream.New(nats.connect(t, "audit"))
	if err != nil {
		t.Fatal(err)
	}
	for _, stream := range events.StreamNames(boot.Producers(Services())...) {
		if _, err := js.Stream(t.Context(), stream); err != nil {
			t.Errorf("%s: %v", stream, err)
		}
	}
}

func TestMigrateAsksForAnAddress(t *testing.T) {
	err := Main(t.Context(), []string{"migrate", "--secrets", t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Errorf("got %v", err)
	}
}

func makeSecrets(t *testing.T, root string) {
	t.Helper()
	if err := Main(t.Context(), []string{"secrets", root, "--owner", fmt.Sprint(os.Geteuid())}); err != nil {
		t.Fatal(err)
	}
}

func logIn(t *testing.T, address, user, password string) *pgx.Conn {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(user, password)
	conn, err := pgx.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// digest is of every file below a directory.
func digest(t *testing.T, root string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		lines = append(lines, fmt.Sprintf("%s %x", path, sha256.Sum256(content)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
