package keyring

import (
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

// prepareCertificates makes a fresh authority and a certificate per service, unless every service has one that
// is valid for another month: without the authority's key, one missing means all anew.
func prepareCertificates(root string, services []string) error {
	complete := true
	for _, s := range services {
		complete = complete && hasCertificate(filepath.Join(root, s))
	}
	if complete {
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

func hasCertificate(dir string) bool {
	der, err := readPEM(filepath.Join(dir, certFile))
	if err != nil {
		return false
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil || time.Until(cert.NotAfter) < certificateRenew {
		return false
	}
	_, err = os.Stat(filepath.Join(dir, certKeyFile))
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
