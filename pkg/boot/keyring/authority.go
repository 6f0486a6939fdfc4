package keyring

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Authority is the directory of those who sign the services' certificates. Only the job that makes secrets sees it.
const Authority = "authority"

const (
	certificateLife  = 5 * 365 * 24 * time.Hour
	certificateRenew = 30 * 24 * time.Hour

	authorityLife = 2 * certificateLife
	// authorityRenew has a new authority made while the old one can still sign for a certificate's whole life.
	authorityRenew = certificateLife + 2*certificateRenew
	// authorityProbation is how long a new authority is trusted before it signs, while another can: by then every
	// process has seen it, also one that reads whom it trusts only now and then.
	authorityProbation = 24 * time.Hour

	// clockSkew is how far behind another machine's clock may be.
	clockSkew = time.Hour

	authorityCert = ".crt"
	authorityKey  = ".key"
)

// authority signs certificates. Without its key it is only trusted.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func (a authority) made() time.Time { return a.cert.NotBefore.Add(clockSkew) }

func (a authority) name() string { return a.cert.SerialNumber.Text(16) }

// authorities are those that are trusted, oldest first.
type authorities []authority

// prepareAuthorities loads those of root/authority, makes one if none can sign for long enough, and removes what is
// over: authorities that have expired, and keys that a later authority has taken the place of.
func prepareAuthorities(root string, services []string, now time.Time) (authorities, error) {
	dir := filepath.Join(root, Authority)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	list, err := loadAuthorities(dir)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		if list, err = adoptAuthorities(dir, root, services); err != nil {
			return nil, err
		}
	}
	if !list.sign(now.Add(authorityRenew)) {
		made, err := newAuthority(now)
		if err != nil {
			return nil, err
		}
		if err := made.save(dir); err != nil {
			return nil, err
		}
		list = append(list, made)
	}
	return list.tidy(dir, now)
}

// sign says whether one of them can sign at a time.
func (l authorities) sign(at time.Time) bool {
	return slices.ContainsFunc(l, func(a authority) bool { return a.key != nil && at.Before(a.cert.NotAfter) })
}

// signer is the latest that everybody has trusted for a while, or the latest if there is no such.
func (l authorities) signer(now time.Time) authority {
	for i := len(l) - 1; i >= 0; i-- {
		known := !now.Before(l[i].made().Add(authorityProbation))
		if l[i].key != nil && known && now.Add(2*certificateRenew).Before(l[i].cert.NotAfter) {
			return l[i]
		}
	}
	return l[len(l)-1]
}

func (l authorities) tidy(dir string, now time.Time) (authorities, error) {
	signer := l.signer(now)
	var kept authorities
	for _, a := range l {
		path := filepath.Join(dir, a.name())
		if a.key != nil && a.made().Before(signer.made()) {
			if err := os.Remove(path + authorityKey); err != nil {
				return nil, err
			}
			a.key = nil
		}
		if now.After(a.cert.NotAfter) {
			if err := os.Remove(path + authorityCert); err != nil {
				return nil, err
			}
			continue
		}
		kept = append(kept, a)
	}
	return kept, nil
}

// bundle is what services trust, as a PEM file.
func (l authorities) bundle() []byte {
	var out []byte
	for _, a := range l {
		out = append(out, pemOf("CERTIFICATE", a.cert.Raw)...)
	}
	return out
}

func (l authorities) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, a := range l {
		pool.AddCert(a.cert)
	}
	return pool
}

func loadAuthorities(dir string) (authorities, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list authorities
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), authorityCert) {
			continue
		}
		a, err := loadAuthority(filepath.Join(dir, strings.TrimSuffix(e.Name(), authorityCert)))
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", e.Name(), dir, err)
		}
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b authority) int { return a.made().Compare(b.made()) })
	return list, nil
}

func loadAuthority(path string) (authority, error) {
	der, err := readPEM(path + authorityCert)
	if err != nil {
		return authority{}, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return authority{}, err
	}
	der, err = readPEM(path + authorityKey)
	if errors.Is(err, fs.ErrNotExist) {
		return authority{cert: cert}, nil
	}
	if err != nil {
		return authority{}, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return authority{}, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(cert.PublicKey) {
		return authority{}, errors.New("the key is not the authority's")
	}
	return authority{cert: cert, key: key}, nil
}

// adoptAuthorities takes over whom the services trust where no authority is kept: an installation of the time when
// their keys were thrown away, or one that lost the directory. Certificates that they signed stay good.
func adoptAuthorities(dir, root string, services []string) (authorities, error) {
	for _, s := range services {
		content, err := os.ReadFile(filepath.Join(root, s, caFile))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, fmt.Errorf("%s of %s: %w", caFile, s, err)
			}
			if err := (authority{cert: cert}).save(dir); err != nil {
				return nil, err
			}
		}
		break // one service is asked: another may have been left with a stranger's
	}
	return loadAuthorities(dir)
}

func newAuthority(now time.Time) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, err
	}
	template, err := newTemplate("Propusk internal authority", now, authorityLife)
	if err != nil {
		return authority{}, err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return authority{}, err
	}
	cert, err := x509.ParseCertificate(der)
	return authority{cert: cert, key: key}, err
}

// save writes the key first: a certificate without one would be trusted and never sign.
func (a authority) save(dir string) error {
	path := filepath.Join(dir, a.name())
	if a.key != nil {
		der, err := x509.MarshalPKCS8PrivateKey(a.key)
		if err != nil {
			return err
		}
		if err := replaceFile(path+authorityKey, pemOf("PRIVATE KEY", der)); err != nil {
			return err
		}
	}
	return replaceFile(path+authorityCert, pemOf("CERTIFICATE", a.cert.Raw))
}

func newTemplate(name string, now time.Time, life time.Duration) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-clockSkew), NotAfter: now.Add(life),
	}, nil
}
