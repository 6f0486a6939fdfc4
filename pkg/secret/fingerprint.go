package secret

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Fingerprint recognises one key without telling it: only who has the key can make the proof, or check it.
type Fingerprint struct {
	// Key names the key within its set: data/<id>, index/<id> or mac; and kek.
	Key   string
	Proof []byte
}

// The label of everything that is made to recognise a key by.
const fingerprintLabel = "propusk/keys/fingerprint"

const macKey = "mac"

// KEKFingerprint is the name of the fingerprint that [KEK.Fingerprint] makes.
const KEKFingerprint = "kek"

// Fingerprints are of the primary data key, of every index key and of the MAC key. A data key becomes primary before
// it seals anything, so none that is needed is left out if this is noted at every start.
func (k *Keys) Fingerprints() ([]Fingerprint, error) {
	sealed, err := k.aead.Encrypt([]byte(fingerprintLabel), []byte(fingerprintLabel))
	if err != nil {
		return nil, fmt.Errorf("secret: fingerprint: %w", err)
	}
	primary := k.data.KeysetInfo().GetPrimaryKeyId()
	out := []Fingerprint{
		{Key: fmt.Sprintf("data/%d", primary), Proof: sealed},
		{Key: macKey, Proof: k.MAC(fingerprintLabel)},
	}
	for _, i := range k.index {
		out = append(out, Fingerprint{Key: fmt.Sprintf("index/%d", i.id), Proof: i.of(fingerprintLabel, "").Value})
	}
	return out, nil
}

// Has says whether the key of a fingerprint is among these.
func (k *Keys) Has(f Fingerprint) bool {
	kind, id, _ := strings.Cut(f.Key, "/")
	switch kind {
	case macKey:
		return k.CheckMAC(f.Proof, fingerprintLabel)
	case "data":
		_, err := k.aead.Decrypt(f.Proof, []byte(fingerprintLabel))
		return err == nil
	case "index":
		for _, i := range k.index {
			if strconv.Itoa(int(i.id)) == id {
				return Equal(f.Proof, i.of(fingerprintLabel, "").Value)
			}
		}
	}
	return false
}

// Fingerprint recognises the KEK.
func (k *KEK) Fingerprint() (Fingerprint, error) {
	proof, err := k.aead.Encrypt([]byte(fingerprintLabel), []byte(fingerprintLabel))
	if err != nil {
		return Fingerprint{}, fmt.Errorf("secret: fingerprint of the KEK: %w", err)
	}
	return Fingerprint{Key: KEKFingerprint, Proof: proof}, nil
}

// Made says whether the fingerprint is this KEK's.
func (k *KEK) Made(f Fingerprint) bool {
	_, err := k.aead.Decrypt(f.Proof, []byte(fingerprintLabel))
	return f.Key == KEKFingerprint && err == nil
}

// ErrWrongKEK says that a key file was wrapped by another KEK.
var ErrWrongKEK = errors.New("the data keyset does not open: this is not the KEK that wrapped it")
