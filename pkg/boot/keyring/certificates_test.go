package keyring

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const day = 24 * time.Hour

func TestAServiceThatIsNewGetsACertificateAndNobodyElseDoes(t *testing.T) {
	i := newInstallation(t, "gateway", "otp")
	before := files(t, i.root)
	i.prepare("gateway", "otp", "audit")
	after := files(t, i.root)
	for name, content := range before {
		if after[name] != content {
			t.Errorf("%s was replaced", name)
		}
	}
	if !i.accepts(before["/otp/"+caFile], "audit") {
		t.Error("who runs already does not trust the new service")
	}
}

func TestNoServiceSeesTheAuthoritysKey(t *testing.T) {
	i := newInstallation(t, "gateway", "otp")
	keys := i.authorityKeys()
	if len(keys) != 1 {
		t.Fatalf("%d keys of authorities", len(keys))
	}
	key := i.read(Authority, keys[0])
	for name, content := range files(t, i.root) {
		if !strings.HasPrefix(name, "/"+Authority+"/") && strings.Contains(content, key) {
			t.Errorf("it lies in %s", name)
		}
	}
}

func TestCertificatesAreRenewedAMonthBeforeTheirEnd(t *testing.T) {
	i := newInstallation(t, "otp")
	made := i.certificate("otp")
	i.now = i.now.Add(certificateLife - certificateRenew - day)
	i.prepare("otp")
	if i.certificate("otp") != made {
		t.Error("it was renewed too early")
	}
	i.now = i.now.Add(2 * day)
	i.prepare("otp")
	if i.certificate("otp") == made {
		t.Error("it was not renewed")
	}
}

// TestAuthoritiesChangeWhileServicesRun has everybody trust a new authority before anybody shows its signature.
func TestAuthoritiesChangeWhileServicesRun(t *testing.T) {
	i := newInstallation(t, "otp", "gateway")
	first := i.read("otp", caFile)
	i.now = i.now.Add(authorityLife - authorityRenew + day)
	i.prepare("otp", "gateway")
	both := i.read("otp", caFile)
	if !strings.Contains(both, first) || both == first {
		t.Fatal("the old authority and a new one are not both trusted")
	}
	if !i.accepts(first, "gateway") {
		t.Error("the new authority signed before it was known")
	}
	i.now = i.now.Add(2 * certificateRenew) // the certificates' end is near
	i.prepare("otp", "gateway")
	if i.accepts(first, "gateway") || !i.accepts(both, "gateway") {
		t.Error("the new authority did not sign in the end")
	}
	if keys := i.authorityKeys(); len(keys) != 1 {
		t.Errorf("%d keys are kept, one signs", len(keys))
	}
	i.now = i.now.Add(authorityRenew)
	i.prepare("otp", "gateway")
	if strings.Contains(i.read("otp", caFile), first) {
		t.Error("an authority that has expired is still trusted")
	}
}

func TestAnInstallationWithoutItsAuthoritysKeyKeepsItsCertificates(t *testing.T) {
	i := newInstallation(t, "otp", "gateway")
	before := i.certificate("otp")
	if err := os.RemoveAll(filepath.Join(i.root, Authority)); err != nil {
		t.Fatal(err)
	}
	i.prepare("otp", "gateway", "audit")
	if i.certificate("otp") != before {
		t.Error("a good certificate was replaced")
	}
	for _, from := range []string{"otp", "audit"} {
		for _, to := range []string{"gateway", "audit"} {
			if !i.accepts(i.read(from, caFile), to) {
				t.Errorf("%s does not trust %s", from, to)
			}
		}
	}
}

func TestCertificatesOfAStrangerAreMadeAnew(t *testing.T) {
	i, other := newInstallation(t, "gateway", "otp"), newInstallation(t, "gateway", "otp")
	for _, name := range []string{caFile, certFile, certKeyFile} {
		i.write("otp", name, other.read("otp", name))
	}
	i.prepare("gateway", "otp")
	if i.read("otp", caFile) != i.read("gateway", caFile) || !i.accepts(i.read("gateway", caFile), "otp") {
		t.Error("otp and the gateway do not trust each other")
	}
}

func TestAJobThatWasCutShortIsFinished(t *testing.T) {
	i, other := newInstallation(t, "otp"), newInstallation(t, "otp")
	i.write("otp", certKeyFile, other.read("otp", certKeyFile)) // the certificate was yet to come
	i.prepare("otp")
	if _, _, err := Certificate(filepath.Join(i.root, "otp")); err != nil {
		t.Error(err)
	}
}

// TestRunningServicesTakeWhatIsNew has two that trust different authorities meet, before and after both are told.
func TestRunningServicesTakeWhatIsNew(t *testing.T) {
	i, other := newInstallation(t, "otp", "gateway"), newInstallation(t, "otp", "gateway")
	otp, gateway := i.identity("otp"), other.identity("gateway")
	if err := meet(t, otp, gateway, "otp"); err == nil {
		t.Fatal("a stranger was trusted")
	}
	for _, name := range []string{certKeyFile, certFile, caFile} {
		other.write("gateway", name, i.read("gateway", name))
		other.write("otp", name, "half a file")
	}
	if err := meet(t, otp, gateway, "otp"); err != nil {
		t.Errorf("new files were not read: %v", err)
	}
	if err := meet(t, otp, gateway, "account"); err == nil {
		t.Error("otp was taken for account")
	}
	i.write("otp", certFile, "half a file")
	if err := meet(t, otp, gateway, "otp"); err != nil {
		t.Errorf("a file that is not whole was taken: %v", err)
	}
}

// meet has one identity call the other, as the server that it should be.
func meet(t *testing.T, server, client *Identity, name string) error {
	t.Helper()
	a, b := net.Pipe()
	defer func() { _, _ = a.Close(), b.Close() }()
	accepted := make(chan error, 1)
	go func() {
		conn := tls.Server(a, server.ServerTLS())
		err := conn.Handshake()
		accepted <- err
		_ = a.Close()
	}()
	conn := tls.Client(b, client.ClientTLS(name))
	err := conn.HandshakeContext(t.Context())
	if err != nil {
		_ = b.Close()
	}
	return errors.Join(err, <-accepted)
}

// installation is a directory of secrets at a time.
type installation struct {
	t    *testing.T
	root string
	now  time.Time
}

func newInstallation(t *testing.T, services ...string) *installation {
	t.Helper()
	i := &installation{t: t, root: t.TempDir(), now: time.Now()}
	i.prepare(services...)
	return i
}

func (i *installation) prepare(services ...string) {
	i.t.Helper()
	for _, s := range services {
		if err := os.MkdirAll(filepath.Join(i.root, s), 0o700); err != nil {
			i.t.Fatal(err)
		}
	}
	if err := prepareCertificates(i.root, services, i.now); err != nil {
		i.t.Fatal(err)
	}
}

func (i *installation) read(dir, name string) string {
	i.t.Helper()
	content, err := os.ReadFile(filepath.Join(i.root, dir, name))
	if err != nil {
		i.t.Fatal(err)
	}
	return string(content)
}

func (i *installation) write(dir, name, content string) {
	i.t.Helper()
	if err := os.WriteFile(filepath.Join(i.root, dir, name), []byte(content), 0o600); err != nil {
		i.t.Fatal(err)
	}
}

func (i *installation) certificate(service string) string { return i.read(service, certFile) }

func (i *installation) identity(service string) *Identity {
	i.t.Helper()
	identity, err := OpenIdentity(filepath.Join(i.root, service))
	if err != nil {
		i.t.Fatal(err)
	}
	return identity
}

func (i *installation) authorityKeys() []string {
	i.t.Helper()
	found, err := filepath.Glob(filepath.Join(i.root, Authority, "*"+authorityKey))
	if err != nil {
		i.t.Fatal(err)
	}
	for n, path := range found {
		found[n] = filepath.Base(path)
	}
	return found
}

// accepts says whether a service that trusts a bundle takes what the other shows now.
func (i *installation) accepts(bundle, to string) bool {
	i.t.Helper()
	cert, _, err := Certificate(filepath.Join(i.root, to))
	if err != nil {
		i.t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM([]byte(bundle))
	_, err = cert.Leaf.Verify(x509.VerifyOptions{Roots: trusted, DNSName: to, CurrentTime: i.now})
	return err == nil
}
