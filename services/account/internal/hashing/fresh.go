package hashing

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
)

const (
	// freshFor is how long a new hash is known: who has just chosen a password presents it within the same request.
	freshFor = 30 * time.Second
	// maxFresh bounds how many are known; of more, each costs its comparison.
	maxFresh = 1024
)

// fresh knows the passwords of hashes that were just made, each for one comparison: who completes a sign-up is signed in
// with the same password, and need not pay for the hash twice. It holds MACs under a key of this process, in memory.
// Whatever it does not know, a guess or another replica's hash, is compared the slow way.
type fresh struct {
	mu   sync.Mutex
	key  [sha256.Size]byte
	macs map[string]freshMAC
}

type freshMAC struct {
	mac   []byte
	until time.Time
}

func newFresh() *fresh {
	f := &fresh{macs: map[string]freshMAC{}}
	_, _ = rand.Read(f.key[:]) // never fails
	return f
}

func (f *fresh) mac(phc, password string) []byte {
	h := hmac.New(sha256.New, f.key[:])
	h.Write([]byte(phc + "\x00" + password))
	return h.Sum(nil)
}

// remember knows the password of a new hash for a while.
func (f *fresh) remember(phc, password string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.macs) >= maxFresh {
		f.forgetOld(now)
	}
	if len(f.macs) < maxFresh {
		f.macs[phc] = freshMAC{f.mac(phc, password), now.Add(freshFor)}
	}
}

func (f *fresh) forgetOld(now time.Time) {
	for phc, m := range f.macs {
		if !now.Before(m.until) {
			delete(f.macs, phc)
		}
	}
}

// take says whether this is the password of a new hash, which is forgotten with that, right or wrong.
func (f *fresh) take(phc, password string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, found := f.macs[phc]
	delete(f.macs, phc)
	return found && now.Before(m.until) && secret.Equal(m.mac, f.mac(phc, password))
}
