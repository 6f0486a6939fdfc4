package keyring

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

const (
	certificateLife  = 5 * 365 * 24 * time.Hour
	certificateRenew = 30 * 24 * time.Hour
)

// prepareCertificates makes a fresh authority and a certificate per service, unless every service has one of the
// same authority that is valid for another month: without the authority's key, one missing means all anew.
func prepareCertificates(root string, services []string) error {
	if complete(root, services) {
		return nil
	}
	ca, key, err := newAuthority()
	if err != nil {
		return err
	}
	for _, s := range services {
		if err := issue(filepath.Join(root, s), s, ca, key); err != nil {
			return err
		}
	}
	return nil
}

// complete says whether all trust each other: they do not when the job was cut short in the middle.
func complete(root string, services []string) bool {
	authority, err := os.ReadFile(filepath.Join(root, services[0], caFile))
	if err != nil {
		return false
	}
	for _, s := range services {
		dir := filepath.Join(root, s)
		own, err := os.ReadFile(filepath.Join(dir, caFile))
		if err != nil || !bytes.Equal(own, authority) || !hasCertificate(dir, s) {
			return false
		}
	}
	return true
}

// hasCertificate says whether the service can show a certificate of its authority for another month.
func hasCertificate(dir, service string) bool {
	cert, authority, err := Certificate(dir)
	if err != nil {
		return false
	}
	_, err = cert.Leaf.Verify(x509.VerifyOptions{
		Roots: authority, DNSName: service, CurrentTime: time.Now().Add(certificateRenew),
	})
	return err == nil
}

func newAuthority() (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template, err := newTemplate("Propusk internal authority")
	if err != nil {
		return nil, nil, err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	ca, err := x509.ParseCertificate(der)
	return ca, key, err
}

func issue(dir, service string, ca *x509.Certificate, caKey *ecdsa.PrivateKey) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template, err := newTemplate(service)
	if err != nil {
		return err
	}
	template.DNSNames = []string{service}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), caKey)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		caFile: pemOf("CERTIFICATE", ca.Raw), certFile: pemOf("CERTIFICATE", der), certKeyFile: pemOf("PRIVATE KEY", keyDER),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func newTemplate(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
	}, nil
}
