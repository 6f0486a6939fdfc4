package testkit

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// NATSConfig is what containers run the event server with (deploy/nats.conf), made to fit this machine: the
// directory of all secrets, one for its streams, and the address to listen on.
func NATSConfig(t testing.TB, secrets, store, listen string) string {
	t.Helper()
	config := readFile(t, filepath.Join(Workspace(t), "deploy", "nats.conf"))
	return strings.NewReplacer(
		"/run/propusk", filepath.Join(secrets, "nats"), "/data", store, "port: 4222", "listen: "+listen,
	).Replace(config)
}

// NATSTLS shows the event server a service's certificate, or none if service is empty.
func NATSTLS(t testing.TB, secrets, service string) *tls.Config {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(readFile(t, filepath.Join(secrets, "nats", "ca.crt"))))
	c := &tls.Config{RootCAs: pool, ServerName: "nats", MinVersion: tls.VersionTLS13}
	if service == "" {
		return c
	}
	dir := filepath.Join(secrets, service)
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key"))
	if err != nil {
		t.Fatal(err)
	}
	c.Certificates = []tls.Certificate{cert}
	return c
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
