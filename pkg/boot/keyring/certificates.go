package keyring

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// prepareCertificates gives a certificate to every service that has none of a trusted authority that is valid for
// another month. Everybody is told whom to trust first, so a new certificate is good wherever it is shown.
func prepareCertificates(root string, services []string, now time.Time) error {
	trusted, err := prepareAuthorities(root, services, now)
	if err != nil {
		return err
	}
	bundle := trusted.bundle()
	for _, s := range services {
		if err := keepFile(filepath.Join(root, s, caFile), bundle); err != nil {
			return err
		}
	}
	signer := trusted.signer(now)
	for _, s := range services {
		dir := filepath.Join(root, s)
		if hasCertificate(dir, s, trusted.pool(), now) {
			continue
		}
		if err := signer.issue(dir, s, now); err != nil {
			return err
		}
	}
	return nil
}

// hasCertificate says whether the service can show a certificate that the others trust for another month.
func hasCertificate(dir, service string, trusted *x509.CertPool, now time.Time) bool {
	cert, _, err := Certificate(dir)
	if err != nil {
		return false
	}
	_, err = cert.Leaf.Verify(x509.VerifyOptions{
		Roots: trusted, DNSName: service, CurrentTime: now.Add(certificateRenew),
	})
	return err == nil
}

func (a authority) issue(dir, service string, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template, err := newTemplate(service, now, certificateLife)
	if err != nil {
		return err
	}
	template.DNSNames = []string{service}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(dir, certKeyFile), pemOf("PRIVATE KEY", keyDER)); err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, certFile), pemOf("CERTIFICATE", der))
}

// keepFile writes a file unless it holds that already.
func keepFile(path string, content []byte) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && bytes.Equal(old, content) {
		return nil
	}
	return replaceFile(path, content)
}

// replaceFile has a process that reads the file meanwhile see the old content or the new, and never a part.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}
