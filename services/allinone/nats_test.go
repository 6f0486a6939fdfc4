package allinone

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// TestNobodyPublishesAnothersEvents runs the configuration that containers have: each service is who its
// certificate says.
func TestNobodyPublishesAnothersEvents(t *testing.T) {
	root := t.TempDir()
	makeSecrets(t, root)
	url := startNATS(t, root)
	otp := connectNATS(t, root, "otp", url)
	if err := publish(otp, "propusk.otp.v1.code_issued"); err != nil {
		t.Errorf("its own event: %v", err)
	}
	if err := publish(otp, "propusk.account.v1.level_raised"); err == nil {
		t.Error("otp published an event of account")
	}
	if nc, err := nats.Connect(url, nats.Secure(clientTLS(t, root, ""))); err == nil {
		nc.Close()
		t.Error("somebody without a certificate was let in")
	}
}

// startNATS runs deploy/nats.conf with this test's directories and a free port.
func startNATS(t *testing.T, root string) string {
	t.Helper()
	config := strings.NewReplacer(
		"/run/propusk", filepath.Join(root, "nats"), "/data", t.TempDir(), "port: 4222", "listen: 127.0.0.1:-1",
	).Replace(read(t, "../..", "deploy/nats.conf"))
	path := filepath.Join(t.TempDir(), "nats.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := server.ProcessConfigFile(path)
	if err != nil {
		t.Fatal(err)
	}
	o.NoLog, o.NoSigs = true, true
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(patience) {
		t.Fatal("the server does not start")
	}
	return "tls://" + s.Addr().String()
}

func connectNATS(t *testing.T, root, service, url string) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(url, nats.Secure(clientTLS(t, root, service)), nats.ErrorHandler(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// clientTLS shows the service's certificate, or none.
func clientTLS(t *testing.T, root, service string) *tls.Config {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(read(t, root, "nats", "ca.crt")))
	c := &tls.Config{RootCAs: pool, ServerName: "nats", MinVersion: tls.VersionTLS13}
	if service == "" {
		return c
	}
	cert, err := tls.LoadX509KeyPair(filepath.Join(root, service, "tls.crt"), filepath.Join(root, service, "tls.key"))
	if err != nil {
		t.Fatal(err)
	}
	c.Certificates = []tls.Certificate{cert}
	return c
}

// publish reports what the server says of it.
func publish(nc *nats.Conn, subject string) error {
	if err := nc.Publish(subject, nil); err != nil {
		return err
	}
	if err := nc.FlushTimeout(5 * time.Second); err != nil {
		return err
	}
	return nc.LastError()
}
