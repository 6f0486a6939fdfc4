package keyring

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Certificate is the service's, and the authorities whose certificates it trusts.
func Certificate(dir string) (tls.Certificate, *x509.CertPool, error) {
	files, err := readIdentity(dir)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	return files.parse()
}

// Identity is what a service shows others and whom it trusts. It reads its files again at every handshake, so
// certificates and authorities change under a running process.
type Identity struct {
	dir string

	mu       sync.Mutex
	files    identityFiles
	cert     *tls.Certificate
	trusted  *x509.CertPool
	incoming *tls.Config
}

// OpenIdentity reads a service's secrets directory.
func OpenIdentity(dir string) (*Identity, error) {
	i := &Identity{dir: dir}
	if err := i.reload(); err != nil {
		return nil, err
	}
	return i, nil
}

// ServerTLS is for servers that only the installation's services may call.
func (i *Identity) ServerTLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			_, _, incoming := i.current()
			return incoming, nil
		},
	}
}

// ClientTLS is for connections to the service whose certificate has the server's name.
func (i *Identity) ClientTLS(server string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, ServerName: server,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			cert, _, _ := i.current()
			return cert, nil
		},
		// RootCAs is fixed for a connection's whole life, and whom we trust is not: VerifyConnection asks for it anew.
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection verifies chain and name
		VerifyConnection: func(state tls.ConnectionState) error {
			_, trusted, _ := i.current()
			return verifyServer(state, trusted, server)
		},
	}
}

func verifyServer(state tls.ConnectionState, trusted *x509.CertPool, server string) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server has no certificate")
	}
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{
		Roots: trusted, Intermediates: between, DNSName: server,
	})
	return err
}

// current is what the files hold now, or held when they were last whole: the job that changes them writes one after
// another.
func (i *Identity) current() (*tls.Certificate, *x509.CertPool, *tls.Config) {
	i.mu.Lock()
	defer i.mu.Unlock()
	_ = i.reload()
	return i.cert, i.trusted, i.incoming
}

func (i *Identity) reload() error {
	files, err := readIdentity(i.dir)
	if err != nil || slices.Equal(files, i.files) {
		return err
	}
	cert, trusted, err := files.parse()
	if err != nil {
		return err
	}
	i.files, i.cert, i.trusted = files, &cert, trusted
	i.incoming = &tls.Config{
		Certificates: []tls.Certificate{cert}, ClientCAs: trusted, ClientAuth: tls.RequireAndVerifyClientCert,
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"},
	}
	return nil
}

// identityFiles are the contents of certificate, key and trusted authorities, in this order.
type identityFiles []string

func readIdentity(dir string) (identityFiles, error) {
	var out identityFiles
	for _, name := range []string{certFile, certKeyFile, caFile} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("the service's certificate cannot be read: set PROPUSK_SECRETS_DIR to the directory that "+
				"the secrets job filled: %w", err)
		}
		out = append(out, string(content))
	}
	return out, nil
}

func (f identityFiles) parse() (tls.Certificate, *x509.CertPool, error) {
	cert, err := tls.X509KeyPair([]byte(f[0]), []byte(f[1]))
	if err != nil {
		return cert, nil, fmt.Errorf("the service's certificate: %w", err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM([]byte(f[2])) {
		return cert, nil, errors.New(caFile + " has no certificate")
	}
	return cert, trusted, nil
}
